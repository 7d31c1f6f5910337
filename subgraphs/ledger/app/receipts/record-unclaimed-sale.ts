import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { whyNotSoldThere } from '../../core/movements/branch';
import { claimUntil, matches, type Receipt } from '../../core/receipts/receipt';
import { notYet } from '../../core/not-yet';
import { refuse } from '../../core/refusals';
import { loadProgrammeNow } from '../../data/programme.store';
import { insertReceipt } from '../../data/receipts/receipt.store';
import { findOpenClaim } from '../../data/receipts/missing-claim.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { purchaseFault, type RecordPurchaseInput } from '../movements/record-purchase';
import { actingAs } from '../points/acting';
import { documentHash } from '../points/posting-command';
import { creditClaim } from './settle-claim';

export type RecordUnclaimedSaleInput = Omit<RecordPurchaseInput, 'member'>;

/** What was kept, and until when it can be claimed. */
export interface UnclaimedSale {
  readonly externalRef: string;
  readonly claimUntil: Date;
}

/**
 * Keeps a sale whose buyer the till did not know. A member who claims missing points of this very receipt is credited at
 * once; anybody else may claim it with the receipt, once, within the programme's window.
 */
export async function recordUnclaimedSale(
  ledger: Ledger,
  principal: Principal,
  input: RecordUnclaimedSaleInput,
): Promise<Replayable<UnclaimedSale> | Refusal> {
  const fault = purchaseFault(input, 'input');
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const { programmeId, partnerId } = acting;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  if (input.amount.currency !== book.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `This programme accounts in ${book.currency}.`);
  }
  const { idempotencyKey: key, ...body } = input;
  const { externalRef, occurredAt } = input;
  const receipt: Receipt = {
    programmeId,
    partnerId,
    externalRef,
    ...input.amount,
    occurredAt,
    branch: input.branch ?? null,
    channel: input.channel ?? null,
    lines: input.lines ?? null,
    claimUntil: claimUntil(occurredAt, book),
  };
  const elsewhere = whyNotSoldThere(book, receipt);
  if (elsewhere !== null) return elsewhere;
  const kept = await inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'recordUnclaimedSale', key, body }, async () => {
      const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      if (occurredAt > now) return notYet('The sale', now);
      if (await insertReceipt(tx, documentHash(partnerId, 'PURCHASE', externalRef), receipt, now)) {
        return { externalRef, claimUntil: receipt.claimUntil };
      }
      return refuse('LEDGER_DOCUMENT_ALREADY_RECORDED', `Receipt ${externalRef} was recorded before.`);
    }),
  );
  if (isRefusal(kept)) return kept;
  const claim = await findOpenClaim(ledger.database.pool, { programmeId, partnerId, externalRef });
  const notNow = claim !== null && matches(claim, receipt) ? await creditClaim(ledger, claim, receipt) : null;
  return notNow ?? kept;
}
