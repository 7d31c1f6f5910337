import type { Client } from 'pg';
import type { Refusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { counterText, takeFromAll, takeOwn, type Allowance } from '../../core/caps/allowance';
import { capUses, countersOf, isBudget, type CapKind, type CapUse, type Counter } from '../../core/caps/cap-use';
import type { Step } from '../../core/movements/carry-out';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { loadShares, shareRow, type StoredShare } from '../../data/points/cap.store';
import type { Cells } from '../../data/points/recordset';

/** Reads the shares a batch may spend from; null when the programme has no caps, which costs nothing. */
export async function openCaps(
  client: Client,
  at: {
    programmeId: ProgrammeId;
    book: RuleBook;
    now: Date;
    shard: number;
    allShares: boolean;
    /** Budgets that the batch's commands may spend from. */
    budgets: readonly Counter[];
  },
): Promise<Caps | null> {
  const counters = [...countersOf(at.book, at.now), ...at.budgets];
  if (counters.length === 0) return null;
  const { programmeId, shard, allShares: all } = at;
  const shares = await loadShares(client, programmeId, { counters, shard, all });
  return new Caps(at.programmeId, { counters, shares, shard: at.shard, all: at.allShares, book: at.book });
}

/** Why a posting was not taken as it is. */
export type NotTaken = 'ask-all' | { readonly unopened: Counter } | { readonly spentBudget: CapKind } | Refusal;

/**
 * Budgets of a version of the rules that were found empty. Nothing flows back into a budget, so an empty one is not asked again:
 * without this each purchase after its end would lock all its shares only to hear the same.
 */
const spentByBook = new WeakMap<RuleBook, Set<string>>();

function spentOf(book: RuleBook): Set<string> {
  const kept = spentByBook.get(book) ?? new Set<string>();
  spentByBook.set(book, kept);
  return kept;
}

const spentText = (counter: Counter) => `${counterText(counter)}:${counter.limit}`;

/** The caps of one programme within one batch: shares as the commands before have left them. */
export class Caps {
  private readonly counters: readonly Counter[];
  private readonly shares = new Map<string, StoredShare[]>();
  private readonly changed = new Map<string, StoredShare>();
  private readonly shard: number;
  private readonly all: boolean;
  private readonly spent: Set<string>;

  constructor(
    private readonly programmeId: ProgrammeId,
    loaded: {
      counters: readonly Counter[];
      shares: readonly StoredShare[];
      shard: number;
      all: boolean;
      book: RuleBook;
    },
  ) {
    this.spent = spentOf(loaded.book);
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
      if (this.spent.has(spentText(use.counter))) return { spentBudget: use.counter.kind };
      const shares = this.shares.get(counterText(use.counter)) ?? [];
      if (this.all && use.counter.kind === 'NET_DEBIT' && shares.length === 0) return { unopened: use.counter };
      const result = this.all
        ? takeFromAll(shares, this.shard, use)
        : takeOwn(
            shares.find(({ shard }) => shard === this.shard),
            use,
          );
      if (result.outcome === 'ask-all') return 'ask-all';
      if (result.outcome === 'refused') {
        if (!isBudget(use.counter)) return capRefusal(use, result.left);
        if (result.left === 0n) this.spent.add(spentText(use.counter));
        return { spentBudget: use.counter.kind };
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
