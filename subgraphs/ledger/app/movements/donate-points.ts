import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, wholeFault } from '../../../../kernel/errors/check-input';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planRedemption } from '../../core/movements/redemption';
import { partnerIn } from '../../core/rule-book';
import type { Ledger } from '../ledger';
import { post, type Posted } from '../points/post';

export interface DonatePointsInput {
  readonly idempotencyKey: string;
  /** The charity: a partner that redeems. */
  readonly partnerId: string;
  readonly points: bigint;
}

/** Gives points of the calling member to a charity, which is paid for them as for any redemption. */
export async function donatePoints(
  ledger: Ledger,
  principal: Principal,
  input: DonatePointsInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'member') return forbidden('Only a member may give points away.');
  const { programmeId, memberId } = principal;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  const { idempotencyKey, ...body } = input;
  return post(ledger, principal, {
    programmeId,
    memberId,
    operation: 'donatePoints',
    idempotencyKey,
    body,
    needs: { lots: true },
    plan: (wallet, facts) => {
      if (partnerIn(facts.book, partnerId) === undefined) return notFound('partner');
      const amount = points(input.points);
      const base = { kind: 'DONATION', partnerId, points: amount, occurredAt: facts.now } as const;
      return planRedemption(
        wallet,
        { ...base, externalRef: idempotencyKey, expectedVersion: null, isSteppedUp: true },
        facts,
      );
    },
  });
}
