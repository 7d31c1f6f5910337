import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook({ disputeWindowDays: 0 });
const [bakery, books] = plain.brands;
// A fee of a cent a point: what is sold for so many euros owes so many cents.
const rules = { ...plain, contracts: [aContract(bakery, { feeMicros: 10_000n }), aContract(books)] };
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules);
const admin = graph.admin();

async function step(name: string, input: object): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ... on Refusal { code }
    ... on SettlementStepSuccess { cycle { id state } } } }`;
  return (await graph.run(admin, mutation as Document, { idempotencyKey: newId('req'), ...input })).cycle;
}
const NETS = `query ($id: ID!) { settlementCycle(id: $id) { netPositions {
  party { partner { id } } net { amountMinor } carryIn { amountMinor } payment { amountMinor } carryOut { amountMinor } } } }`;
const PAPERS = 'query ($id: ID!) { settlementDocuments(cycleId: $id, first: 50) { nodes { kind } } }';

/** A month in which the bakery sells for so many euros, closed up to a state with payments from ten cents on. */
async function month(euros: bigint, last: 'NETTED' | 'LOCKED'): Promise<{ net: Answer; papers: string[] }> {
  const buyer = graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' });
  await graph.run(graph.partner(bakery), RECORD, inputsAt(NOW).sale(buyer, euros * 100n));
  const { id } = await step('cutOffSettlementCycle', { payFromMinor: '10' });
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED']) {
    expect(await step('advanceSettlementCycle', { cycleId: id, to })).toMatchObject({ state: to });
    if (to === last) break;
  }
  const { netPositions } = (await graph.ask(admin, NETS, { id })).data.settlementCycle;
  const { nodes } = (await graph.ask(admin, PAPERS, { id })).data.settlementDocuments;
  return {
    net: netPositions.find(({ party }: Answer) => party.partner?.id === bakery),
    papers: nodes.map(({ kind }: Answer) => kind).filter((kind: string) => kind === 'DIRECT_DEBITS'),
  };
}
const money = (amountMinor: string) => ({ amountMinor });

it('leaves a payment below the threshold for the next cycle, which collects both in one', async () => {
  const first = await month(5n, 'LOCKED');
  expect(first.net).toMatchObject({
    net: money('-5'),
    carryIn: money('0'),
    payment: money('0'),
    carryOut: money('-5'),
  });
  expect(first.papers).toEqual([]);
  const second = await month(7n, 'NETTED');
  expect(second.net).toMatchObject({
    ...{ net: money('-7'), carryIn: money('-5'), payment: money('-12'), carryOut: money('0') },
  });
  expect(second.papers).not.toEqual([]);
});

expectTheBookToAddUp(graph);
