import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { MemberId, PartnerId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';
import { together, type MoneySide } from '../money/claim';
import { spendingMoney, type Price } from '../money/redemption-claims';
import { redeemedAt, type Account, type Entry } from '../points/account';
import { drawLots, drawProRata, spendableLots, type Draw } from '../points/draw';
import type { LotPart } from '../points/lot';
import { EMPTY_PLAN, type MoneyBeside, type PostingFacts, type PostingPlan } from '../points/posting';
import { outstandingOf, type Wallet } from '../points/wallet';
import { notYet } from '../not-yet';
import { refuse } from '../refusals';
import { contractAt, partnerIn, whyNotActive, type Contract } from '../rule-book';

/** A redemption as the redeeming partner sent it. */
export interface Redemption {
  readonly kind: 'REDEEM' | 'DONATION';
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly points: Points;
  readonly occurredAt: Date;
  /** What the member pays beside the points; absent: nothing. */
  readonly money?: MoneyBeside | null;
  /** The version the caller decided upon; null when it does not matter. */
  readonly expectedVersion: bigint | null;
  /** The member has just proved that it is they who spend. */
  readonly isSteppedUp: boolean;
}

/**
 * Posting rule of a redemption: AVAILABLE:member → REDEEMED:redeemer, lot by lot in draw order, and what is owed for each at
 * the redeemer's price in force when it happened. A donation is a redemption at a charity, by the member's own wish.
 *
 * Money the member pays beside the points is the redeemer's own affair: it is written down, and nobody owes anything for it.
 *
 * Refuses, in this order: suspended, cannot redeem, no contract, money of another currency, in the future, version changed, step-up
 * required, member in arrears, insufficient points.
 */
export function planRedemption(wallet: Wallet, redemption: Redemption, facts: PostingFacts): PostingPlan | Refusal {
  const contract = redeemingTerms(redemption.partnerId, redemption.occurredAt, facts);
  if (isRefusal(contract)) return contract;
  const foreign = whyNotPaidIn(redemption.money, facts);
  if (foreign !== null) return foreign;
  if (redemption.occurredAt > facts.now) return notYet('The redemption', facts.now);
  const { expectedVersion } = redemption;
  if (expectedVersion !== null && expectedVersion !== wallet.seq) {
    return refuse('LEDGER_VERSION_CHANGED', `The account is at version ${wallet.seq}.`, { currentVersion: wallet.seq });
  }
  const draws = drawForSpending(wallet, redemption, facts);
  if (isRefusal(draws)) return draws;
  return {
    ...EMPTY_PLAN,
    kind: redemption.kind,
    partnerId: redemption.partnerId,
    externalRef: redemption.externalRef,
    occurredAt: redemption.occurredAt,
    entries: spentEntries({ kind: 'AVAILABLE', owner: wallet.memberId }, redemption.partnerId, draws),
    ...spentMoney(wallet, atPrice(draws, priceOf(contract))),
    ...paidBeside(redemption.money),
  };
}

/** The part of a plan that keeps what was paid beside the points. */
export const paidBeside = (money: Redemption['money']): Pick<PostingPlan, 'beside'> =>
  money ? { beside: { amountMinor: money.amountMinor, currency: money.currency } } : {};

/** Money paid beside points is in the programme's currency, so that reports can add it to what the points are worth. */
export function whyNotPaidIn(money: Redemption['money'], { book }: PostingFacts): Refusal | null {
  if (!money || money.currency === book.currency) return null;
  return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `What is paid beside points is paid in ${book.currency}.`);
}

/** What a redeemer is owed per point under its contract. */
export function priceOf({ partnerId, reimbursementMicros, version }: Contract): Price {
  return { creditorId: partnerId, perPoint: reimbursementMicros, contractVersion: version, kind: 'REDEMPTION' };
}

/** The redeemer's contract at the instant of the redemption; or why it cannot redeem. */
export function redeemingTerms(partnerId: PartnerId, at: Date, { book }: PostingFacts): Contract | Refusal {
  const partner = partnerIn(book, partnerId);
  const inactive = partner === undefined ? null : whyNotActive(partner);
  if (inactive !== null) return inactive;
  if (partner?.canRedeem === false)
    return refuse('LEDGER_PARTNER_CANNOT_REDEEM', 'This partner does not redeem points.');
  return (
    contractAt(book, partnerId, at) ??
    refuse('LEDGER_PROGRAMME_NOT_READY', 'No contract of this partner is in force at that instant.')
  );
}

/** Draws for somebody who wants to spend: not without a step-up above the programme's limit, not while in arrears. */
export function drawForSpending(
  wallet: Wallet,
  spend: { readonly points: Points; readonly isSteppedUp: boolean },
  facts: PostingFacts,
): LotPart[] | Refusal {
  const { stepUpAbovePoints } = facts.book;
  if (stepUpAbovePoints !== null && spend.points > stepUpAbovePoints && !spend.isSteppedUp) {
    const message = `More than ${stepUpAbovePoints} points are spent only when the member proves that it is they.`;
    return refuse('LEDGER_STEP_UP_REQUIRED', message, { abovePoints: stepUpAbovePoints });
  }
  if (wallet.balances.arrears > 0n) {
    const { arrears } = wallet.balances;
    return refuse('LEDGER_MEMBER_IN_ARREARS', `The member owes ${arrears} points.`, { arrearsPoints: arrears });
  }
  return drawSpendable(wallet, spend.points, facts);
}

/** Draws from what can be spent now; or the refusal that says how many points are missing. */
export function drawSpendable(wallet: Wallet, amount: Points, { book, now }: PostingFacts): LotPart[] | Refusal {
  const draw = book.drawOrder === 'PRO_RATA_BY_ISSUER' ? drawProRata : drawLots;
  const drawn = draw(spendableLots(wallet.lots, now), amount);
  if ('draws' in drawn) return drawn.draws.map(({ lot, points }: Draw): LotPart => ({ lot, points }));
  return refuse('LEDGER_INSUFFICIENT_POINTS', `${drawn.missing} more points are needed.`, {
    missingPoints: drawn.missing,
  });
}

/** One entry for each lot, from the member's account to the redeemer's. */
export function spentEntries(
  from: Account & { owner: MemberId },
  redeemerId: PartnerId,
  spent: readonly LotPart[],
): Entry[] {
  return spent.map(({ lot, points }) => ({
    debit: from,
    credit: redeemedAt(redeemerId),
    amount: points,
    lotSeq: lot.lotSeq,
  }));
}

/** A part of a lot, and what it is spent at. */
export interface Spent {
  readonly part: LotPart;
  readonly price: Price;
}

/** Parts that are all spent at one price. */
export const atPrice = (parts: readonly LotPart[], price: Price): Spent[] => parts.map((part) => ({ part, price }));

/** What is owed for parts of lots spent one after the other; the entry of each part has its place. */
export function spentMoney(wallet: Wallet, spent: readonly Spent[]): MoneySide {
  const left = new Map<bigint, bigint>();
  return together(
    spent.map(({ part, price }, entry) => {
      const { lotSeq } = part.lot;
      const outstanding = left.get(lotSeq) ?? outstandingOf(wallet, lotSeq);
      left.set(lotSeq, outstanding - part.points);
      return spendingMoney(part, entry, { price, outstanding });
    }),
  );
}
