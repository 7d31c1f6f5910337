import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planExtension, planReinstatement } from '../../core/movements/expiry';
import { parseScopedId } from '../../core/points/scoped-id';
import type { Ledger } from '../ledger';
import { post, type Posted, type PostRequest } from '../points/post';

export interface ExtendExpiryInput {
  readonly idempotencyKey: string;
  readonly lotId: string;
  readonly expiresAt: Date;
  readonly reason: string;
}

export interface ReinstatePointsInput extends ExtendExpiryInput {
  /** Absent: all that expired of the lot. */
  readonly points?: bigint | null;
}

/** Lets what is left of a lot live longer. Admin. */
export function extendExpiry(
  ledger: Ledger,
  principal: Principal,
  input: ExtendExpiryInput,
): Promise<Posted | Refusal> {
  return changeExpiry(ledger, principal, input, (lotSeq) => ({
    operation: 'extendExpiry',
    plan: (wallet, facts) => {
      const { expiresAt, reason } = input;
      return planExtension(wallet, { lotSeq, expiresAt, reason }, facts);
    },
  }));
}

/** Gives expired points of a lot back, with a new expiry and a cause. Admin. */
export function reinstatePoints(
  ledger: Ledger,
  principal: Principal,
  input: ReinstatePointsInput,
): Promise<Posted | Refusal> {
  return changeExpiry(ledger, principal, input, (lotSeq) => ({
    operation: 'reinstatePoints',
    plan: (wallet, facts) => {
      const { expiresAt, reason } = input;
      const amount = input.points === null || input.points === undefined ? null : points(input.points);
      return planReinstatement(wallet, { lotSeq, points: amount, expiresAt, reason }, facts);
    },
  }));
}

async function changeExpiry(
  ledger: Ledger,
  principal: Principal,
  input: ReinstatePointsInput,
  change: (lotSeq: bigint) => Pick<PostRequest, 'operation' | 'plan'>,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    ifGiven(input.points, (amount) => wholeFault('input.points', amount, { min: 1n, max: POINTS_MAX })),
    textFault('input.reason', input.reason, 500),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin may change when points expire.');
  const lot = parseScopedId('lot', input.lotId);
  if (lot === null) return notFound('lot');
  const { idempotencyKey, ...body } = input;
  const { programmeId } = principal;
  const named = { programmeId, memberId: lot.memberId, idempotencyKey, body, opensWallet: false };
  return post(ledger, principal, { ...named, ...change(lot.number), needs: { lots: true, pastLots: [lot.number] } });
}
