import type { Principal } from '../../../../kernel/context/principal';
import { idempotencyKeyFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { planRelease } from '../../core/movements/hold';
import { parseScopedId } from '../../core/points/scoped-id';
import type { Ledger } from '../ledger';
import { actingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';

export interface ReleaseHoldInput {
  readonly idempotencyKey: string;
  readonly holdId: string;
}

/** Gives the points of the acting partner's hold back to the member, to the lots they came from. */
export async function releaseHold(
  ledger: Ledger,
  principal: Principal,
  input: ReleaseHoldInput,
): Promise<Posted | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:redeem');
  if (isRefusal(acting)) return acting;
  const hold = parseScopedId('hld', input.holdId);
  if (hold === null) return notFound('hold');
  const { idempotencyKey, ...body } = input;
  const release = { holdSeq: hold.number, partnerId: acting.partnerId };
  const posted = await post(ledger, principal, {
    programmeId: acting.programmeId,
    memberId: hold.memberId,
    operation: 'releaseHold',
    idempotencyKey,
    body,
    needs: { lots: true, holds: [hold.number] },
    opensWallet: false,
    plan: (wallet, facts) => planRelease(wallet, release, facts),
  });
  return shownTo(ledger, principal, posted);
}
