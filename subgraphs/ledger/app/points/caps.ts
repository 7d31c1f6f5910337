import type { Client } from 'pg';
import type { Refusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { counterText, takeFromAll, takeOwn, type Allowance } from '../../core/caps/allowance';
import { capUses, countersOf, isBudget, type CapKind, type CapUse, type Counter } from '../../core/caps/cap-use';
import type { Step } from '../../core/movements/carry-out';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { bookAt } from '../../core/terms-in-force';
import {
  loadShares,
  shareRow,
  type LoadedShares,
  type SharesRequest,
  type StoredShare,
} from '../../data/points/cap.store';
import type { Cells } from '../../data/points/cells';
import type { HeldBooks } from './batch-request';
import { budgetsAsked } from './earning-facts';
import type { PostingCommand } from './posting-command';

/** Where and when a batch's commands spend from caps. */
interface Spending {
  readonly programmeId: ProgrammeId;
  readonly book: RuleBook;
  readonly now: Date;
}

/** The counters that a batch's commands may spend from: the caps of its partners, and budgets of campaigns. */
function countersAsked(commands: readonly PostingCommand[], at: Spending): Counter[] {
  return [...countersOf(at.book, at.now), ...budgetsAsked(commands, at)];
}

/** What is asked for before the lock, by the rules held: nearly always those in force. Whoever needs all shares asks for them locked. */
export function sharesAhead(
  commands: readonly PostingCommand[],
  { shelf, now, allShares }: { shelf: HeldBooks; now: Date; allShares: boolean },
): SharesRequest[] {
  if (allShares) return [];
  return [...new Set(commands.map(({ programmeId }) => programmeId))].flatMap((programmeId): SharesRequest[] => {
    const held = shelf.held(programmeId);
    if (held === undefined) return [];
    return [{ programmeId, counters: countersAsked(commands, { programmeId, book: bookAt(held, now), now }) }];
  });
}

/**
 * The caps of a programme with the shares that were read ahead, or read now where these are not all; null when it has no caps, which costs
 * nothing.
 */
export async function openCaps(
  client: Client,
  commands: readonly PostingCommand[],
  at: Spending & { shard: number; allShares: boolean; ahead: readonly SharesRequest[]; shares: LoadedShares },
): Promise<Caps | null> {
  const counters = countersAsked(commands, at);
  if (counters.length === 0) return null;
  const { programmeId, shard, allShares: all } = at;
  const ahead = at.ahead.find((one) => one.programmeId === programmeId)?.counters ?? [];
  const known = new Set(ahead.map(counterText));
  const shares = counters.every((one) => known.has(counterText(one)))
    ? (at.shares.get(programmeId) ?? [])
    : await loadShares(client, { programmeId, counters, locked: all });
  return new Caps(programmeId, { counters, shares, shard, all });
}

/** Why a posting was not taken as it is. */
export type NotTaken = 'ask-all' | { readonly unopened: Counter } | { readonly spentBudget: CapKind } | Refusal;

/** The caps of one programme within one batch: shares as the commands before have left them. */
export class Caps {
  private readonly counters: readonly Counter[];
  private readonly shares = new Map<string, StoredShare[]>();
  private readonly changed = new Map<string, StoredShare>();
  private readonly shard: number;
  private readonly all: boolean;

  constructor(
    private readonly programmeId: ProgrammeId,
    loaded: {
      counters: readonly Counter[];
      shares: readonly StoredShare[];
      shard: number;
      all: boolean;
    },
  ) {
    this.counters = loaded.counters;
    this.shard = loaded.shard;
    this.all = loaded.all;
    for (const share of loaded.shares) {
      const text = counterText({ ...share, limit: share.limit });
      this.shares.set(text, [...(this.shares.get(text) ?? []), share]);
    }
  }

  /**
   * Takes what a posting uses of every cap, or nothing of any.
   *
   * @returns null when taken; `ask-all` when the lane's own share does not suffice; a budget that does not hold it; else the refusal
   */
  take(steps: readonly Step[]): NotTaken | null {
    const taken = this.taking(steps);
    if (!Array.isArray(taken)) return taken as NotTaken;
    for (const [counter, shares] of taken) this.put(counter, shares);
    return null;
  }

  /** What `take` would answer, taking nothing. */
  check(steps: readonly Step[]): NotTaken | null {
    const taken = this.taking(steps);
    return Array.isArray(taken) ? null : (taken as NotTaken);
  }

  private taking(steps: readonly Step[]): [Counter, readonly Allowance[]][] | NotTaken {
    const taken: [Counter, readonly Allowance[]][] = [];
    for (const use of capUses(steps, this.counters)) {
      const shares = this.shares.get(counterText(use.counter)) ?? [];
      const isUnopened = use.counter.kind === 'NET_DEBIT' && shares.length === 0;
      if (isUnopened) return this.all ? { unopened: use.counter } : 'ask-all';
      const result = (this.all ? takeFromAll : takeOwn)(shares, this.shard, use);
      if (result.outcome === 'ask-all') return 'ask-all';
      if (result.outcome === 'refused') {
        return isBudget(use.counter) ? { spentBudget: use.counter.kind } : capRefusal(use, result.left);
      }
      taken.push([use.counter, result.shards]);
    }
    return taken;
  }

  /** The shares that were spent from, as rows. */
  changedRows(): Cells[] {
    return [...this.changed.values()].map((share) => shareRow(this.programmeId, share));
  }

  private put(counter: Counter, shares: readonly Allowance[]): void {
    const text = counterText(counter);
    const before = this.shares.get(text) ?? [];
    const stored = shares.map((share): StoredShare => {
      const version = before.find((one) => one.shard === share.shard)?.version ?? 0n;
      const { partnerId, kind, period } = counter;
      return { ...share, partnerId, kind, period, version };
    });
    for (const share of stored) this.changed.set(`${text}:${share.shard}`, share);
    const untouched = before.filter((one) => !stored.some(({ shard }) => shard === one.shard));
    this.shares.set(text, [...untouched, ...stored]);
  }
}

function capRefusal({ counter }: CapUse, left: bigint): Refusal {
  if (counter.kind === 'NET_DEBIT') {
    return refuse('LEDGER_NET_DEBIT_CAP_REACHED', 'The partner owes as much as its net-debit cap allows.');
  }
  return refuse('LEDGER_ISSUANCE_CAP_REACHED', `The partner may issue ${left} more points in this period.`, {
    leftPoints: points(left),
  });
}
