import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once } from '../../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../../kernel/errors/check-input';
import type { Outcome, Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { billPair } from '../../core/settlement/billing';
import { cutOffRefusal, stepRefusal, type SettlementCycle, type SettlementState } from '../../core/settlement/cycle';
import { agreementPostings } from '../../core/settlement/postings';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { loadProgrammeNow, lockProgramme } from '../../data/programme.store';
import {
  approveStep,
  lockCycle,
  openNextCycle,
  previousState,
  proposeStep,
  setCycleState,
} from '../../data/settlement/cycle.store';
import { saveRates, whoHasNotAgreed, type CutOffTerms } from '../../data/settlement/cycle-terms.store';
import { CLAIMS_ROLLED_UP, latestRecordedAt } from '../../data/settlement/roll-up.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import { hashFigures, loadPairsToBill, loadTotals, saveTotals } from '../../data/settlement/total.store';
import { findTrialFaults } from '../../data/settlement/trial.store';
import type { Ledger } from '../ledger';
import { net, postPayments } from './net-cycle';

/** What a step's caller is told: the cycle, whether it still waits for approval, and what would be approved. */
export interface StepAnswer {
  readonly cycleId: string;
  readonly proposed: boolean;
  readonly contentHash: string;
}

/** A step as it is about to be proposed or performed. */
export interface Step {
  readonly cycle: SettlementCycle;
  readonly to: SettlementState;
  /** For a cut-off: its instant, or null for the moment it is performed. */
  readonly cutOffAt: Date | null;
  /** For a cut-off: what the cycle is settled by. */
  readonly terms: CutOffTerms | null;
  readonly book: RuleBook;
  readonly now: Date;
}

/** What steps need of the ledger. */
export type SettlementLedger = Pick<Ledger, 'database' | 'whole' | 'clock' | 'book'>;

/** One caller's intent about a cycle. */
export interface StepCommand {
  readonly principal: Principal;
  readonly programmeId: ProgrammeId;
  readonly operation: string;
  readonly idempotencyKey: string;
  readonly body: unknown;
  /** Whether no posting may slip in between: for a cut-off and for nothing else, because tills wait meanwhile. */
  readonly stopsPostings: (tx: Tx) => Promise<boolean>;
}

/** What a step is decided by, besides its cycle. */
export interface StepFacts {
  readonly book: RuleBook;
  readonly now: Date;
  readonly postingsStopped: boolean;
}

/** Runs one step's command: its key looked up first, the programme locked if need be, its clock read. */
export async function inStep<T extends object>(
  ledger: SettlementLedger,
  command: StepCommand,
  work: (tx: Tx, facts: StepFacts) => Promise<Outcome<T>>,
): Promise<Outcome<T & { replayed: boolean }>> {
  const fault = idempotencyKeyFault(command.idempotencyKey);
  if (fault !== null) return fault;
  const { principal, programmeId, operation, idempotencyKey: key, body } = command;
  const book = await ledger.book(programmeId);
  if (book === null) return refuse('LEDGER_PROGRAMME_NOT_READY', 'The programme has not reached the ledger yet.');
  return inTransaction(ledger.whole, (tx) =>
    once(tx, { caller: callerOf(principal), operation, key, body }, async () => {
      const postingsStopped = await command.stopsPostings(tx);
      if (postingsStopped) await lockProgramme(tx, programmeId);
      const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      return work(tx, { book, now, postingsStopped });
    }),
  ) as Promise<Outcome<T & { replayed: boolean }>>;
}

/** The cycle a step is about, locked; NOT_FOUND when it is none of the programme's. */
export async function cycleFor(
  tx: Tx,
  programmeId: ProgrammeId,
  id: Parameters<typeof lockCycle>[2],
): Promise<SettlementCycle | Refusal> {
  return (await lockCycle(tx, programmeId, id)) ?? notFound('settlement cycle');
}

/**
 * Proposes a step for another person to approve; a sandbox programme with a single approver has it done at once.
 *
 * @param proposedBy the person who asks
 */
export async function proposeOrPerform(tx: Tx, step: Step, proposedBy: string): Promise<Outcome<StepAnswer>> {
  const refusal = await whyNot(tx, step);
  if (refusal !== null) return refusal;
  const contentHash = await contentHashOf(tx, step);
  const { to, cutOffAt, terms, now, book } = step;
  const cycleId = step.cycle.id;
  const proposed = !(book.isSandbox && book.singleApprover);
  const failed = proposed ? null : await perform(tx, step);
  if (failed !== null) return failed;
  await proposeStep(tx, cycleId, { to, cutOffAt, terms, contentHash, proposedBy, proposedAt: now });
  if (!proposed) await approveStep(tx, cycleId, { to, approvedBy: proposedBy, approvedAt: now });
  return { cycleId, proposed, contentHash };
}

/** Why a step cannot be taken; asked when it is proposed and again when it is performed. */
export async function whyNot(tx: Tx, { cycle, to, cutOffAt, book, now }: Step): Promise<Refusal | null> {
  const previous = await previousState(tx, cycle);
  const isAgreed = to === 'AGREED' && (await whoHasNotAgreed(tx, cycle.id)).length === 0;
  const refusal = stepRefusal(cycle, to, { now, disputeWindowDays: book.disputeWindowDays, previous, isAgreed });
  if (refusal !== null || to !== 'CUT_OFF') return refusal;
  return cutOffRefusal(cycle, cutOffAt ?? now, {
    now,
    latestRecordedAt: await latestRecordedAt(tx, uuidOf(cycle.id as never)),
  });
}

/** What an approval is bound to: the step, the version it starts from, and every figure the cycle shows. */
export async function contentHashOf(tx: Tx, { cycle, to, cutOffAt, terms }: Step): Promise<string> {
  const figures = await hashFigures(tx, cycle.id);
  const content = { cycleId: cycle.id, version: cycle.version, to, cutOffAt, terms, figures };
  return canonicalHash(content).toString('hex');
}

/** Does the step, in the caller's transaction: all of it, or the refusal that blocks it. */
export async function perform(tx: Tx, step: Step): Promise<Refusal | null> {
  const { cycle, to, now } = step;
  switch (to) {
    case 'CUT_OFF':
      await cutOff(tx, step);
      return null;
    case 'DRAFT': {
      const blocked = await drawUp(tx, cycle);
      if (blocked !== null) return blocked;
      break;
    }
    case 'AGREED':
      await postAgreement(tx, cycle);
      break;
    case 'NETTED':
      await net(tx, cycle);
      break;
    case 'SETTLED':
      await postPayments(tx, cycle);
      break;
    default:
      break;
  }
  await setCycleState(tx, cycle.id, { to, ...(to === 'ISSUED' ? { issuedAt: now } : {}) });
  return null;
}

async function cutOff(tx: Tx, { cycle, cutOffAt: asked, terms, now }: Step): Promise<void> {
  const cutOffAt = asked ?? now;
  const { rates = [], payFromMinor = 0n } = terms ?? {};
  await setCycleState(tx, cycle.id, { to: 'CUT_OFF', cutOffAt, payFromMinor });
  await saveRates(tx, cycle.id, rates);
  await openNextCycle(tx, cycle, { id: newId('cyc'), opensAt: cutOffAt });
}

/** Everything rolled up and the trial checks passed, every pair with a line or a carry gets its total; no line is read. */
async function drawUp(tx: Tx, cycle: SettlementCycle): Promise<Refusal | null> {
  await CLAIMS_ROLLED_UP.all(tx);
  const faults = await findTrialFaults(tx, cycle.programmeId);
  if (faults.length > 0) {
    const count = (what: string) => faults.filter((fault) => fault.what === what).length;
    const message =
      `${count('POINTS')} postings do not sum to zero, ${count('BALANCE')} balances are not their lots, ` +
      `${count('CLAIM')} redemptions are not their claims, ` +
      `${count('FUND')} funds do not cover what is outstanding.`;
    return refuse('LEDGER_TRIAL_CHECK_FAILED', message, { findings: faults });
  }
  const perMinor = microsPerMinor(cycle.currency as CurrencyCode);
  const pairs = await loadPairsToBill(tx, cycle.id);
  await saveTotals(
    tx,
    cycle.id,
    pairs.map((pair) => ({ ...pair, bill: billPair(pair, perMinor) })),
  );
  return null;
}

async function postAgreement(tx: Tx, cycle: SettlementCycle): Promise<void> {
  const totals = await loadTotals((text, values) => tx.query(text, values), cycle.programmeId, [cycle.id]);
  const pairs = totals.map((one) => ({ ...one, roundingMicros: one.carryMicros - one.carryInMicros }));
  await saveSettlementEntries(tx, atCycle(cycle), agreementPostings(pairs, cycle.currency as CurrencyCode));
}

const atCycle = ({ id: cycleId, programmeId }: SettlementCycle) => ({ cycleId, programmeId });
