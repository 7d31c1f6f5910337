import type { Principal } from '../../../../kernel/context/principal';
import { idempotencyKeyFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { planPendingCancel, planPendingRelease } from '../../core/movements/pending';
import { parseScopedId } from '../../core/points/scoped-id';
import type { Ledger } from '../ledger';
import { operatingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';

export interface PendingInput {
  readonly idempotencyKey: string;
  readonly lotId: string;
}

/** Makes pending points of a lot spendable: for its issuer, or an admin. */
export function releasePending(ledger: Ledger, principal: Principal, input: PendingInput): Promise<Posted | Refusal> {
  return settlePending(ledger, principal, { input, operation: 'releasePending', rule: planPendingRelease });
}

/** Takes pending points of a lot back before they could be spent: for its issuer, or an admin. */
export function cancelPending(ledger: Ledger, principal: Principal, input: PendingInput): Promise<Posted | Refusal> {
  return settlePending(ledger, principal, { input, operation: 'cancelPending', rule: planPendingCancel });
}

async function settlePending(
  ledger: Ledger,
  principal: Principal,
  { input, operation, rule }: { input: PendingInput; operation: string; rule: typeof planPendingRelease },
): Promise<Posted | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const operating = operatingAs(principal, 'points:earn');
  if (isRefusal(operating)) return operating;
  const lot = parseScopedId('lot', input.lotId);
  if (lot === null) return notFound('lot');
  const { idempotencyKey, ...body } = input;
  const request = { lotSeq: lot.number, issuerId: operating.partnerId };
  const posted = await post(ledger, principal, {
    programmeId: operating.programmeId,
    memberId: lot.memberId,
    operation,
    idempotencyKey,
    body,
    needs: { pendingLots: true, pastLots: [lot.number] },
    opensWallet: false,
    plan: (wallet, facts) => rule(wallet, request, facts),
  });
  return shownTo(ledger, principal, posted);
}
