import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD, SET_CLOCK, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook();
const [bakery, books] = plain.brands;
// A fee of a cent a point: each sale is a line.
const rules = { ...plain, contracts: [aContract(bakery, { feeMicros: 10_000n }), aContract(books)] };
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules);
const admin = graph.admin();
const step = (name: string, input: object, who: Principal = admin): Promise<Answer> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ... on Refusal { code }
    ... on InvalidInput { field } ... on SettlementStepSuccess { cycle { id } } } }`;
  return graph.run(who, mutation as Document, { idempotencyKey: newId('req'), ...input });
};
const LINES = `query ($id: ID!) { settlementCycle(id: $id) { directionalTotals { lines(first: 9) { nodes { micros originalPeriod } } } } }`;
const BOOK = 'query ($id: ID!) { cycleLines(cycleId: $id, first: 9) { nodes { line { originalPeriod } } } }';

it('belongs to the cycle it was recorded in and names the month it happened in, by the programme’s calendar', async () => {
  const member = graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' });
  await graph.run(admin, SET_CLOCK, { now: '2026-04-05T10:00:00Z' });
  await step('cutOffSettlementCycle', {});
  // Warsaw is two hours ahead: half past eleven on the last of March, half past midnight on the first of April.
  for (const [day, cents] of [
    ['2026-03-31T21:30:00Z', 100n],
    ['2026-03-31T22:30:00Z', 200n],
    ['2026-04-05T10:00:00Z', 300n],
  ] as const) {
    const { earned } = await graph.run(graph.partner(bakery), RECORD, inputsAt(new Date(day)).sale(member, cents));
    expect(earned).toBe(String(cents / 100n));
  }
  const first = (await graph.ask(admin, '{ settlementCycles(first: 9) { nodes { id state } } }')).data.settlementCycles
    .nodes;
  const { cycle } = await step('cutOffSettlementCycle', {});
  for (const to of ['DRAFT', 'ISSUED', 'AGREED']) await step('advanceSettlementCycle', { cycleId: first[1].id, to });
  await step('advanceSettlementCycle', { cycleId: cycle.id, to: 'DRAFT' });
  const { directionalTotals } = (await graph.ask(admin, LINES, { id: cycle.id })).data.settlementCycle;
  expect(directionalTotals.flatMap(({ lines }: Answer) => lines.nodes)).toEqual([
    { micros: '10000', originalPeriod: '2026-03' },
    { micros: '20000', originalPeriod: '2026-04' },
    { micros: '30000', originalPeriod: null },
  ]);
  const { nodes } = (await graph.ask(admin, BOOK, { id: cycle.id })).data.cycleLines;
  expect(nodes.map(({ line }: Answer) => line.originalPeriod)).toEqual(['2026-03', '2026-04', null]);
});

it('locks no rate for nobody', async () => {
  const rate = { currency: 'PLN', rate: '4.2575', source: 'ECB', rateId: '1', partnerIds: [] };
  expect(await step('cutOffSettlementCycle', { rates: [rate] })).toMatchObject({
    ...{ code: 'INVALID_INPUT', field: 'input.rates[0].partnerIds' },
  });
});

expectTheBookToAddUp(graph);
