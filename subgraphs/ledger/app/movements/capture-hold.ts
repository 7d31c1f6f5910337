import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planCapture } from '../../core/movements/hold';
import { parseScopedId } from '../../core/points/scoped-id';
import type { Ledger } from '../ledger';
import { actingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';
import { documentOf } from '../points/posting-command';
import type { MoneyGiven } from './record-purchase';
import { moneyBesideFault } from './redeem-points';

export interface CaptureHoldInput {
  readonly idempotencyKey: string;
  readonly holdId: string;
  readonly points?: bigint | null;
  /** What the member pays beside the points; absent: nothing. */
  readonly money?: MoneyGiven | null;
  readonly externalRef: string;
}

/** Turns the acting partner's hold into a redemption; what is not captured goes back to the member. */
export async function captureHold(
  ledger: Ledger,
  principal: Principal,
  input: CaptureHoldInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    ifGiven(input.points, (amount) => wholeFault('input.points', amount, { min: 1n, max: POINTS_MAX })),
    ifGiven(input.money, moneyBesideFault),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:redeem');
  if (isRefusal(acting)) return acting;
  const hold = parseScopedId('hld', input.holdId);
  if (hold === null) return notFound('hold');
  const { idempotencyKey, ...body } = input;
  const capture = {
    holdSeq: hold.number,
    partnerId: acting.partnerId,
    points: input.points === null || input.points === undefined ? null : points(input.points),
    money: input.money ?? null,
    externalRef: input.externalRef,
  };
  const posted = await post(ledger, principal, {
    programmeId: acting.programmeId,
    memberId: hold.memberId,
    operation: 'captureHold',
    idempotencyKey,
    body,
    document: documentOf(acting.partnerId, 'REDEMPTION', input.externalRef),
    needs: { lots: true, holds: [hold.number] },
    opensWallet: false,
    plan: (wallet, facts) => planCapture(wallet, capture, facts),
  });
  return shownTo(ledger, principal, posted);
}
