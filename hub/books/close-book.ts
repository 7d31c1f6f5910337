import { REFUSAL, type Answer } from '../client/graph';
import { HUB_PARTY, type Book } from './book-format';
import type { FoundBook } from './found-book';
import type { RefusedEvent } from './post-book';
import { readLines, type SettledBooks } from './read-result';

const STEP = `... on SettlementStepSuccess { cycle { id } } ${REFUSAL}`;
const CUT_OFF = `mutation CutOff($input: CutOffSettlementCycleInput!) { result: cutOffSettlementCycle(input: $input) { ${STEP} } }`;
const ADVANCE = `mutation Advance($input: AdvanceSettlementCycleInput!) { result: advanceSettlementCycle(input: $input) { ${STEP} } }`;
const DISPUTE = `mutation Dispute($input: DisputeStatementLineInput!) { result: disputeStatementLine(input: $input) { ${REFUSAL} } }`;
const AGREE = `mutation Agree($input: AgreeStatementInput!) { result: agreeStatement(input: $input) { ${REFUSAL} } }`;
const VERSION = 'query Version($id: ID!) { settlementCycle(id: $id) { version } }';

/** Says which of a cycle's lines are those of an event and a lot of the book. */
export type LineFinder = (
  lines: SettledBooks['lines'],
  dispute: NonNullable<Book['disputes']>[number],
) => SettledBooks['lines'][number]['line'][];

/** A cycle that was brought to NETTED, and the disputes that were refused. */
export interface ClosedBook {
  readonly cycleId: string;
  readonly refused: readonly RefusedEvent[];
}

/**
 * Cuts a book's cycle off with its rates and brings it to NETTED. Once the statements are issued debtors dispute what the book says
 * they dispute, and then every partner agrees, so that nobody waits for the end of the window and the clock stands still.
 *
 * @throws Fault HUB_COMMAND_REFUSED when a step is refused
 */
export async function closeBook(book: Book, found: FoundBook, find: LineFinder): Promise<ClosedBook> {
  const { admin } = found;
  const step = (to: string) => admin.must(ADVANCE, { input: { idempotencyKey: `book ${to}`, cycleId, to } });
  const { cycle } = await admin.must<{ cycle: { id: string } }>(CUT_OFF, {
    input: { idempotencyKey: 'book cut-off', at: null, rates: ratesOf(book, found) },
  });
  const cycleId = cycle.id;
  await step('DRAFT');
  await step('ISSUED');
  const refused = await disputeAll(book, found, { cycleId, find });
  await agreeAll(found, cycleId);
  await step('AGREED');
  await step('NETTED');
  return { cycleId, refused };
}

/** One rate for each currency, and for whom. */
function ratesOf({ currency, name, partners, rates = [] }: Book, { partnerIds }: FoundBook): object[] {
  return rates
    .filter(({ from, to }) => from === currency && to !== currency)
    .map((one) => ({
      currency: one.to,
      rate: one.rate,
      source: 'book',
      rateId: name === '' ? 'book' : name,
      partnerIds: partners.filter(({ settlesIn }) => settlesIn === one.to).map(({ id }) => partnerIds.get(id)),
    }))
    .filter(({ partnerIds: ids }) => ids.length > 0);
}

/** What names no line is refused like anything else that is not there. */
async function disputeAll(
  { disputes = [] }: Book,
  { admin, staff }: FoundBook,
  { cycleId, find }: { cycleId: string; find: LineFinder },
): Promise<RefusedEvent[]> {
  if (disputes.length === 0) return [];
  const shown = await readLines(admin, cycleId);
  const refused: RefusedEvent[] = [];
  for (const [place, dispute] of disputes.entries()) {
    const { debtor, creditor, event } = dispute;
    const found = find(shown, dispute);
    if (found.length === 0) refused.push({ event, code: 'NOT_FOUND' });
    for (const { id } of found) {
      const input = { idempotencyKey: `dispute ${place} ${id}`, lineId: id, reason: `dispute of ${event}` };
      const answer = await staff(debtor === HUB_PARTY ? creditor : debtor).command<Answer>(DISPUTE, { input });
      if (answer.code !== undefined) refused.push({ event, code: answer.code });
    }
  }
  return refused;
}

async function agreeAll({ admin, staff, partnerIds }: FoundBook, cycleId: string): Promise<void> {
  const { settlementCycle } = await admin.ask<{ settlementCycle: { version: string } }>(VERSION, { id: cycleId });
  const { version } = settlementCycle;
  for (const name of partnerIds.keys())
    await staff(name).must(AGREE, { input: { idempotencyKey: 'book agreement', cycleId, version } });
}
