import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planRedemption, type Redemption } from '../../core/movements/redemption';
import type { Ledger } from '../ledger';
import { actingAs, memberToCharge } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';
import { documentOf } from '../points/posting-command';
import { AMOUNT_MAX, type MoneyGiven } from './record-purchase';

export interface RedeemPointsInput {
  readonly idempotencyKey: string;
  readonly externalRef: string;
  readonly member: MemberRef;
  readonly points: bigint;
  readonly occurredAt: Date;
  readonly expectedVersion?: bigint | null;
  /** What the member pays beside the points; absent: nothing. */
  readonly money?: MoneyGiven | null;
}

/** Redeems a member's points at the acting partner, whole or not at all. */
export function redeemPoints(
  ledger: Ledger,
  principal: Principal,
  input: RedeemPointsInput,
): Promise<Posted | Refusal> {
  return redeem(ledger, principal, { input, isPreview: false });
}

/** What redeeming points would do, by the rules and the book of this instant; nothing is written. */
export function previewRedemption(
  ledger: Ledger,
  principal: Principal,
  input: RedeemPointsInput,
): Promise<Posted | Refusal> {
  return redeem(ledger, principal, { input, isPreview: true });
}

/** What is wrong with money paid beside points; null when nothing is. */
export function moneyBesideFault({ amountMinor }: MoneyGiven): ReturnType<typeof wholeFault> {
  return wholeFault('input.money.amountMinor', amountMinor, { min: 1n, max: AMOUNT_MAX });
}

async function redeem(
  ledger: Ledger,
  principal: Principal,
  { input, isPreview }: { input: RedeemPointsInput; isPreview: boolean },
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    ifGiven(input.money, moneyBesideFault),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:redeem');
  if (isRefusal(acting)) return acting;
  const member = await memberToCharge(ledger, principal, { acting, ref: input.member });
  if (isRefusal(member)) return member;
  const { idempotencyKey, ...body } = input;
  const redemption: Redemption = {
    kind: 'REDEEM',
    partnerId: acting.partnerId,
    externalRef: input.externalRef,
    points: points(input.points),
    occurredAt: input.occurredAt,
    money: input.money ?? null,
    expectedVersion: input.expectedVersion ?? null,
    isSteppedUp: member.isPresent,
  };
  return post(ledger, principal, {
    programmeId: acting.programmeId,
    memberId: member.memberId,
    operation: 'redeemPoints',
    idempotencyKey,
    body,
    document: documentOf(acting.partnerId, 'REDEMPTION', input.externalRef),
    link: member.link,
    needs: { lots: true },
    isPreview,
    plan: (wallet, facts) => planRedemption(wallet, redemption, facts),
  });
}
