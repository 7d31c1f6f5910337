import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { firstFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, parseId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { partnerIn } from '../../core/rule-book';
import { refuse } from '../../core/refusals';
import { guaranteePostings } from '../../core/settlement/guarantee';
import { endRefusal, runOffDeposit, type RunOff, type RunOffLiability } from '../../core/settlement/run-off';
import { listGuarantees, lockGuarantees, moveGuarantee } from '../../data/settlement/guarantee.store';
import {
  approveBegin,
  countUnsettled,
  endRunOff as keepEnd,
  listRunOffs,
  loadRunOffLiability,
  lockRunOff,
  markTold,
  proposeEnd,
  proposeRunOff,
} from '../../data/settlement/run-off.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import type { Ledger } from '../ledger';
import { sightOf } from './read-cycles';
import { rollUpInSteps } from './roll-up';
import { cycleFor, inStep, type SettlementLedger, type StepFacts } from './step';
import { approvalRefusal, approverOf, isSingle, proposerOf } from './two-persons';

export interface BeginRunOffInput {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** The part of the outstanding points agreed never to be spent, in basis points. */
  readonly agreedBreakageBps: number;
  readonly reason: string;
}

export interface EndRunOffInput {
  readonly idempotencyKey: string;
  readonly runOffId: string;
}

export interface ApproveRunOffInput {
  readonly idempotencyKey: string;
  readonly runOffId: string;
  readonly contentHash: string;
}

/** What whoever asks is told. */
export interface RunOffAnswer {
  readonly runOffId: string;
  readonly proposed: boolean;
  readonly contentHash: string;
}

type Answer = Outcome<RunOffAnswer & { replayed: boolean }>;
type RunOffLedger = SettlementLedger & Pick<Ledger, 'tellDeparture'>;

const noStop = async (): Promise<boolean> => false;

/** Proposes how the points of a leaving partner run off, and what it deposits for them. Admin. */
export async function beginRunOff(
  ledger: RunOffLedger,
  principal: Principal,
  input: BeginRunOffInput,
): Promise<Answer> {
  const { idempotencyKey, agreedBreakageBps: breakageBps, reason } = input;
  const fault = firstFault(
    wholeFault('input.agreedBreakageBps', breakageBps, { min: 0, max: 10_000 }),
    textFault('input.reason', reason, 500),
  );
  if (fault !== null) return fault;
  const admin = proposerOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId, subject: by } = admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  const body = { partnerId, breakageBps, reason };
  const command = { principal, programmeId, operation: 'beginRunOff', idempotencyKey, body, stopsPostings: noStop };
  return inStep(ledger, command, async (tx, { book, now }): Promise<Outcome<RunOffAnswer>> => {
    const partner = partnerIn(book, partnerId);
    if (partner === undefined) return notFound('partner');
    if (partner.status !== 'LEAVING') {
      return refuse('LEDGER_PARTNER_NOT_LEAVING', `The partner is ${partner.status}.`);
    }
    const liability = await loadRunOffLiability(tx, programmeId, partnerId);
    const perMinor = microsPerMinor(book.currency as CurrencyCode);
    const depositMinor = runOffDeposit(liability.micros, breakageBps, perMinor);
    const contentHash = canonicalHash({ ...body, liability, depositMinor }).toString('hex');
    const figures = { id: newId('rof'), ...body, liability, depositMinor, contentHash };
    const runOffId = await proposeRunOff(tx, programmeId, { ...figures, proposedBy: by, proposedAt: now });
    if (runOffId === null) return refuse('LEDGER_RUN_OFF_BEGUN', 'The run-off of this partner was begun before.');
    const proposed = !isSingle(book);
    if (!proposed) await approveBegin(tx, runOffId, { by, at: now });
    return { runOffId, proposed, contentHash };
  });
}

/** Proposes that a run-off ends: no point is outstanding, nothing is left to settle, what is left of the deposit goes back. Admin. */
export async function endRunOff(ledger: RunOffLedger, principal: Principal, input: EndRunOffInput): Promise<Answer> {
  const admin = proposerOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId, subject: by } = admin;
  const { idempotencyKey, runOffId } = input;
  const id = parseId('rof', runOffId);
  if (id === null) return notFound('run-off');
  const body = { runOffId };
  const command = { principal, programmeId, operation: 'endRunOff', idempotencyKey, body, stopsPostings: noStop };
  await rollUpInSteps(ledger.whole);
  const answer = await inStep(ledger, command, async (tx, facts): Promise<Outcome<RunOffAnswer>> => {
    const runOff = await lockRunOff(tx, programmeId, id);
    if (runOff === null) return notFound('run-off');
    const refusal = endRefusal(runOff, await whatIsLeft(tx, programmeId, runOff.partnerId));
    if (refusal !== null) return refusal;
    const { depositMinor } = await lockGuarantees(tx, programmeId, runOff.partnerId);
    const contentHash = canonicalHash({ runOffId, returnedMinor: depositMinor }).toString('hex');
    await proposeEnd(tx, id, { contentHash, by, at: facts.now });
    const proposed = !isSingle(facts.book);
    if (!proposed) await end(tx, { programmeId, runOff, by, at: facts.now });
    return { runOffId, proposed, contentHash };
  });
  if (!isRefusal(answer) && !answer.proposed) await tell(ledger, programmeId, runOffId);
  return answer;
}

