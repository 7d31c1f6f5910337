import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import type { Claim, MoneyEntry } from '../money/claim';
import type { RuleBook } from '../rule-book';
import type { Counter } from '../caps/cap-use';
import type { Explanation } from '../rules/explanation';
import type { Person } from '../rules/purchase-facts';
import { standingAfter } from '../tiers/standing';
import { balancesAfter, balancesFit, type Account, type Entry } from './account';
import { compareDrawOrder } from './draw';
import { continuedBy, type IssuedLot, type Lot, type LotPart, type OpenLot, type PendingLot } from './lot';
import { NO_PAST, type Arrears, type Award, type Hold, type Past, type Wallet } from './wallet';

/** What a statement calls one journal transaction. A NOTICE moves nothing: it records that a member was told something. */
export type StatementEntryKind =
  | 'EARN'
  | 'PENDING'
  | 'RELEASE'
  | 'CANCEL'
  | 'HOLD'
  | 'CAPTURE'
  | 'HOLD_RELEASE'
  | 'REDEEM'
  | 'REVERSAL'
  | 'CLAWBACK'
  | 'ARREARS'
  | 'EXPIRY'
  | 'EXTENSION'
  | 'REINSTATEMENT'
  | 'TRANSFER_IN'
  | 'TRANSFER_OUT'
  | 'DONATION'
  | 'GOODWILL'
  | 'OPENING'
  | 'ADJUSTMENT'
  | 'BUY_OUT'
  | 'TIER_REVIEW'
  | 'NOTICE';

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
  readonly points: bigint;
  readonly occurredAt: Date;
}

