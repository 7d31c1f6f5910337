import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { Micros } from '../../../../kernel/values/money';
import { points, type Points } from '../../../../kernel/values/points';
import type { RuleBook } from '../rule-book';
import { tierFor } from '../tiers/ladder';
import { compareDrawOrder } from './draw';
import type { Balances, Hold, OpenLot, Wallet } from './wallet';

/** Kinds of points account; ISSUED and REDEEMED are a partner's, the others a member's, EXPIRED an issuer's. */
export type AccountKind = 'ISSUED' | 'AVAILABLE' | 'HELD' | 'REDEEMED' | 'EXPIRED';

/** What a statement calls one journal transaction. */
export type StatementEntryKind = 'EARN' | 'HOLD' | 'CAPTURE' | 'HOLD_RELEASE' | 'REDEEM' | 'EXPIRY';

/** An amount of one lot moving from a debit account to a credit account: it balances because it has both ends. */
export interface Entry {
  readonly debit: { readonly kind: AccountKind; readonly owner: string };
  readonly credit: { readonly kind: AccountKind; readonly owner: string };
  readonly amount: Points;
  readonly lotSeq: bigint;
}

/** What one party owes another from one entry and its lot; null is the operator. */
export interface Claim {
  /** Index of the entry it belongs to. */
  readonly entry: number;
  readonly debtorId: PartnerId | null;
  readonly creditorId: PartnerId | null;
  readonly kind: 'REDEMPTION' | 'PROGRAMME_FEE';
  readonly micros: Micros;
  readonly lotSeq: bigint;
  readonly points: Points;
  readonly contractVersion: number;
}

/** Terms copied on to a lot when it is issued; a later change of contract never touches them. */
export interface IssuedLot extends OpenLot {
  readonly settlementModel: 'AT_REDEMPTION';
  readonly contractVersion: number;
  readonly feeMicros: Micros;
}

/** A purchase as it was recorded. */
export interface PurchaseFact {
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly branch: string | null;
  readonly channel: string | null;
  readonly lines: readonly unknown[] | null;
  readonly ruleId: string | null;
  readonly points: Points;
  readonly occurredAt: Date;
}

/**
 * What one event does to one wallet, decided and not yet written. `applyPlan` gives the wallet it leads to; the store
 * writes exactly the plan.
 */
export interface PostingPlan {
  readonly kind: StatementEntryKind;
  readonly partnerId: PartnerId | null;
  readonly externalRef: string | null;
  readonly occurredAt: Date;
  /** What the statement shows: positive comes in, negative goes out. */
  readonly points: bigint;
  readonly entries: readonly Entry[];
  readonly claims: readonly Claim[];
  /** How the four balances and the qualifying points change. */
  readonly change: Partial<Record<keyof Balances, bigint>>;
  readonly issued?: IssuedLot;
  readonly purchase?: PurchaseFact;
  /** Change of lots' spendable parts, by lot. */
  readonly lotChanges: readonly { readonly lot: OpenLot; readonly by: bigint }[];
  readonly hold?: Hold;
}

/** What every posting rule may know besides the wallet: facts of the programme, read under the lock. */
export interface PostingFacts {
  readonly programmeId: ProgrammeId;
  readonly book: RuleBook;
  /** The programme's clock: wall time, or the test clock of a sandbox. */
  readonly now: Date;
}

/**
 * The wallet after a plan: one version later, balances changed, lots drawn, restored or added, tier re-read.
 *
 * @throws RangeError when a balance or a lot would go below zero: a posting rule's bug
 */
export function applyPlan(wallet: Wallet, plan: PostingPlan, facts: PostingFacts): Wallet {
  const seq = wallet.seq + 1n;
  const balances = changedBalances(wallet.balances, plan.change);
  const tier = tierFor(facts.book.tiers, balances.qualifying);
  const tierChanged = tier !== undefined && tier.code !== wallet.tierCode;
  return {
    ...wallet,
    seq,
    balances,
    lotCount: plan.issued === undefined ? wallet.lotCount : plan.issued.lotSeq,
    lots: changedLots(wallet.lots, plan),
    holds: plan.hold === undefined ? wallet.holds : new Map(wallet.holds).set(plan.hold.seq, plan.hold),
    tierCode: tierChanged ? tier.code : wallet.tierCode,
    tierSince: tierChanged ? facts.now : wallet.tierSince,
  };
}

function changedBalances(before: Balances, change: PostingPlan['change']): Balances {
  const after = { ...before };
  for (const [name, by] of Object.entries(change) as [keyof Balances, bigint][]) {
    after[name] = points(before[name] + by);
    if (after[name] < 0n) throw new RangeError(`applyPlan: ${name} would be ${after[name]}`);
  }
  return after;
}

function changedLots(before: readonly OpenLot[], plan: PostingPlan): readonly OpenLot[] {
  if (plan.lotChanges.length === 0 && plan.issued === undefined) return before;
  const lots = new Map(before.map((lot) => [lot.lotSeq, lot]));
  for (const { lot, by } of plan.lotChanges) {
    const remaining = (lots.get(lot.lotSeq)?.remaining ?? 0n) + by;
    if (remaining < 0n) throw new RangeError(`applyPlan: lot ${lot.lotSeq} would hold ${remaining}`);
    if (remaining === 0n) lots.delete(lot.lotSeq);
    else lots.set(lot.lotSeq, { ...lot, remaining: points(remaining) });
  }
  if (plan.issued !== undefined) {
    const { lotSeq, issuerId, remaining, earnedAt, expiresAt } = plan.issued;
    lots.set(lotSeq, { lotSeq, issuerId, remaining, earnedAt, expiresAt });
  }
  return [...lots.values()].sort(compareDrawOrder);
}
