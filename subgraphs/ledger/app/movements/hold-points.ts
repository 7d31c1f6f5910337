import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planHold, type HoldRequest } from '../../core/movements/hold';
import type { Ledger } from '../ledger';
import { actingAs, memberToCharge } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';

export interface HoldPointsInput {
  readonly idempotencyKey: string;
  readonly member: MemberRef;
  readonly points: bigint;
  readonly expiresAt: Date;
}

/** Sets a member's points aside for a redemption the acting partner has yet to finish. */
export async function holdPoints(
  ledger: Ledger,
  principal: Principal,
  input: HoldPointsInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:redeem');
  if (isRefusal(acting)) return acting;
  const member = await memberToCharge(ledger, principal, { acting, ref: input.member });
  if (isRefusal(member)) return member;
  const { idempotencyKey, ...body } = input;
  const request: HoldRequest = {
    partnerId: acting.partnerId,
    points: points(input.points),
    expiresAt: input.expiresAt,
    isSteppedUp: member.isPresent,
  };
  return post(ledger, principal, {
    programmeId: acting.programmeId,
    memberId: member.memberId,
    operation: 'holdPoints',
    idempotencyKey,
    body,
    link: member.link,
    needs: { lots: true },
    plan: (wallet, facts) => planHold(wallet, request, facts),
  });
}