/** Money a member pays a redeemer beside the points of one redemption. */
export interface MoneyBeside {
  /** Minor units; > 0. */
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * What one event does to one wallet, decided and not yet written. Balances, lots and arrears follow from the entries;
 * `applyPlan` gives the wallet they lead to, and the store writes exactly the plan.
 */
export interface PostingPlan {
  readonly kind: StatementEntryKind;
  readonly partnerId: PartnerId | null;
  readonly externalRef: string | null;
  readonly occurredAt: Date;
  /** Why, in the words of who asked; null where the kind says it all. */
  readonly reason: string | null;
  readonly entries: readonly Entry[];
  readonly claims: readonly Claim[];
  readonly money: readonly MoneyEntry[];
  /** By how much the points that count towards a tier change. */
  readonly qualifying: bigint;
  /** Lots that come into being. */
  readonly issued: readonly IssuedLot[];
  /** Lots that points come back to, or whose terms or expiry change, as they stand from now on. */
  readonly restated: readonly Lot[];
  readonly hold?: Hold;
  readonly purchase?: PurchaseFact;
  /** A purchase that was returned, in whole or part. */
  readonly returned?: { readonly purchaseSeq: bigint; readonly amountMinor: bigint; readonly clawedBack: bigint };
  /** A redemption that was undone, in whole or part. */
  readonly reversed?: { readonly redemptionSeq: bigint; readonly points: bigint };
  /** What was paid beside the points of a redemption. */
  readonly beside?: MoneyBeside;
  /** An action that was rewarded. */
  readonly award?: Award;
  /** What rules gave and why, and what the partner told with it; absent where the base rate alone was looked at. */
  readonly explained?: Explained;
  /** Lots that campaigns gave. */
  readonly campaignLots?: readonly CampaignLot[];
  /** What campaigns give, of the budgets that must hold it. */
  readonly budgeted?: readonly Budgeted[];
  /** The other end of a transfer. */
  readonly peer?: { readonly wallet: string };
  /** A review of the tier: where the member stands from now on. */
  readonly tier?: Wallet['tier'];
}

/** Why an earn came to what it did. */
export interface Explained {
  /** What the partner told beside the receipt, as far as conditions may look at it; null: nothing. */
  readonly attributes: object | null;
  readonly explanation: Explanation;
}

/** A lot of a campaign's points. */
export interface CampaignLot {
  readonly campaignId: string;
  readonly lotSeq: bigint;
  readonly points: bigint;
}

/** Points a campaign gives. */
export interface Budgeted {
  readonly campaignId: string;
  readonly points: bigint;
  readonly counters: readonly Counter[];
}

/** The parts most plans leave empty. */
export const EMPTY_PLAN = {
  externalRef: null,
  reason: null,
  entries: [],
  claims: [],
  money: [],
  qualifying: 0n,
  issued: [],
  restated: [],
} as const satisfies Partial<PostingPlan>;

/** What every posting rule may know besides the wallet: facts of the programme, read under the lock. */
export interface PostingFacts {
  readonly programmeId: ProgrammeId;
  readonly book: RuleBook;
  /** The programme's clock: wall time, or the test clock of a sandbox. */
  readonly now: Date;
  /** What rules beyond the base rate may know of the member; absent where they ask nothing. */
  readonly person?: Omit<Person, 'tier'>;
  /** Campaigns whose budget was found not to hold what they would give. */
  readonly spent?: ReadonlySet<string>;
}

/** What the statement shows of a plan: by how much AVAILABLE changes, or PENDING where nothing else does. */
export function shownPoints(plan: PostingPlan): bigint {
  const net = (kind: Account['kind']) =>
    plan.entries.reduce(
      (sum, { debit, credit, amount }) =>
        sum + (credit.kind === kind ? amount : 0n) - (debit.kind === kind ? amount : 0n),
      0n,
    );
  return plan.kind === 'PENDING' || plan.kind === 'CANCEL' ? net('PENDING') : net('AVAILABLE');
}

/**
 * Whether all a plan leaves and makes is within 64 bits: balances in points, claims and money in micro-units, and what lots that come
 * into being will cost by themselves, released or expired.
 */
export function fitsTheBook({ balances }: Wallet, plan: PostingPlan): boolean {
  const isWithin = ({ micros }: { micros: bigint }) => micros <= POINTS_MAX && micros >= -POINTS_MAX;
  return (
    balancesFit(balances, plan.entries, balances.qualifying + plan.qualifying) &&
    plan.claims.every(isWithin) &&
    plan.money.every(isWithin) &&
    plan.issued.every(({ quantity, terms }) => quantity * dueByItself(terms) <= POINTS_MAX)
  );
}

/** No more than this is owed for a point before anybody spends it, in micro-units. */
function dueByItself({ settlementModel, issuanceMicros, reserveMicros, feeMicros }: Lot['terms']): bigint {
  return feeMicros + (settlementModel === 'AT_REDEMPTION' ? 0n : issuanceMicros + reserveMicros);
}

/**
 * The wallet after a plan: one version later, balances changed, lots drawn, restored or added, tier re-read.
 *
 * @throws RangeError when a balance or a lot would go below zero: a posting rule's bug
 */
export function applyPlan(wallet: Wallet, plan: PostingPlan, facts: PostingFacts): Wallet {
  const seq = wallet.seq + 1n;
  const counted = wallet.balances.qualifying + plan.qualifying;
  const balances = balancesAfter(wallet.balances, plan.entries, counted < 0n ? 0n : counted);
  const { key, programmeId, memberId, isFrozen, chain } = wallet;
  return {
    key,
    programmeId,
    memberId,
    isFrozen,
    chain,
    seq,
    balances,
    lotCount: plan.issued.at(-1)?.lotSeq ?? wallet.lotCount,
    lots: openLotsAfter(wallet, plan),
    pendingLots: pendingLotsAfter(wallet, plan),
    heldByLot: heldAfter(wallet.heldByLot, plan.entries),
    owed: owedAfter(wallet.owed, plan.entries, seq),
    tier: plan.tier ?? standingAfter(wallet.tier, balances.qualifying, facts),
    past: pastAfter(wallet, plan, seq),
  };
}

/** Net change of each lot in one kind of the member's accounts, by lot. */
function netByLot(entries: readonly Entry[], kind: 'AVAILABLE' | 'PENDING' | 'HELD'): Map<bigint, bigint> {
  const net = new Map<bigint, bigint>();
  for (const { debit, credit, amount, lotSeq } of entries) {
    const by = (credit.kind === kind ? amount : 0n) - (debit.kind === kind ? amount : 0n);
    if (by !== 0n) net.set(lotSeq, (net.get(lotSeq) ?? 0n) + by);
  }
  return net;
}

function openLotsAfter(wallet: Wallet, plan: PostingPlan): readonly OpenLot[] {
  const net = netByLot(plan.entries, 'AVAILABLE');
  if (net.size === 0 && plan.restated.length === 0) return wallet.lots;
  const lots = new Map(wallet.lots.map((lot) => [lot.lotSeq, lot]));
  for (const lot of [...plan.issued, ...plan.restated]) {
    lots.set(lot.lotSeq, openLotOf(lot, lots.get(lot.lotSeq)?.remaining ?? 0n));
  }
  for (const [lotSeq, by] of net) {
    const lot = lots.get(lotSeq) ?? wallet.pendingLots.find((one) => one.lotSeq === lotSeq);
    if (lot === undefined) throw new RangeError(`applyPlan: lot ${lotSeq} is not known`);
    const remaining = (lots.get(lotSeq)?.remaining ?? 0n) + by;
    if (remaining < 0n) throw new RangeError(`applyPlan: lot ${lotSeq} would hold ${remaining}`);
    lots.set(lotSeq, openLotOf(lot, remaining));
  }
  return [...lots.values()].filter(({ remaining }) => remaining > 0n).sort(compareDrawOrder);
}

function openLotOf({ lotSeq, issuerId, earnedAt, expiresAt, terms }: Lot, remaining: bigint): OpenLot {
  return { lotSeq, issuerId, earnedAt, expiresAt, terms, remaining: points(remaining) };
}

function pendingLotsAfter(wallet: Wallet, plan: PostingPlan): readonly PendingLot[] {
  const net = netByLot(plan.entries, 'PENDING');
  if (net.size === 0) return wallet.pendingLots;
  const lots = new Map(wallet.pendingLots.map((lot) => [lot.lotSeq, lot]));
  for (const { pending, ...lot } of plan.issued) {
    if (pending !== null) lots.set(lot.lotSeq, { ...openLotOf(lot, 0n), releaseAt: pending.releaseAt });
  }
  for (const [lotSeq, by] of net) {
    const lot = lots.get(lotSeq);
    const remaining = (lot?.remaining ?? 0n) + by;
    if (lot === undefined || remaining < 0n) throw new RangeError(`applyPlan: pending lot ${lotSeq} has not ${by}`);
    lots.set(lotSeq, { ...lot, remaining: points(remaining) });
  }
  return [...lots.values()].filter(({ remaining }) => remaining > 0n);
}

function heldAfter(held: Wallet['heldByLot'], entries: readonly Entry[]): Wallet['heldByLot'] {
  const net = netByLot(entries, 'HELD');
  if (net.size === 0) return held;
  const after = new Map(held);
  for (const [lotSeq, by] of net) after.set(lotSeq, points((after.get(lotSeq) ?? 0n) + by));
  return after;
}

function owedAfter(owed: readonly Arrears[], entries: readonly Entry[], seq: bigint): readonly Arrears[] {
  if (entries.every(({ debit, credit }) => debit.kind !== 'ARREARS' && credit.kind !== 'ARREARS')) return owed;
  const after = new Map(owed.map((one) => [one.creditorId, one]));
  const move = (creditorId: Arrears['creditorId'], by: bigint) => {
    const { points: before = 0n, openedSeq = seq } = after.get(creditorId) ?? {};
    after.set(creditorId, { creditorId, openedSeq, points: points(before + by) });
  };
  for (const { debit, credit, amount } of entries) {
    if (debit.kind === 'ARREARS') move(debit.owner as Arrears['creditorId'], amount);
    if (credit.kind === 'ARREARS') move(credit.owner as Arrears['creditorId'], -amount);
  }
  return [...after.values()].filter((one) => one.points > 0n);
}

/**
 * How much of each lot was taken back and expired, as the entries leave it, and which lots continue known ones: the next rule of a
 * batch must not meet less.
 */
function pastLotsAfter({ key, past: { lots } }: Wallet, { entries, issued }: PostingPlan, seq: bigint): Past['lots'] {
  const after = new Map(lots);
  for (const lot of issued) {
    const continues = continuedBy(lot, key.wallet);
    if (continues === null || !lots.has(continues)) continue;
    after.set(lot.lotSeq, { ...lot, seq, continues, clawedBack: points(0n), expired: points(0n), countedAt: null });
  }
  for (const { debit, credit, amount, lotSeq } of entries) {
    const lot = after.get(lotSeq);
    if (lot === undefined) continue;
    const expired = (credit.kind === 'EXPIRED' ? amount : 0n) - (debit.kind === 'EXPIRED' ? amount : 0n);
    after.set(lotSeq, {
      ...lot,
      clawedBack: points(lot.clawedBack + (credit.kind === 'CLAWED_BACK' ? amount : 0n)),
      expired: points(lot.expired + expired),
    });
  }
  return after;
}

/** Lots as holds and redemptions know them, with the expiry a plan gave them: the next rule of a batch must not undo it. */
function pastRestated(past: Past, restated: readonly Lot[]): Past {
  if (restated.length === 0) return past;
  const standing = new Map(restated.map((lot) => [lot.lotSeq, lot]));
  const later = <L extends Lot>(lot: L): L => {
    const { expiresAt } = standing.get(lot.lotSeq) ?? lot;
    return { ...lot, expiresAt };
  };
  const parts = (list: readonly LotPart[]) => list.map((part) => ({ ...part, lot: later(part.lot) }));
  return {
    ...past,
    lots: new Map([...past.lots].map(([lotSeq, lot]) => [lotSeq, later(lot)])),
    holds: new Map([...past.holds].map(([seq, hold]) => [seq, { ...hold, lots: parts(hold.lots) }])),
    redemptions: new Map([...past.redemptions].map(([seq, one]) => [seq, { ...one, draws: parts(one.draws) }])),
  };
}

function pastAfter(wallet: Wallet, plan: PostingPlan, seq: bigint): Past {
  const { hold, reversed, returned, award, restated } = plan;
  // Most postings ask nothing of the past and leave nothing to it.
  if (wallet.past === NO_PAST && hold === undefined && award === undefined) return NO_PAST;
  const past = pastRestated({ ...wallet.past, lots: pastLotsAfter(wallet, plan, seq) }, restated);
  const holds = hold === undefined ? past.holds : new Map(past.holds).set(hold.seq, hold);
  const redemption = reversed && past.redemptions.get(reversed.redemptionSeq);
  const redemptions =
    redemption === undefined
      ? past.redemptions
      : new Map(past.redemptions).set(redemption.seq, {
          ...redemption,
          reversed: points(redemption.reversed + (reversed?.points ?? 0n)),
        });
  const purchase = returned && past.purchases.get(returned.purchaseSeq);
  const purchases =
    purchase === undefined
      ? past.purchases
      : new Map(past.purchases).set(purchase.seq, {
          ...purchase,
          returnedMinor: purchase.returnedMinor + (returned?.amountMinor ?? 0n),
          clawedBack: points(purchase.clawedBack + (returned?.clawedBack ?? 0n)),
        });
  return {
    lots: past.lots,
    holds,
    redemptions,
    purchases,
    awards: award === undefined ? past.awards : [...past.awards, award],
    qualifyingBefore: past.qualifyingBefore,
  };
}
