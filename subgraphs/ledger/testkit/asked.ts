import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { planAction } from '../core/movements/action';
import type { JointPlan } from '../core/movements/carry-out';
import { planClawback } from '../core/movements/clawback';
import { planDirectAccrual, type DirectAccrual } from '../core/movements/direct-accrual';
import { planExtension, planReinstatement } from '../core/movements/expiry';
import { planCapture, planHold, planHoldTimeout, planRelease } from '../core/movements/hold';
import { planDueRelease, planPendingCancel, planPendingRelease } from '../core/movements/pending';
import { planPoolSpend } from '../core/movements/pool';
import { planPurchase } from '../core/movements/purchase';
import { planPurchaseReturn } from '../core/movements/purchase-return';
import { planRedemption } from '../core/movements/redemption';
import { planReversal } from '../core/movements/reversal';
import { planTransfer } from '../core/movements/transfer';
import type { PostingFacts, PostingPlan } from '../core/points/posting';
import type { Wallet } from '../core/points/wallet';
import type { Needs } from '../data/points/wallet-request';

/** A partner's receipt, by which nothing is recorded twice. */
export interface Receipt {
  readonly partnerId: PartnerId;
  readonly kind: 'PURCHASE' | 'REDEMPTION' | 'RETURN' | 'ACCRUAL' | 'ACTION';
  readonly externalRef: string;
}

/** Something a test asks of a member's book: what a posting command says besides who asks and under which key. */
export interface Asked {
  readonly memberId: MemberId;
  plan(wallet: Wallet, facts: PostingFacts, others: readonly Wallet[]): PostingPlan | JointPlan | Refusal | null;
  readonly needs?: Partial<Needs>;
  readonly receipt?: Receipt;
  readonly others?: readonly MemberId[];
}

/** An event at a partner. */
interface At {
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly occurredAt: Date;
}

/** A purchase of so many minor units. */
export function purchase(at: At, externalRef: string, amountMinor: bigint): Asked {
  const { memberId, ...when } = at;
  const sale = { ...when, externalRef, amountMinor, currency: 'EUR', branch: null, channel: null, lines: null };
  return {
    memberId,
    receipt: { partnerId: at.partnerId, kind: 'PURCHASE', externalRef },
    plan: (wallet, facts) => planPurchase(wallet, sale, facts),
  };
}

/** Something a member did that a rule rewards. */
export function action({ memberId, ...when }: At, name: string): Asked {
  const done = { ...when, externalRef: null, action: name, attributes: {} };
  return {
    memberId,
    needs: { awards: [{ partnerId: when.partnerId, action: name }] },
    plan: (wallet, facts) => planAction(wallet, done, facts),
  };
}

/** Points given directly: a bonus, goodwill, a correction. */
export function direct(memberId: MemberId, accrual: DirectAccrual): Asked {
  return { memberId, plan: (wallet, facts) => planDirectAccrual(wallet, accrual, facts) };
}

export function redemption(at: At, externalRef: string, amount: bigint): Asked {
  const { memberId, ...when } = at;
  const spend = { ...when, kind: 'REDEEM', externalRef, points: points(amount) } as const;
  return {
    memberId,
    needs: { lots: true },
    receipt: { partnerId: at.partnerId, kind: 'REDEMPTION', externalRef },
    plan: (wallet, facts) => planRedemption(wallet, { ...spend, expectedVersion: null, isSteppedUp: false }, facts),
  };
}

/** A spend that several members carry together; the first leads. */
export function pool(
  [memberId, ...others]: readonly MemberId[],
  { amount, ...when }: { partnerId: PartnerId; occurredAt: Date; externalRef: string; amount: bigint },
): Asked {
  if (memberId === undefined) throw new Error('pool: nobody spends');
  const spend = { ...when, points: points(amount) };
  return {
    memberId,
    others,
    needs: { lots: true },
    receipt: { partnerId: when.partnerId, kind: 'REDEMPTION', externalRef: when.externalRef },
    plan: (first, facts, rest) => {
      const plans = planPoolSpend(
        [first, ...rest].map((wallet) => ({ wallet, isSteppedUp: false })),
        spend,
        facts,
      );
      if (isRefusal(plans)) return plans;
      const [own = null, ...theirs] = plans;
      return { own, others: theirs };
    },
  };
}

export function reversal(
  memberId: MemberId,
  {
    redemptionSeq,
    amount,
    partnerId = null,
  }: { redemptionSeq: bigint; amount: bigint | null; partnerId?: PartnerId | null },
): Asked {
  const back = { redemptionSeq, partnerId, points: amount === null ? null : points(amount), reason: 'test' };
  return {
    memberId,
    needs: { lots: true, redemptions: [redemptionSeq] },
    plan: (wallet, facts) => planReversal(wallet, back, facts),
  };
}

