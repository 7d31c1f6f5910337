import type { MemberId, ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planExpiry } from '../../core/movements/expiry';
import { planHoldTimeout } from '../../core/movements/hold';
import { planDueRelease } from '../../core/movements/pending';
import type { PostingFacts } from '../../core/points/posting';
import type { Wallet } from '../../core/points/wallet';
import { periodEnd } from '../../core/tiers/period';
import { planTierDue } from '../../core/tiers/review';
import type { RuleBook } from '../../core/rule-book';
import { nextClaimDue } from '../../data/receipts/missing-claim.store';
import { loadDue, nextDue, type DueItem } from '../../data/time/due.store';
import { giveVerdicts, nextVerdictDue } from '../campaigns/give-verdicts';
import type { Ledger } from '../ledger';
import { NO_NEEDS, walletOf, type Needs, type PostingCommand } from '../points/posting-command';
import { settleLateClaims } from '../receipts/settle-claim';
import { nextWarningDue, warnOfExpiry } from './warn-of-expiry';

/** What doing what is due needs of the ledger. */
export type DueLedger = Pick<Ledger, 'database' | 'lanes' | 'clock' | 'book'>;

/** Items posted at a time: a till that comes meanwhile waits for one batch at the most. */
const AT_ONCE = 500;

/** The earliest instant up to `upTo` at which something falls due in a programme; null when nothing does. */
export async function nextDueInstant(ledger: DueLedger, programmeId: ProgrammeId, upTo: Date): Promise<Date | null> {
  const { pool } = ledger.database;
  const book = await ledger.book(programmeId);
  const instants = await Promise.all([
    nextDue(pool, programmeId, upTo),
    nextClaimDue(pool, programmeId, upTo),
    book && nextWarningDue(ledger, book, upTo),
    book && nextVerdictDue(ledger, book, upTo),
  ]);
  const [first] = instants.filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime());
  return first ?? null;
}

/** How far, and how patiently, what is due is done. */
export interface DueRun {
  /** The programme's clock must have reached it: the postings are recorded at the clock. */
  readonly now: Date;
  /** The most items read and posted at a time. */
  readonly batch?: number;
  /** Ends after so many items, with more left perhaps; default: when nothing is due any more. */
  readonly itemsMax?: number;
  /** Ends after the present batch once aborted. */
  readonly stopping?: AbortSignal;
  /**
   * Told of each account whose posting failed, such as one that somebody keeps locked; it is left for another run, and the
   * others go on. Without it the first failure is thrown.
   */
  readonly onLeft?: (memberId: MemberId, error: unknown) => void;
}

/** What a run did. */
export interface DueRunResult {
  /** Postings made on accounts. */
  readonly posted: number;
  /** Whether nothing more is to be done by that instant, except for accounts left. */
  readonly isDone: boolean;
}

/** Accounts left in one run: when more fail than that, something else is wrong than the accounts. */
const LEFT_MAX = 1_000;

/**
 * Does what is due by an instant: releases, time-outs of holds, expiries, notices and reviews of tiers, warnings of
 * points about to expire, missing-points claims whose partner is late, and verdicts on campaigns whose month is over. It may stop
 * anywhere and come again, and two may do it at once: what was done is not due any more, and a rule that meets it again does nothing.
 *
 * @throws what posting threw, unless `onLeft` is told
 */
