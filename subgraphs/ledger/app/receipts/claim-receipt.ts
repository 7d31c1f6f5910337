import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { receiptRule } from '../../core/receipts/receipt';
import { findReceipt } from '../../data/receipts/receipt.store';
import type { Ledger } from '../ledger';
import { AMOUNT_MAX, type MoneyGiven } from '../movements/record-purchase';
import { post, type Posted } from '../points/post';
import { documentHash, documentOf, earningOf } from '../points/posting-command';

export interface ClaimReceiptInput {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly externalRef: string;
  /** What the receipt comes to: a number alone could be guessed. */
  readonly amount: MoneyGiven;
}

/** Claims the points of a receipt the till recorded without a buyer: once, and within its window. Member. */
export async function claimReceipt(
  ledger: Ledger,
  principal: Principal,
  input: ClaimReceiptInput,
): Promise<Posted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.amount.amountMinor', input.amount.amountMinor, { min: 0n, max: AMOUNT_MAX }),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'member') return forbidden('Only a member may claim a receipt.');
  const { programmeId, memberId } = principal;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('receipt');
  const { idempotencyKey, externalRef, ...rest } = input;
  const receipt = await findReceipt(
    ledger.database.pool,
    programmeId,
    documentHash(partnerId, 'PURCHASE', externalRef),
  );
  const { amountMinor, currency } = rest.amount;
  // A wrong amount reads like no receipt at all, so that numbers cannot be tried out.
  if (receipt === null || receipt.amountMinor !== amountMinor || receipt.currency !== currency) {
    return notFound('receipt');
  }
  return post(ledger, principal, {
    programmeId,
    memberId,
    operation: 'claimReceipt',
    idempotencyKey,
    body: { externalRef, ...rest },
    document: documentOf(partnerId, 'PURCHASE', externalRef),
    earns: earningOf(receipt),
    plan: receiptRule(receipt),
  });
}
