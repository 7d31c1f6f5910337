import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { planPurchaseReturn } from '../../core/movements/purchase-return';
import { findDocument } from '../../data/points/document.store';
import type { Ledger } from '../ledger';
import { actingAs, shownTo } from '../points/acting';
import { post, type Posted } from '../points/post';
import { documentHash, documentOf } from '../points/posting-command';
import { AMOUNT_MAX, type MoneyGiven } from './record-purchase';

export interface ReturnPurchaseInput {
  readonly idempotencyKey: string;
  /** The receipt number of the purchase. */
  readonly purchaseRef: string;
  /** The number of the return's own document. */
  readonly externalRef: string;
  readonly amount: MoneyGiven;
  readonly occurredAt: Date;
}

/** Takes a purchase of the acting partner back, whole or in part, and with it what it earned. */
export async function returnPurchase(
  ledger: Ledger,
  principal: Principal,
  input: ReturnPurchaseInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.purchaseRef', input.purchaseRef, 255),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.amount.amountMinor', input.amount.amountMinor, { min: 1n, max: AMOUNT_MAX }),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const { programmeId, partnerId } = acting;
  const purchase = await findDocument(ledger.database.pool, {
    programmeId,
    hash: documentHash(partnerId, 'PURCHASE', input.purchaseRef),
  });
  if (purchase === null) return notFound('purchase');
  const { idempotencyKey, ...body } = input;
  const { externalRef, occurredAt, amount } = input;
  const back = { purchaseSeq: purchase.seq, partnerId, externalRef, occurredAt, ...amount };
  const posted = await post(ledger, principal, {
    programmeId,
    memberId: purchase.memberId,
    operation: 'returnPurchase',
    idempotencyKey,
    body,
    document: documentOf(partnerId, 'RETURN', externalRef),
    needs: { lots: true, pendingLots: true, purchases: [purchase.seq] },
    opensWallet: false,
    plan: (wallet, facts) => planPurchaseReturn(wallet, back, facts),
  });
  return shownTo(ledger, principal, posted);
}