export async function doDueWork(ledger: DueLedger, programmeId: ProgrammeId, run: DueRun): Promise<DueRunResult> {
  const book = await ledger.book(programmeId);
  if (book === null) return { posted: 0, isDone: true };
  const { now, batch = AT_ONCE, itemsMax = Number.POSITIVE_INFINITY, stopping } = run;
  const left = new Set<MemberId>();
  let posted = 0;
  let read = 0;
  let before: readonly DueItem[] = [];
  for (;;) {
    if (read >= itemsMax || stopping?.aborted) return { posted, isDone: false };
    const items = await loadDue(ledger.database.pool, programmeId, { now, limit: batch, leftOut: [...left] });
    if (items.length === 0 || left.size > LEFT_MAX) break;
    const leave = run.onLeft && leaving(left, run.onLeft);
    const more = await postAll(ledger, items, { commandOf: (item) => commandOf(programmeId, item, book), leave });
    read += items.length;
    posted += more;
    // What was read may have been done by another meanwhile; to read it for ever would be a bug of ours.
    if (more === 0 && isSame(before, items)) {
      const error = new Error('doDueWork: what is due moves nothing');
      if (leave === undefined) throw error;
      for (const item of items) leave(item, error);
    }
    before = items;
  }
  posted += await warnOfExpiry(ledger, book, {
    ...{ now, batch, stopping },
    onFailed: run.onLeft && (({ memberId }, error) => run.onLeft?.(memberId, error)),
  });
  await settleLateClaims(ledger, programmeId, now);
  await giveVerdicts(ledger, book, { now, stopping });
  return { posted, isDone: true };
}

type Leave = (item: DueItem, error: unknown) => void;

/** Notes each account once. */
function leaving(left: Set<MemberId>, onLeft: NonNullable<DueRun['onLeft']>): Leave {
  return ({ memberId }, error) => {
    if (left.has(memberId)) return;
    left.add(memberId);
    onLeft(memberId, error);
  };
}

/** How many of the items were posted. */
async function postAll(
  { lanes }: DueLedger,
  items: readonly DueItem[],
  { commandOf, leave }: { commandOf: (item: DueItem) => PostingCommand; leave: Leave | undefined },
): Promise<number> {
  const outcomes = await Promise.all(
    items.map((item) => {
      const posting = lanes.post(commandOf(item));
      return leave === undefined ? posting : posting.catch((error: unknown) => leave(item, error));
    }),
  );
  return outcomes.filter((outcome) => outcome?.kind === 'posted').length;
}

function commandOf(programmeId: ProgrammeId, item: DueItem, book: RuleBook): PostingCommand {
  return {
    ...walletOf(item.memberId),
    programmeId,
    caller: 'ledger',
    intent: null,
    document: null,
    others: [],
    opensWallet: false,
    ...ruleOf(item, book),
  };
}

/** The rule of an item, and what it asks for; spendable lots always, because what comes back may fill arrears. */
function ruleOf(
  { kind, number, countedSince }: DueItem,
  book: RuleBook,
): { plan: PostingCommand['plan']; needs: Needs } {
  const needs = { ...NO_NEEDS, lots: true };
  switch (kind) {
    case 'RELEASE':
      return {
        needs: { ...needs, pendingLots: true },
        plan: (wallet, facts) => planDueRelease(wallet, number, facts),
      };
    case 'HOLD_TIMEOUT':
      return { needs: { ...needs, holds: [number] }, plan: (wallet, facts) => planHoldTimeout(wallet, number, facts) };
    case 'EXPIRY':
      return { needs, plan: planExpiry };
    case 'TIER': {
      const end = countedSince === null ? null : periodEnd(book.tierPolicy, countedSince, book.timeZone);
      return {
        needs: { ...needs, qualifyingBefore: end },
        plan: (wallet, facts) => tierDue(wallet, countedSince, facts),
      };
    }
  }
}

/** Nothing when the period was closed meanwhile: what was read before the lock is of another one then. */
function tierDue(wallet: Wallet, countedSince: Date | null, facts: PostingFacts) {
  if (wallet.tier.countedSince?.getTime() !== countedSince?.getTime()) return null;
  const since = wallet.balances.qualifying - (wallet.past.qualifyingBefore ?? 0n);
  return planTierDue(wallet, points(since > 0n ? since : 0n), facts);
}

function isSame(before: readonly DueItem[], items: readonly DueItem[]): boolean {
  const text = ({ kind, memberId, number }: DueItem) => `${kind} ${memberId} ${number}`;
  return before.map(text).join() === items.map(text).join();
}
