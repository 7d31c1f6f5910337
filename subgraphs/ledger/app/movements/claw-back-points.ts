import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planClawback } from '../../core/movements/clawback';
import { parseScopedId } from '../../core/points/scoped-id';
import { isGift } from '../../data/points/gift.store';
import type { Ledger } from '../ledger';
import { operatingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';

export interface ClawBackPointsInput {
  readonly idempotencyKey: string;
  readonly lotId: string;
  readonly points: bigint;
  readonly reason: string;
}

/** Takes points of one lot back, by arrears where they are spent: for its issuer, or an admin. */
export async function clawBackPoints(
  ledger: Ledger,
  principal: Principal,
  input: ClawBackPointsInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    textFault('input.reason', input.reason, 500),
  );
  if (fault !== null) return fault;
  const operating = operatingAs(principal, 'accrual:direct');
  if (isRefusal(operating)) return operating;
  const lot = parseScopedId('lot', input.lotId);
  if (lot === null) return notFound('lot');
  const { idempotencyKey, ...body } = input;
  const { partnerId: issuerId, programmeId } = operating;
  const place = { memberId: lot.memberId, lotSeq: lot.number };
  const clawback = {
    ...{ lotSeq: lot.number, points: points(input.points), issuerId, reason: input.reason },
    isGift: await isGift(ledger.database.pool, place),
  };
  const posted = await post(ledger, principal, {
    programmeId,
    memberId: lot.memberId,
    operation: 'clawBackPoints',
    idempotencyKey,
    body,
    needs: { lots: true, pendingLots: true, pastLots: [lot.number] },
    opensWallet: false,
    plan: (wallet, facts) => planClawback(wallet, clawback, facts),
  });
  return shownTo(ledger, principal, posted);
}
