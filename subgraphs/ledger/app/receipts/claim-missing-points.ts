import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  wholeFault,
} from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { newId, parseId } from '../../../../kernel/values/id';
import { parseCurrency } from '../../../../kernel/values/money';
import { daysLater } from '../../core/movements/validity';
import { matches, type MissingClaim } from '../../core/receipts/receipt';
import { partnerIn } from '../../core/rule-book';
import { notYet } from '../../core/not-yet';
import { refuse } from '../../core/refusals';
import { findDocument } from '../../data/points/document.store';
import { loadProgrammeNow } from '../../data/programme.store';
import { countOpenClaims, findClaim, insertClaim } from '../../data/receipts/missing-claim.store';
import { findReceipt } from '../../data/receipts/receipt.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { AMOUNT_MAX, type MoneyGiven } from '../movements/record-purchase';
import { documentHash } from '../points/posting-command';
import { creditClaim } from './settle-claim';

export interface ClaimMissingPointsInput {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** The receipt's number. */
  readonly externalRef: string;
  readonly amount: MoneyGiven;
  readonly occurredAt: Date;
}

/** The most claims of one member that may wait at once. */
const OPEN_MAX = 10;

/**
 * Opens a member's claim that a purchase earned nothing. A sale the partner recorded without a buyer credits it at once while
 * its receipt can be claimed; else the partner has the programme's days to answer, and pays the points as goodwill when it does not.
 */
export async function claimMissingPoints(
  ledger: Ledger,
  principal: Principal,
  input: ClaimMissingPointsInput,
): Promise<Replayable<{ claim: MissingClaim }> | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.amount.amountMinor', input.amount.amountMinor, { min: 1n, max: AMOUNT_MAX }),
    expectThat('input.amount.currency', parseCurrency(input.amount.currency) !== null, 'must be an ISO 4217 code'),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'member') return forbidden('Only a member may claim missing points.');
  const { programmeId, memberId } = principal;
  const book = await currentBook(ledger, programmeId);
  const partnerId = parseId('ptr', input.partnerId);
  if (isRefusal(book)) return book;
  if (partnerId === null || partnerIn(book, partnerId) === undefined) return notFound('partner');
  if (input.amount.currency !== book.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `This programme accounts in ${book.currency}.`);
  }
  const hash = documentHash(partnerId, 'PURCHASE', input.externalRef);
  const recorded = await findDocument(ledger.database.pool, { programmeId, hash });
  const { idempotencyKey: key, ...body } = input;
  const opened = await inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'claimMissingPoints', key, body }, async () => {
      const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      if (input.occurredAt > now) return notYet('The purchase', now);
      if (recorded !== null) return refuse('LEDGER_DOCUMENT_ALREADY_RECORDED', 'This receipt has earned its points.');
      if ((await countOpenClaims(tx, programmeId, memberId)) >= OPEN_MAX) {
        return refuse('LEDGER_TOO_MANY_CLAIMS', `At most ${OPEN_MAX} claims of a member wait at once.`);
      }
      const claim: MissingClaim = {
        id: newId('mpc'),
        programmeId,
        memberId,
        partnerId,
        externalRef: input.externalRef,
        ...input.amount,
        occurredAt: input.occurredAt,
        openedAt: now,
        answerBy: daysLater(now, book.missingPointsAnswerDays, book.timeZone),
        state: 'OPEN',
        reason: null,
        closedAt: null,
        settlesAs: null,
      };
      if (await insertClaim(tx, claim)) return { claim };
      return refuse('LEDGER_DOCUMENT_ALREADY_RECORDED', 'A claim of this receipt is being looked at.');
    }),
  );
  if (isRefusal(opened)) return opened;
  const receipt = await findReceipt(ledger.database.pool, programmeId, hash);
  if (opened.claim.state === 'OPEN' && receipt !== null && matches(opened.claim, receipt)) {
    const notNow = await creditClaim(ledger, opened.claim, receipt);
    if (notNow !== null) return notNow;
  }
  const claim = await findClaim(ledger.database.pool, programmeId, opened.claim.id);
  return { ...opened, claim: claim ?? opened.claim };
}