/** A return of a purchase, paying back so many minor units. */
export function purchaseReturn(
  at: At,
  externalRef: string,
  { purchaseSeq, amountMinor }: { purchaseSeq: bigint; amountMinor: bigint },
): Asked {
  const { memberId, ...when } = at;
  const back = { ...when, externalRef, purchaseSeq, amountMinor, currency: 'EUR' };
  return {
    memberId,
    needs: { lots: true, pendingLots: true, purchases: [purchaseSeq] },
    receipt: { partnerId: at.partnerId, kind: 'RETURN', externalRef },
    plan: (wallet, facts) => planPurchaseReturn(wallet, back, facts),
  };
}

/** A clawback of a lot, whoever earned its points. */
export function clawback(memberId: MemberId, { lotSeq, amount }: { lotSeq: bigint; amount: bigint }): Asked {
  const taken = { lotSeq, points: points(amount), issuerId: null, isGift: false, reason: 'test' };
  return {
    memberId,
    needs: { lots: true, pendingLots: true, pastLots: [lotSeq] },
    plan: (wallet, facts) => planClawback(wallet, taken, facts),
  };
}

export function hold(
  { memberId, partnerId }: Omit<At, 'occurredAt'>,
  { amount, expiresAt }: { amount: bigint; expiresAt: Date },
): Asked {
  const request = { partnerId, points: points(amount), expiresAt, isSteppedUp: false };
  return { memberId, needs: { lots: true }, plan: (wallet, facts) => planHold(wallet, request, facts) };
}

/** A capture of a hold; null captures all of it. */
export function capture(
  { memberId, partnerId }: Omit<At, 'occurredAt'>,
  externalRef: string,
  { holdSeq, amount }: { holdSeq: bigint; amount: bigint | null },
): Asked {
  const wanted = { holdSeq, partnerId, externalRef, points: amount === null ? null : points(amount) };
  return {
    memberId,
    needs: { lots: true, holds: [holdSeq] },
    receipt: { partnerId, kind: 'REDEMPTION', externalRef },
    plan: (wallet, facts) => planCapture(wallet, wanted, facts),
  };
}

export function holdRelease({ memberId, partnerId }: Omit<At, 'occurredAt'>, holdSeq: bigint): Asked {
  return {
    memberId,
    needs: { lots: true, holds: [holdSeq] },
    plan: (wallet, facts) => planRelease(wallet, { holdSeq, partnerId }, facts),
  };
}

export function holdTimeout(memberId: MemberId, holdSeq: bigint): Asked {
  return {
    memberId,
    needs: { lots: true, holds: [holdSeq] },
    plan: (wallet, facts) => planHoldTimeout(wallet, holdSeq, facts),
  };
}

const pendingNeeds = (lotSeq: bigint) => ({ lots: true, pendingLots: true, pastLots: [lotSeq] });

export function pendingRelease(memberId: MemberId, lotSeq: bigint): Asked {
  const request = { lotSeq, issuerId: null };
  return { memberId, needs: pendingNeeds(lotSeq), plan: (wallet, facts) => planPendingRelease(wallet, request, facts) };
}

export function pendingCancel(memberId: MemberId, lotSeq: bigint): Asked {
  const request = { lotSeq, issuerId: null };
  return { memberId, needs: pendingNeeds(lotSeq), plan: (wallet, facts) => planPendingCancel(wallet, request, facts) };
}

/** Points whose waiting is over by themselves. */
export function dueRelease(memberId: MemberId, lotSeq: bigint): Asked {
  return { memberId, needs: pendingNeeds(lotSeq), plan: (wallet, facts) => planDueRelease(wallet, lotSeq, facts) };
}

/** Whatever has expired and nobody has swept yet. */
export function sweep(memberId: MemberId): Asked {
  return { memberId, needs: { lots: true }, plan: () => null };
}

export function extension(memberId: MemberId, { lotSeq, expiresAt }: { lotSeq: bigint; expiresAt: Date }): Asked {
  const later = { lotSeq, expiresAt, reason: 'test' };
  return {
    memberId,
    needs: { lots: true, pastLots: [lotSeq] },
    plan: (wallet, facts) => planExtension(wallet, later, facts),
  };
}

export function reinstatement(
  memberId: MemberId,
  { lotSeq, amount, expiresAt }: { lotSeq: bigint; amount: bigint | null; expiresAt: Date },
): Asked {
  const back = { lotSeq, points: amount === null ? null : points(amount), expiresAt, reason: 'test' };
  return {
    memberId,
    needs: { lots: true, pastLots: [lotSeq] },
    plan: (wallet, facts) => planReinstatement(wallet, back, facts),
  };
}

/** A gift from one member to another. */
export function transfer(memberId: MemberId, to: MemberId, amount: bigint): Asked {
  const gift = { points: points(amount), message: null, isSteppedUp: true };
  return {
    memberId,
    others: [to],
    needs: { lots: true },
    plan: (giver, facts, [receiver]) => {
      const plans = planTransfer(giver, receiver as Wallet, { transfer: gift, facts });
      return 'code' in plans ? plans : { own: plans.out, others: [plans.in] };
    },
  };
}