/**
 * Approves what another person proposed of a run-off: its beginning, or its end, when what is left of the deposit is returned and
 * partners is told. When partners is away, the same approval sent again tells it. Finance, another admin.
 */
export async function approveRunOff(
  ledger: RunOffLedger,
  principal: Principal,
  input: ApproveRunOffInput,
): Promise<Answer> {
  const approver = approverOf(principal);
  if (isRefusal(approver)) return approver;
  const { programmeId, subject: by } = approver;
  const { idempotencyKey, runOffId, contentHash } = input;
  const id = parseId('rof', runOffId);
  if (id === null) return notFound('run-off');
  const body = { runOffId, contentHash };
  const command = { principal, programmeId, operation: 'approveRunOff', idempotencyKey, body, stopsPostings: noStop };
  await rollUpInSteps(ledger.whole);
  const answer = await inStep(ledger, command, async (tx, facts: StepFacts): Promise<Outcome<RunOffAnswer>> => {
    const { book, now } = facts;
    const runOff = await lockRunOff(tx, programmeId, id);
    if (runOff === null) return notFound('run-off');
    if (runOff.state === 'RUNNING' || runOff.state === 'ENDED') {
      return refuse('LEDGER_ALREADY_APPROVED', `The run-off is ${runOff.state}: nothing of it waits for approval.`);
    }
    const refusal = approvalRefusal(runOff, { contentHash, by, book });
    if (refusal !== null) return refusal;
    if (runOff.state === 'PROPOSED') await approveBegin(tx, id, { by, at: now });
    else {
      // Points may have come back since the end was proposed, as by a reversal.
      const early = endRefusal(runOff, await whatIsLeft(tx, programmeId, runOff.partnerId));
      if (early !== null) return early;
      const { depositMinor } = await lockGuarantees(tx, programmeId, runOff.partnerId);
      if (canonicalHash({ runOffId, returnedMinor: depositMinor }).toString('hex') !== contentHash) {
        return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'The deposit has changed since the end was proposed.');
      }
      await end(tx, { programmeId, runOff, by, at: now });
    }
    return { runOffId, proposed: false, contentHash };
  });
  if (!isRefusal(answer)) await tell(ledger, programmeId, runOffId);
  return answer;
}

async function whatIsLeft(tx: Tx, programmeId: ProgrammeId, partnerId: PartnerId) {
  const { points } = await loadRunOffLiability(tx, programmeId, partnerId);
  return { points, dues: await countUnsettled(tx, programmeId, partnerId) };
}

/** Returns what is left of the deposit. */
async function end(
  tx: Tx,
  { programmeId, runOff, by, at }: { programmeId: ProgrammeId; runOff: RunOff; by: string; at: Date },
): Promise<void> {
  const { id, partnerId } = runOff;
  const open = await cycleFor(tx, programmeId, null);
  if (isRefusal(open)) throw new Error('endRunOff: the programme has no open cycle');
  const { depositMinor: returnedMinor } = await lockGuarantees(tx, programmeId, partnerId);
  await moveGuarantee(tx, programmeId, { fund: 'DEPOSIT', partnerId, minor: -returnedMinor });
  const payment = { fund: 'DEPOSIT', partnerId, direction: 'PAID_OUT', amountMinor: returnedMinor } as const;
  const entries = guaranteePostings(payment, open.currency as CurrencyCode, `RUN_OFF ${id}`);
  await saveSettlementEntries(tx, { cycleId: open.id, programmeId }, entries);
  await keepEnd(tx, id, { by, at, returnedMinor });
}

/** Tells partners of a run-off that has ended, unless it was told. */
async function tell(ledger: RunOffLedger, programmeId: ProgrammeId, runOffId: string): Promise<void> {
  const { pool } = ledger.database;
  const runOff = (await listRunOffs(pool, programmeId)).find(({ id }) => id === runOffId);
  if (runOff?.state !== 'ENDED' || runOff.isTold) return;
  const isTold = await ledger.tellDeparture({ programmeId, partnerId: runOff.partnerId, runOffId });
  if (isTold) await markTold(pool, runOff.id, ledger.clock.now());
}

/** A run-off with what is left of it now. */
export interface RunOffStanding extends RunOff {
  readonly left: RunOffLiability;
  readonly heldMinor: bigint;
  readonly dues: number;
  readonly currency: string;
}

/** The run-offs of the programme as they stand: all of them, or a partner's own. */
export async function readRunOffs(
  { database, whole, book: bookOf }: Pick<Ledger, 'database' | 'whole' | 'book'>,
  principal: Principal,
): Promise<RunOffStanding[]> {
  const [programmeId, sight] = [programmeOf(principal), sightOf(principal)];
  const book = programmeId === null ? null : await bookOf(programmeId);
  if (programmeId === null || sight === null || book === null) return [];
  const { pool } = database;
  const mine = (await listRunOffs(pool, programmeId)).filter(({ partnerId }) => sight === 'all' || partnerId === sight);
  if (mine.length === 0) return [];
  const held = await listGuarantees(pool, programmeId);
  return Promise.all(
    mine.map(async (runOff) => ({
      ...runOff,
      currency: book.currency,
      left: await loadRunOffLiability(whole.pool, programmeId, runOff.partnerId),
      heldMinor: held.find(({ partnerId }) => partnerId === runOff.partnerId)?.heldMinor ?? 0n,
      dues: await countUnsettled(pool, programmeId, runOff.partnerId),
    })),
  );
}
