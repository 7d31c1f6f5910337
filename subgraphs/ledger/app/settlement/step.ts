import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once } from '../../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { cutOffRefusal, stepRefusal, type SettlementCycle, type SettlementState } from '../../core/settlement/cycle';
import { directionalTotal } from '../../core/settlement/directional-total';
import { netPositions } from '../../core/settlement/netting';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { loadProgrammeNow, lockProgramme } from '../../data/programme.store';
import {
  approveStep,
  latestRecordedAt,
  lockCycle,
  openNextCycle,
  previousState,
  proposeStep,
  setCycleState,
} from '../../data/settlement/cycle.store';
import {
  loadCarriesInto,
  loadCycleClaims,
  loadTotals,
  saveNets,
  saveStatements,
  trialCheck,
  type CycleClaim,
  type PairStatement,
} from '../../data/settlement/total.store';
import type { Ledger } from '../ledger';

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
  readonly book: RuleBook;
  readonly now: Date;
}

/** What steps need of the ledger. */
export type SettlementLedger = Pick<Ledger, 'database' | 'clock' | 'book'>;

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
  return inTransaction(ledger.database, (tx) =>
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
  const { to, cutOffAt, now, book } = step;
  const cycleId = step.cycle.id;
  const proposed = !(book.isSandbox && book.singleApprover);
  const failed = proposed ? null : await perform(tx, step);
  if (failed !== null) return failed;
  await proposeStep(tx, cycleId, { to, cutOffAt, contentHash, proposedBy, proposedAt: now });
  if (!proposed) await approveStep(tx, cycleId, { to, approvedBy: proposedBy, approvedAt: now });
  return { cycleId, proposed, contentHash };
}

/** Why a step cannot be taken; asked when it is proposed and again when it is performed. */
export async function whyNot(tx: Tx, { cycle, to, cutOffAt, book, now }: Step): Promise<Refusal | null> {
  const previous = await previousState(tx, cycle);
  const refusal = stepRefusal(cycle, to, { now, disputeWindowDays: book.disputeWindowDays, previous });
  if (refusal !== null || to !== 'CUT_OFF') return refusal;
  return cutOffRefusal(cycle, cutOffAt ?? now, {
    now,
    latestRecordedAt: await latestRecordedAt(tx, cycle.id as never),
  });
}

/** What an approval is bound to: the step, the version it starts from, and every figure the cycle shows. */
export async function contentHashOf(tx: Tx, { cycle, to, cutOffAt }: Step): Promise<string> {
  const totals = await loadTotals((text, values) => tx.query(text, values), cycle.programmeId, [cycle.id]);
  return canonicalHash({ cycleId: cycle.id, version: cycle.version, to, cutOffAt, totals }).toString('hex');
}

/** Does the step, in the caller's transaction: all of it, or the refusal that blocks it. */
export async function perform(tx: Tx, step: Step): Promise<Refusal | null> {
  const { cycle, to, now } = step;
  switch (to) {
    case 'CUT_OFF': {
      const cutOffAt = step.cutOffAt ?? now;
      await setCycleState(tx, cycle.id, { to, cutOffAt });
      await openNextCycle(tx, cycle, { id: newId('cyc'), opensAt: cutOffAt });
      return null;
    }
    case 'DRAFT': {
      const blocked = await drawUp(tx, step);
      if (isRefusal(blocked)) return blocked;
      break;
    }
    case 'NETTED':
      await saveNets(
        tx,
        cycle.id,
        netPositions(await loadTotals((text, values) => tx.query(text, values), cycle.programmeId, [cycle.id])),
      );
      break;
    default:
      break;
  }
  await setCycleState(tx, cycle.id, { to, ...(to === 'ISSUED' ? { issuedAt: now } : {}) });
  return null;
}

/** Trial checks first; then every pair with a claim or a carry gets its total and its lines. */
async function drawUp(tx: Tx, { cycle, book }: Step): Promise<Refusal | null> {
  const trial = await trialCheck(tx, {
    programme: uuidOf(cycle.programmeId),
    cycleId: cycle.id,
    prices: book.contracts,
  });
  if (trial.balances + trial.claims > 0) {
    const message = `${trial.balances} balances are not their lots, ${trial.claims} redemptions are not their claims.`;
    return refuse('LEDGER_TRIAL_CHECK_FAILED', message);
  }
  await saveStatements(tx, cycle.id, await statementsOf(tx, cycle));
  return null;
}

async function statementsOf(tx: Tx, cycle: SettlementCycle): Promise<PairStatement[]> {
  const pairOf = (one: { debtorId: string | null; creditorId: string | null }) =>
    `${one.debtorId ?? ''}>${one.creditorId ?? ''}`;
  const carries = new Map((await loadCarriesInto(tx, cycle.id)).map((carry) => [pairOf(carry), carry]));
  const claims = new Map<string, CycleClaim[]>();
  for (const claim of await loadCycleClaims(tx, cycle.id)) {
    const ofPair = claims.get(pairOf(claim));
    if (ofPair === undefined) claims.set(pairOf(claim), [claim]);
    else ofPair.push(claim);
  }
  const pairs = [...new Set([...claims.keys(), ...carries.keys()])];
  const perMinor = microsPerMinor(cycle.currency as CurrencyCode);
  return pairs.map((name, pair): PairStatement => {
    const ofPair = claims.get(name) ?? [];
    const carry = carries.get(name);
    const { debtorId, creditorId } = (ofPair[0] ?? carry) as Pick<CycleClaim, 'debtorId' | 'creditorId'>;
    const total = directionalTotal(ofPair, { carryInMicros: carry?.carryMicros ?? 0n, microsPerMinor: perMinor });
    return { pair, debtorId, creditorId, total, claims: ofPair };
  });
}
