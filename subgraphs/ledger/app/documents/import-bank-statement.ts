import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import { digest } from '../../../../kernel/values/canonical';
import type { Id, ProgrammeId } from '../../../../kernel/values/id';
import {
  cycleNumberOf,
  holdEntries,
  minorOf,
  type BankEntry,
  type ExpectedPayment,
  type HeldEntry,
  type Mismatch,
} from '../../core/documents/bank-entry';
import { detailsForPapers } from '../../core/documents/party-details';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { SETTLEMENT_STATES, type SettlementCycle, type SettlementState } from '../../core/settlement/cycle';
import {
  findCyclesNumbered,
  insertConfirmed,
  loadConfirmed,
  type ConfirmedPayment,
} from '../../data/documents/bank-entry.store';
import { loadPartyDetails } from '../../data/documents/party-details.store';
import { loadProgrammeNow } from '../../data/programme.store';
import { lockCycle } from '../../data/settlement/cycle.store';
import { inDefault } from '../../data/settlement/default.store';
import { loadNets } from '../../data/settlement/net.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { settleCycle } from '../settlement/settle-cycle';
import { paymentsToMake } from './load-papers';
import { readCamt } from './read-camt';

export interface ImportBankStatementInput {
  readonly idempotencyKey: string;
  /** A camt.053 or camt.054, as XML. */
  readonly content: string;
}

/** An entry and what became of it. */
export interface ReportedEntry extends BankEntry {
  /** Null when it confirmed its payment. */
  readonly mismatch: Mismatch | null;
}

/** What a statement confirmed, and what of it confirms nothing. */
export interface ImportedStatement {
  readonly matched: readonly ReportedEntry[];
  readonly unmatched: readonly ReportedEntry[];
  /** Entries that had confirmed their payment before. */
  readonly seen: number;
  /** Cycles whose payments are all confirmed by now: they are SETTLED. */
  readonly settledCycleIds: readonly Id<'cyc'>[];
}

type ImportLedger = Pick<Ledger, 'database' | 'clock' | 'book' | 'catchUpRules'>;

/**
 * Reads a statement of the operator's bank: entries confirm payments by their EndToEndId, and a cycle whose payments are all
 * confirmed becomes SETTLED. Read twice, in whole or in overlapping parts, it changes nothing the second time.
 *
 * Refuses FORBIDDEN unless admin or finance asks, LEDGER_BANK_STATEMENT_UNREADABLE.
 */
export async function importBankStatement(
  ledger: ImportLedger,
  principal: Principal,
  input: ImportBankStatementInput,
): Promise<Replayable<ImportedStatement> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only an admin or finance approver of the programme reads in bank statements.');
  }
  const { programmeId, subject } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const read = readCamt(input.content);
  if ('fault' in read) {
    return refuse('LEDGER_BANK_STATEMENT_UNREADABLE', `The statement cannot be read: ${read.fault}.`);
  }
  const command = {
    ...{ caller: callerOf(principal), operation: 'importBankStatement', key: input.idempotencyKey },
    body: { content: digest(input.content) },
  };
  return inTransaction(ledger.database, (tx) =>
    once(tx, command, () => confirm(tx, { ledger, programmeId, book, by: subject, entries: read.entries })),
  );
}

