import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planReversal } from '../../core/movements/reversal';
import { parseScopedId } from '../../core/points/scoped-id';
import type { Ledger } from '../ledger';
import { operatingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';

export interface ReverseRedemptionInput {
  readonly idempotencyKey: string;
  readonly redemptionId: string;
  /** Absent: all that is left of it. */
  readonly points?: bigint | null;
  readonly reason: string;
}

/** Undoes a redemption, whole or in part: of the acting partner, or of any for an admin. */
export async function reverseRedemption(
  ledger: Ledger,
  principal: Principal,
  input: ReverseRedemptionInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    ifGiven(input.points, (amount) => wholeFault('input.points', amount, { min: 1n, max: POINTS_MAX })),
    textFault('input.reason', input.reason, 500),
  );
  if (fault !== null) return fault;
  const operating = operatingAs(principal, 'points:redeem');
  if (isRefusal(operating)) return operating;
  const redemption = parseScopedId('txn', input.redemptionId);
  if (redemption === null) return notFound('redemption');
  const { idempotencyKey, ...body } = input;
  const reversal = {
    redemptionSeq: redemption.number,
    partnerId: operating.partnerId,
    points: input.points === null || input.points === undefined ? null : points(input.points),
    reason: input.reason,
  };
  const posted = await post(ledger, principal, {
    programmeId: operating.programmeId,
    memberId: redemption.memberId,
    operation: 'reverseRedemption',
    idempotencyKey,
    body,
    needs: { lots: true, redemptions: [redemption.number] },
    opensWallet: false,
    plan: (wallet, facts) => planReversal(wallet, reversal, facts),
  });
  return shownTo(ledger, principal, posted);
}
