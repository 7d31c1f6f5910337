import type { Principal } from '../../../../kernel/context/principal';
import { inTransaction } from '../../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { receiptRule, type Receipt } from '../../core/receipts/receipt';
import { oneMoreWrong, whyLocked } from '../../core/receipts/wrong-receipts';
import { partnerIn } from '../../core/rule-book';
import { loadProgrammeNow } from '../../data/programme.store';
import { findReceipt } from '../../data/receipts/receipt.store';
import {
  forgetWrongReceipts,
  lockWrongReceipts,
  setWrongReceipts,
  type Claimant,
} from '../../data/receipts/wrong-receipts.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { AMOUNT_MAX, type MoneyGiven } from '../movements/record-purchase';
import { post, type Posted, type PostRequest } from '../points/post';
import { documentHash, documentOf, earningOf } from '../points/posting-command';

export interface ClaimReceiptInput {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly externalRef: string;
  /** What the receipt comes to: a number alone could be guessed. */
  readonly amount: MoneyGiven;
}

/**
 * Claims the points of a receipt the till recorded without a buyer: once, and within its window. Member.
 *
 * Whoever names receipts that are not there is made to wait, longer each time: numbers and amounts are not tried out.
 */
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
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null || partnerIn(book, partnerId) === undefined) return notFound('receipt');
  const { idempotencyKey, externalRef, ...rest } = input;
  const claimant = { programmeId, memberId, partnerId };
  const body = { externalRef, ...rest };
  const claim = { programmeId, memberId, operation: 'claimReceipt', idempotencyKey, body };
  const receipt = await rightReceipt(ledger, claimant, input);
  if (isRefusal(receipt))
    return receipt.retryable ? decidedBefore(ledger, principal, { claim, locked: receipt }) : receipt;
  const posted = await post(ledger, principal, {
    ...claim,
    document: documentOf(partnerId, 'PURCHASE', externalRef),
    earns: earningOf(receipt),
    plan: receiptRule(receipt),
  });
  // The same claim sent again is no other receipt: or one receipt, claimed again and again, would pay for any number of guesses.
  if (!isRefusal(posted) && !posted.replayed) await forgetWrongReceipts(ledger.database.pool, claimant);
  return posted;
}

/** What was decided of a claim before its member was locked out, else the lock: of a right receipt and a wrong one alike. */
async function decidedBefore(
  ledger: Ledger,
  principal: Principal,
  { claim, locked }: { claim: Omit<PostRequest, 'plan'>; locked: Refusal },
): Promise<Posted | Refusal> {
  const told = await post(ledger, principal, { ...claim, opensWallet: false, plan: () => locked });
  return isRefusal(told) && told.replayed !== true ? locked : told;
}

/** The receipt that a claim names. A wrong amount reads like no receipt at all, and while the lock lasts so does a right one. */
async function rightReceipt(
  ledger: Ledger,
  claimant: Claimant,
  { externalRef, amount: { amountMinor, currency } }: ClaimReceiptInput,
): Promise<Receipt | Refusal> {
  const { programmeId, partnerId } = claimant;
  const { database, clock } = ledger;
  const receipt = await findReceipt(database.pool, programmeId, documentHash(partnerId, 'PURCHASE', externalRef));
  const isRight = receipt?.amountMinor === amountMinor && receipt.currency === currency;
  return inTransaction(database, async (tx) => {
    const wrong = await lockWrongReceipts(tx, claimant);
    const now = (await loadProgrammeNow(tx, programmeId)) ?? clock.now();
    const locked = whyLocked(wrong, now);
    if (locked !== null) return locked;
    if (isRight) return receipt;
    await setWrongReceipts(tx, claimant, oneMoreWrong(wrong, now));
    return notFound('receipt');
  });
}
