import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planTransfer } from '../../core/movements/transfer';
import type { Wallet } from '../../core/points/wallet';
import { refuse } from '../../core/refusals';
import type { Ledger } from '../ledger';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';

export interface TransferPointsInput {
  readonly idempotencyKey: string;
  readonly to: MemberRef;
  readonly points: bigint;
  readonly message?: string | null;
}

/** Gives points of the calling member to another: both accounts change, or neither. */
export async function transferPoints(
  ledger: Ledger,
  principal: Principal,
  input: TransferPointsInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    ifGiven(input.message, (message) => textFault('input.message', message, 500)),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'member') return forbidden('Only a member may give points away.');
  const { programmeId, memberId } = principal;
  const to = await ledger.directory.findOfProgramme(programmeId, input.to, 'input.to');
  if (isRefusal(to)) return to;
  if (to === memberId) return refuse('LEDGER_TRANSFER_TO_SELF', 'Giver and receiver are the same member.');
  const { idempotencyKey, ...body } = input;
  // The member is here with their own token: nothing is left to step up to.
  const transfer = { points: points(input.points), message: input.message ?? null, isSteppedUp: true };
  return post(ledger, principal, {
    programmeId,
    memberId,
    operation: 'transferPoints',
    idempotencyKey,
    body,
    needs: { lots: true },
    others: [to],
    plan: (giver, facts, [receiver]) => {
      const plans = planTransfer(giver, receiver as Wallet, { transfer, facts });
      return isRefusal(plans) ? plans : { own: plans.out, others: [plans.in] };
    },
  });
}
