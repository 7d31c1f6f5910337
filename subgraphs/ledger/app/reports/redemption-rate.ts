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
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { newId, parseId, type Id } from '../../../../kernel/values/id';
import { whyNotApproved, type RedemptionRate } from '../../core/reports/redemption-rate';
import { isMonth } from '../../core/reports/vintage';
import { partnerIn } from '../../core/rule-book';
import { loadProgrammeNow } from '../../data/programme.store';
import {
  approveRate,
  insertRedemptionRate,
  listRedemptionRates,
  lockRedemptionRate,
} from '../../data/reports/redemption-rate.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';

type RateLedger = Pick<Ledger, 'database' | 'clock' | 'book' | 'catchUpRules'>;

export interface ProposeRedemptionRateInput {
  readonly idempotencyKey: string;
  /** Null or left out: the operator's goodwill. */
  readonly issuerId?: string | null;
  readonly vintage: string;
  readonly rateBps: number;
  readonly reason: string;
}

/** Proposes a rate of expected redemption in place of the estimate. Refuses FORBIDDEN unless an admin asks, NOT_FOUND. */
export async function proposeRedemptionRate(
  ledger: RateLedger,
  principal: Principal,
  input: ProposeRedemptionRateInput,
): Promise<Replayable<{ rate: RedemptionRate }> | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat('input.vintage', isMonth(input.vintage), 'must be a month, such as 2026-03'),
    wholeFault('input.rateBps', input.rateBps, { min: 0, max: 10_000 }),
    textFault('input.reason', input.reason, 500),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes a rate.');
  const { programmeId, subject } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const issuerId = input.issuerId == null ? null : parseId('ptr', input.issuerId);
  const isKnown = input.issuerId == null || (issuerId !== null && partnerIn(book, issuerId) !== undefined);
  if (!isKnown) return notFound('partner');
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'proposeRedemptionRate', key, body };
  return inTransaction(ledger.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ rate: RedemptionRate }>> => {
      const rate: RedemptionRate = {
        ...{ id: newId('rdr'), issuerId, vintage: input.vintage, rateBps: input.rateBps, reason: input.reason },
        ...{ proposedBy: subject, approvedBy: null, approvedAt: null },
        proposedAt: (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now(),
      };
      await insertRedemptionRate(tx, programmeId, rate);
      return { rate };
    }),
  );
}

export interface ApproveRedemptionRateInput {
  readonly idempotencyKey: string;
  readonly rateId: string;
}

/** Approves a rate another person proposed: from this month on it stands in place of the estimate. */
export async function approveRedemptionRate(
  ledger: RateLedger,
  principal: Principal,
  input: ApproveRedemptionRateInput,
): Promise<Replayable<{ rate: RedemptionRate }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only a finance approver or another admin of the programme approves a rate.');
  }
  const { programmeId, subject: person } = principal;
  const id = parseId('rdr', input.rateId);
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  if (id === null) return notFound('redemption rate');
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'approveRedemptionRate', key, body };
  return inTransaction(ledger.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ rate: RedemptionRate }>> => {
      const rate = await lockRedemptionRate(tx, programmeId, id);
      if (rate === null) return notFound('redemption rate');
      const refusal = whyNotApproved(rate, { person, mayApproveOwn: book.isSandbox && book.singleApprover });
      if (refusal !== null) return refusal;
      const at = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      await approveRate(tx, id, { person, at });
      return { rate: { ...rate, approvedBy: person, approvedAt: at } };
    }),
  );
}

/** Rates of the programme, newest first; none for those who do not run it. */
export async function readRedemptionRates(
  { database }: Pick<Ledger, 'database'>,
  principal: Principal,
  page: { before: Id<'rdr'> | null; limit: number },
): Promise<RedemptionRate[]> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return [];
  return listRedemptionRates(database.pool, principal.programmeId, page);
}