async function confirm(
  tx: Tx,
  at: {
    readonly ledger: ImportLedger;
    readonly programmeId: ProgrammeId;
    readonly book: RuleBook;
    readonly by: string;
    readonly entries: readonly BankEntry[];
  },
): Promise<Outcome<ImportedStatement>> {
  const { ledger, programmeId, book, entries } = at;
  const cycles = await lockedCycles(tx, programmeId, entries);
  const ids = cycles.map(({ id }) => id as Id<'cyc'>);
  const expected = await paymentsExpected(tx, programmeId, { book, cycles });
  const confirmed = await loadConfirmed(tx, programmeId, ids);
  const details = await loadPartyDetails(ledger.database.pool, programmeId);
  const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
  const operator = detailsForPapers(
    details.filter(({ partnerId }) => partnerId === null),
    now,
  );
  const held = holdEntries(entries, { expected, confirmed, operatorIban: operator?.iban ?? null });
  const fresh = held.filter(({ outcome }) => outcome === 'MATCHED');
  await insertConfirmed(tx, programmeId, { confirmed: fresh.map(confirmedBy), by: at.by, at: now });
  const all = new Set([...confirmed.keys(), ...fresh.map(({ entry }) => entry.endToEndId)]);
  const settledCycleIds: Id<'cyc'>[] = [];
  for (const cycle of cycles) {
    const mine = [...expected.values()].filter(({ cycleId }) => cycleId === cycle.id);
    const isPaid = mine.every(({ endToEndId, isInDefault }) => isInDefault || all.has(endToEndId));
    if (cycle.state !== 'INSTRUCTED' || !isPaid) continue;
    const refusal = await settleCycle(tx, cycle, { book, now });
    if (refusal !== null) throw new Error(`importBankStatement: ${refusal.code} of a locked cycle that is INSTRUCTED`);
    settledCycleIds.push(cycle.id as Id<'cyc'>);
  }
  return { ...reported(held), settledCycleIds };
}

/** The cycles the entries speak of, locked in the order of their ids. */
async function lockedCycles(
  tx: Tx,
  programmeId: ProgrammeId,
  entries: readonly BankEntry[],
): Promise<SettlementCycle[]> {
  const numbers = new Set(
    entries.map(({ endToEndId }) => cycleNumberOf(endToEndId)).filter((number) => number !== null),
  );
  const cycles: SettlementCycle[] = [];
  for (const id of await findCyclesNumbered(tx, programmeId, [...numbers])) {
    const cycle = await lockCycle(tx, programmeId, id);
    if (cycle !== null) cycles.push(cycle);
  }
  return cycles;
}

const placeOf = (state: SettlementState): number => SETTLEMENT_STATES.indexOf(state);

async function paymentsExpected(
  tx: Tx,
  programmeId: ProgrammeId,
  { book, cycles }: { book: RuleBook; cycles: readonly SettlementCycle[] },
): Promise<Map<string, ExpectedPayment>> {
  const nets = await loadNets(
    tx,
    programmeId,
    cycles.map(({ id }) => id),
  );
  const payments: ExpectedPayment[] = [];
  for (const cycle of cycles) {
    const isInstructed = placeOf(cycle.state) >= placeOf('INSTRUCTED');
    const mine = nets.filter(({ cycleId }) => cycleId === cycle.id);
    const defaulted = await inDefault(tx, programmeId, cycle.id);
    for (const payment of paymentsToMake(book, cycle, mine)) {
      payments.push({ ...payment, cycleId: cycle.id, isInstructed, isInDefault: defaulted.has(payment.partnerId) });
    }
  }
  return new Map(payments.map((payment) => [payment.endToEndId, payment]));
}

function confirmedBy({ entry, identity, payment }: HeldEntry): ConfirmedPayment {
  const { endToEndId, currency, bookedOn, bankRef } = entry;
  return {
    ...{ endToEndId, currency, bookedOn, bankRef, identity, amountMinor: minorOf(entry)! },
    cycleId: payment!.cycleId as Id<'cyc'>,
    partnerId: payment!.partnerId,
  };
}

function reported(held: readonly HeldEntry[]): Omit<ImportedStatement, 'settledCycleIds'> {
  const of = ({ entry, outcome }: HeldEntry): ReportedEntry => ({
    ...entry,
    mismatch: outcome === 'MATCHED' || outcome === 'SEEN' ? null : outcome,
  });
  const withOutcome = (wanted: (outcome: HeldEntry['outcome']) => boolean) =>
    held.filter(({ outcome }) => wanted(outcome)).map(of);
  return {
    matched: withOutcome((outcome) => outcome === 'MATCHED'),
    unmatched: withOutcome((outcome) => outcome !== 'MATCHED' && outcome !== 'SEEN'),
    seen: held.filter(({ outcome }) => outcome === 'SEEN').length,
  };
}
