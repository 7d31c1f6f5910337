import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { firstFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, parseId, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { dayOf } from '../../../../kernel/values/instant';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { dueDay } from '../../core/documents/invoice';
import { refuse } from '../../core/refusals';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { defaultPostings, defaultRefusal, waterfallOf, type Waterfall } from '../../core/settlement/default';
import { loadConfirmed } from '../../data/documents/bank-entry.store';
import { changeFigures } from '../../data/settlement/cycle.store';
import {
  approveDefault,
  findDefaults,
  inDefault,
  proposeDefault,
  type StoredDefault,
} from '../../data/settlement/default.store';
import { moveExposure } from '../../data/settlement/exposure.store';
import { lockGuarantees, moveGuarantee } from '../../data/settlement/guarantee.store';
import { loadNets } from '../../data/settlement/net.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import { paymentsToMake } from '../documents/load-papers';
import type { Ledger } from '../ledger';
import { sightOf } from './read-cycles';
import { cycleFor, inStep, type SettlementLedger, type StepFacts } from './step';
import { approvalRefusal, approverOf, isSingle, proposerOf } from './two-persons';

export type { StoredDefault };

export interface DeclareDefaultInput {
  readonly idempotencyKey: string;
  readonly cycleId: string;
  readonly partnerId: string;
  readonly reason: string;
}

export interface ApproveDefaultInput {
  readonly idempotencyKey: string;
  readonly defaultId: string;
  readonly contentHash: string;
}

/** What whoever declares or approves a default is told. */
export interface DefaultAnswer {
  readonly defaultId: string;
  readonly cycleId: string;
  readonly proposed: boolean;
  readonly contentHash: string;
}

type Answer = Outcome<DefaultAnswer & { replayed: boolean }>;

const noStop = async (): Promise<boolean> => false;

/**
 * Declares that a partner did not pay what it was to pay in a cycle, and proposes who pays it instead: its deposit, then the default
 * fund, then those the cycle pays. Waits for another person. Admin.
 */
export async function declareDefault(
  ledger: SettlementLedger,
  principal: Principal,
  input: DeclareDefaultInput,
): Promise<Answer> {
  const fault = firstFault(textFault('input.reason', input.reason, 500));
  if (fault !== null) return fault;
  const admin = proposerOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId, subject: by } = admin;
  const { idempotencyKey, reason } = input;
  const [cycleId, partnerId] = [parseId('cyc', input.cycleId), parseId('ptr', input.partnerId)];
  if (cycleId === null) return notFound('settlement cycle');
  if (partnerId === null) return notFound('partner');
  const body = { cycleId, partnerId, reason };
  const command = { principal, programmeId, operation: 'declareDefault', idempotencyKey, body, stopsPostings: noStop };
  return inStep(ledger, command, async (tx, facts): Promise<Outcome<DefaultAnswer>> => {
    const cycle = await cycleFor(tx, programmeId, cycleId);
    if (isRefusal(cycle)) return cycle;
    const waterfall = await whoPays(tx, { cycle, partnerId, facts });
    if (isRefusal(waterfall)) return waterfall;
    const contentHash = hashOf({ cycleId, partnerId, waterfall });
    const proposal = { ...body, id: newId('dft'), waterfall, contentHash, proposedBy: by, proposedAt: facts.now };
    const defaultId = await proposeDefault(tx, programmeId, proposal);
    const proposed = !isSingle(facts.book);
    if (!proposed) await post(tx, programmeId, { id: defaultId, cycle, partnerId, waterfall }, { by, at: facts.now });
    return { defaultId, cycleId, proposed, contentHash };
  });
}

/**
 * Performs a default another person declared, all of it or nothing: if what is held has changed since, it must be declared anew.
 * Finance, another admin.
 */
export async function approveDefaultOf(
  ledger: SettlementLedger,
  principal: Principal,
  input: ApproveDefaultInput,
): Promise<Answer> {
  const approver = approverOf(principal);
  if (isRefusal(approver)) return approver;
  const { programmeId, subject: by } = approver;
  const { idempotencyKey, defaultId, contentHash } = input;
  const id = parseId('dft', defaultId);
  if (id === null) return notFound('default');
  const body = { defaultId, contentHash };
  const command = { principal, programmeId, operation: 'approveDefault', idempotencyKey, body, stopsPostings: noStop };
  return inStep(ledger, command, async (tx, facts): Promise<Outcome<DefaultAnswer>> => {
    const [found] = await findDefaults(tx, programmeId, { id });
    if (found === undefined) return notFound('default');
    const cycle = await cycleFor(tx, programmeId, found.cycleId as Id<'cyc'>);
    if (isRefusal(cycle)) return cycle;
    // Read again under the lock of its cycle: who approves second finds it approved.
    const [stored] = await findDefaults(tx, programmeId, { id });
    if (stored === undefined || stored.approvedBy !== null) {
      return refuse('LEDGER_ALREADY_APPROVED', 'The default was approved before.');
    }
    const { partnerId } = stored;
    const waterfall = await whoPays(tx, { cycle, partnerId, facts });
    if (isRefusal(waterfall)) return waterfall;
    const asItIs = { contentHash: hashOf({ cycleId: cycle.id, partnerId, waterfall }), proposedBy: stored.proposedBy };
    const refusal = approvalRefusal(asItIs, { contentHash, by, book: facts.book });
    if (refusal !== null) return refusal;
    await post(tx, programmeId, { id, cycle, partnerId, waterfall }, { by, at: facts.now });
    return { defaultId, cycleId: cycle.id, proposed: false, contentHash };
  });
}

