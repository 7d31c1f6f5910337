import type { Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { expectThat, firstFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, parseId, type ProgrammeId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { partnerIn } from '../../core/rule-book';
import { refuse } from '../../core/refusals';
import {
  guaranteePostings,
  guaranteeRefusal,
  type GuaranteeDirection,
  type GuaranteeFund,
  type GuaranteePayment,
} from '../../core/settlement/guarantee';
import {
  approvePayment,
  insertGuaranteePayment,
  listGuarantees,
  lockGuaranteePayment,
  lockGuarantees,
  moveGuarantee,
  type HeldGuarantee,
} from '../../data/settlement/guarantee.store';
import { listRunOffs } from '../../data/settlement/run-off.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import { programmeOf } from '../../../../kernel/context/principal';
import type { Ledger } from '../ledger';
import { sightOf } from './read-cycles';
import { cycleFor, inStep, type SettlementLedger, type StepFacts } from './step';
import { approvalRefusal, approverOf, isSingle, proposerOf } from './two-persons';

export interface RecordGuaranteePaymentInput {
  readonly idempotencyKey: string;
  readonly fund: GuaranteeFund;
  readonly partnerId: string;
  readonly direction: GuaranteeDirection;
  readonly amountMinor: bigint;
  /** The bank's own reference of the movement. */
  readonly bankRef: string;
  readonly reason: string;
}

export interface ApproveGuaranteePaymentInput {
  readonly idempotencyKey: string;
  readonly paymentId: string;
  readonly contentHash: string;
}

/** What whoever records or approves a payment is told. */
export interface GuaranteeAnswer {
  readonly paymentId: string;
  readonly proposed: boolean;
  readonly contentHash: string;
}

type Answer = Outcome<GuaranteeAnswer & { replayed: boolean }>;

const noStop = async (): Promise<boolean> => false;

/** Records that a partner paid into its deposit or the default fund, or was paid out of it; waits for another person. Admin. */
export async function recordGuaranteePayment(
  ledger: SettlementLedger,
  principal: Principal,
  input: RecordGuaranteePaymentInput,
): Promise<Answer> {
  const { idempotencyKey, fund, direction, amountMinor, bankRef, reason } = input;
  const fault = firstFault(
    expectThat('input.amountMinor', amountMinor > 0n && amountMinor < 10n ** 15n, 'lies between 1 and 10^15'),
    textFault('input.bankRef', bankRef, 70),
    textFault('input.reason', reason, 500),
  );
  if (fault !== null) return fault;
  const admin = proposerOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId, subject: by } = admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  const payment: GuaranteePayment = { fund, partnerId, direction, amountMinor };
  const body = { ...payment, bankRef, reason };
  const command = { principal, programmeId, operation: 'recordGuaranteePayment', idempotencyKey, body };
  return inStep(ledger, { ...command, stopsPostings: noStop }, async (tx, facts): Promise<Outcome<GuaranteeAnswer>> => {
    if (partnerIn(facts.book, partnerId) === undefined) return notFound('partner');
    const refusal = await whyNotPaid(tx, programmeId, payment);
    if (refusal !== null) return refusal;
    const [id, contentHash] = [newId('gpm'), canonicalHash(body).toString('hex')];
    const proposal = { id, ...body, contentHash, proposedBy: by, proposedAt: facts.now };
    if (!(await insertGuaranteePayment(tx, programmeId, proposal))) {
      return refuse('LEDGER_BANK_REF_TAKEN', 'A movement of this reference was recorded before.');
    }
    const proposed = !isSingle(facts.book);
    if (!proposed) {
      await post(tx, programmeId, payment, id);
      await approvePayment(tx, id, by, facts.now);
    }
    return { paymentId: id, proposed, contentHash };
  });
}

/** Posts a payment another person recorded. Finance, another admin. */
export async function approveGuaranteePayment(
  ledger: SettlementLedger,
  principal: Principal,
  input: ApproveGuaranteePaymentInput,
): Promise<Answer> {
  const approver = approverOf(principal);
  if (isRefusal(approver)) return approver;
  const { programmeId, subject: by } = approver;
  const { idempotencyKey, paymentId, contentHash } = input;
  const id = parseId('gpm', paymentId);
  if (id === null) return notFound('payment');
  const command = { principal, programmeId, operation: 'approveGuaranteePayment', idempotencyKey };
  const body = { paymentId, contentHash };
  return inStep(ledger, { ...command, body, stopsPostings: noStop }, async (tx, { book, now }: StepFacts) => {
    const stored = await lockGuaranteePayment(tx, programmeId, id);
    if (stored === null) return notFound('payment');
    if (stored.approvedBy !== null) return refuse('LEDGER_ALREADY_APPROVED', 'The payment was approved before.');
    const refusal = approvalRefusal(stored, { contentHash, by, book }) ?? (await whyNotPaid(tx, programmeId, stored));
    if (refusal !== null) return refusal;
    await post(tx, programmeId, stored, id);
    await approvePayment(tx, id, by, now);
    return { paymentId, proposed: false, contentHash };
  });
}

async function whyNotPaid(tx: Tx, programmeId: ProgrammeId, payment: GuaranteePayment): Promise<Refusal | null> {
  const { depositMinor, fundMinor } = await lockGuarantees(tx, programmeId, payment.partnerId);
  const runOffs = await listRunOffs(tx, programmeId);
  return guaranteeRefusal(payment, {
    heldMinor: payment.fund === 'DEPOSIT' ? depositMinor : fundMinor,
    isRunningOff: runOffs.some(({ partnerId, state }) => partnerId === payment.partnerId && state !== 'ENDED'),
  });
}

async function post(tx: Tx, programmeId: ProgrammeId, payment: GuaranteePayment, id: string): Promise<void> {
  const open = await cycleFor(tx, programmeId, null);
  if (isRefusal(open)) throw new Error('guaranteePayment: the programme has no open cycle');
  const { fund, partnerId, direction, amountMinor } = payment;
  const minor = direction === 'PAID_IN' ? amountMinor : -amountMinor;
  await moveGuarantee(tx, programmeId, { fund, partnerId, minor });
  const entries = guaranteePostings(payment, open.currency as CurrencyCode, `GUARANTEE ${id}`);
  await saveSettlementEntries(tx, { cycleId: open.id, programmeId }, entries);
}

/** What is held against partners: all of it to those who run the programme, to a partner its deposit and the fund. */
export async function readGuarantees(
  ledger: Pick<Ledger, 'database' | 'book'>,
  principal: Principal,
): Promise<(HeldGuarantee & { readonly currency: string })[]> {
  const [programmeId, sight] = [programmeOf(principal), sightOf(principal)];
  const book = programmeId === null ? null : await ledger.book(programmeId);
  if (programmeId === null || sight === null || book === null) return [];
  const held = await listGuarantees(ledger.database.pool, programmeId);
  return held
    .filter(({ partnerId }) => sight === 'all' || partnerId === null || partnerId === sight)
    .map((one) => ({ ...one, currency: book.currency }));
}