/** What an approval is bound to: whose payment of which cycle, and who pays how much of it. */
function hashOf(content: { cycleId: string; partnerId: PartnerId; waterfall: Waterfall }): string {
  return canonicalHash(content).toString('hex');
}

async function whoPays(
  tx: Tx,
  { cycle, partnerId, facts }: { cycle: SettlementCycle; partnerId: PartnerId; facts: StepFacts },
): Promise<Waterfall | Refusal> {
  const { book, now } = facts;
  const { programmeId } = cycle;
  const nets = await loadNets(tx, programmeId, [cycle.id]);
  const mine = nets.find(({ partyId }) => partyId === partnerId);
  const defaulted = await inDefault(tx, programmeId, cycle.id);
  const [payment] = paymentsToMake(book, cycle, mine === undefined ? [] : [mine]);
  const confirmed = await loadConfirmed(tx, programmeId, [cycle.id as Id<'cyc'>]);
  const owedMinor = -(mine?.payMinor ?? 0n);
  const refusal = defaultRefusal({
    ...{ state: cycle.state, owedMinor, isInDefault: defaulted.has(partnerId), today: dayOf(now, book.timeZone) },
    isConfirmed: payment !== undefined && confirmed.has(payment.endToEndId),
    dueOn: dueDay({ ...cycle, cutOffAt: cycle.cutOffAt ?? now }, book),
  });
  if (refusal !== null) return refusal;
  const held = await lockGuarantees(tx, programmeId, partnerId);
  const receivers = nets.map(({ partyId, netMinor, payMinor }) => ({
    ...{ partyId, minor: partyId === null ? netMinor : payMinor },
  }));
  return waterfallOf(owedMinor, held, receivers);
}

async function post(
  tx: Tx,
  programmeId: ProgrammeId,
  {
    id,
    cycle,
    partnerId,
    waterfall,
  }: { id: Id<'dft'>; cycle: SettlementCycle; partnerId: PartnerId; waterfall: Waterfall },
  { by, at }: { by: string; at: Date },
): Promise<void> {
  // Those who bear a part pay it with the cycle that is open: payments of this one have been instructed.
  const open = await cycleFor(tx, programmeId, null);
  if (isRefusal(open)) throw new Error('declareDefault: the programme has no open cycle');
  const { depositMinor, fundMinor, shares } = waterfall;
  await moveGuarantee(tx, programmeId, { fund: 'DEPOSIT', partnerId, minor: -depositMinor });
  await moveGuarantee(tx, programmeId, { fund: 'DEFAULT_FUND', partnerId, minor: -fundMinor });
  const currency = cycle.currency as CurrencyCode;
  const entries = defaultPostings(partnerId, waterfall, { currency, cause: `DEFAULT ${id}` });
  await saveSettlementEntries(tx, { cycleId: open.id, programmeId }, entries);
  await approveDefault(tx, id, { by, at, postedCycleId: open.id });
  // Whoever proposed to settle the cycle proposed to settle another one.
  await changeFigures(tx, cycle.id);
  // What others paid for it a partner still owes the coalition: only its own deposit gives its cap room again.
  const perMinor = microsPerMinor(currency);
  await moveExposure(tx, programmeId, [
    { partnerId, micros: -depositMinor * perMinor },
    ...shares.flatMap(({ partyId, minor }) =>
      partyId === null ? [] : [{ partnerId: partyId, micros: minor * perMinor }],
    ),
  ]);
}

/** Defaults of cycles, or whose shares count in them: all of them, or what a partner did not pay or bears. */
export async function readDefaults(
  { database }: Pick<Ledger, 'database'>,
  principal: Principal,
  cycleIds: readonly string[],
): Promise<StoredDefault[]> {
  const [programmeId, sight] = [programmeOf(principal), sightOf(principal)];
  if (programmeId === null || sight === null) return [];
  const all = await findDefaults(database.pool, programmeId, { cycleIds });
  if (sight === 'all') return all;
  const isMine = ({ partnerId, waterfall, approvedBy }: StoredDefault) =>
    approvedBy !== null && (partnerId === sight || waterfall.shares.some(({ partyId }) => partyId === sight));
  // A partner is told what it bears, and not what others do.
  return all.filter(isMine).map((one) => ({
    ...one,
    waterfall: {
      ...one.waterfall,
      shares: one.waterfall.shares.filter(({ partyId }) => partyId === sight),
    },
  }));
}
