import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD } from './testkit/documents';
import { LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook();
const [bakery, books] = plain.brands;
// A fee of 0.10 a point against a cap of 10.00: a hundred points fill it.
const graph = LedgerGraph.forThisFile(ledgerDefinition, {
  ...plain,
  contracts: [
    aContract(bakery, { feeMicros: 100_000n, netDebitCapMicros: 10_000_000n }),
    aContract(books, { feeMicros: 100_000n }),
  ],
});
const CYCLE = `subscription ($id: ID!, $after: BigInt, $epoch: ID) {
  change: settlementCycleChanged(cycleId: $id, after: $after, epoch: $epoch) {
  cycle { id state } version previousVersion epoch isSnapshot } }`;
const EXPOSURE = `subscription ($id: ID!, $after: BigInt, $epoch: ID) {
  change: partnerExposureChanged(partnerId: $id, after: $after, epoch: $epoch) {
  partner { id } exposure { amountMinor } netDebitCap { amountMinor } usedBps isAlert version previousVersion epoch isSnapshot } }`;
const keyOf = (id: typeof bakery) => graph.partner(id, { scopes: ['points:earn', 'statements:read'] });

async function watch(who: ReturnType<typeof keyOf>, query: string, variables: Record<string, unknown>) {
  const stream = await graph.link.subscribe(graph.requestOf(who, query, variables));
  const next = async (): Promise<Answer> => JSON.parse(JSON.stringify((await stream.next()).value));
  return { next: async () => (await next()).data.change, first: next, end: () => stream.return?.() };
}
type Watched = Awaited<ReturnType<typeof watch>>;
/** The change after which a partner owes so much. Others come before it: the counter of a cap is opened before it is used. */
async function owes(live: Watched, amountMinor: string, last: Answer): Promise<Answer> {
  for (let before = last; ;) {
    const change = await live.next();
    expect(change.previousVersion).toBe(before.version);
    if (change.exposure.amountMinor === amountMinor) return change;
    expect(change.exposure).toEqual(before.exposure);
    before = change;
  }
}
/** The open cycle, once the rules have reached the ledger. */
async function openCycle(): Promise<{ id: string }> {
  for (;;) {
    const { currentCycle } = (await graph.ask(graph.admin(), '{ currentCycle { id } }')).data;
    if (currentCycle !== null) return currentCycle;
  }
}
async function step(name: string, input: object): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ... on SettlementStepSuccess { cycle { id } } } }`;
  return graph.run(graph.admin(), mutation as never, { idempotencyKey: newId('req'), ...input });
}

it('tells how a cycle stands and each version after, and goes on where a reader was cut off', async () => {
  const { id } = await openCycle();
  const live = await watch(graph.admin(), CYCLE, { id });
  const snapshot = await live.next();
  expect(snapshot).toMatchObject({
    cycle: { id, state: 'OPEN' },
    version: '1',
    previousVersion: null,
    isSnapshot: true,
  });
  await step('cutOffSettlementCycle', {});
  const cut = await live.next();
  expect(cut).toMatchObject({ cycle: { state: 'CUT_OFF' }, version: '2', previousVersion: '1', isSnapshot: false });
  await live.end();
  await step('advanceSettlementCycle', { cycleId: id, to: 'DRAFT' });
  await step('advanceSettlementCycle', { cycleId: id, to: 'ISSUED' });
  const again = await watch(keyOf(books), CYCLE, { id, after: '2', epoch: cut.epoch });
  expect(await again.next()).toMatchObject({
    cycle: { state: 'ISSUED' },
    version: '4',
    previousVersion: '2',
    isSnapshot: false,
  });
  await again.end();
  const restored = await watch(keyOf(books), CYCLE, { id, after: '2', epoch: 'another' });
  expect(await restored.next()).toMatchObject({ version: '4', previousVersion: null, isSnapshot: true });
  await restored.end();
});

it('tells what a partner owes to the last posting, alerts at four fifths of its cap, and the cap refuses the rest', async () => {
  const member = graph.enrol({ [bakery]: 'OPEN' });
  const at = inputsAt(NOW);
  const live = await watch(keyOf(bakery), EXPOSURE, { id: bakery });
  const snapshot = await live.next();
  expect(snapshot).toMatchObject({ partner: { id: bakery }, usedBps: 0, isAlert: false, isSnapshot: true });
  const earn = (minor: bigint) => graph.run(keyOf(bakery), RECORD, at.sale(member, minor));
  await earn(7_900n);
  const before = await owes(live, '790', snapshot);
  expect(before).toMatchObject({ usedBps: 7_900, isAlert: false });
  await earn(100n);
  const after = await owes(live, '800', before);
  expect(after).toMatchObject({ usedBps: 8_000, isAlert: true, netDebitCap: { amountMinor: '1000' } });
  expect((await earn(10_000n)).code).toBe('LEDGER_NET_DEBIT_CAP_REACHED');
  await live.end();
});

it('makes room under the cap again when what is owed has been paid', async () => {
  const { id } = await openCycle();
  const live = await watch(graph.admin(), EXPOSURE, { id: bakery });
  expect(await live.next()).toMatchObject({ exposure: { amountMinor: '800' } });
  const [earlier] = (
    await graph.ask(graph.admin(), '{ settlementCycles(first: 9) { nodes { id state } } }')
  ).data.settlementCycles.nodes.filter(({ state }: Answer) => state === 'ISSUED');
  for (const to of ['AGREED', 'NETTED']) await step('advanceSettlementCycle', { cycleId: earlier.id, to });
  await step('cutOffSettlementCycle', {});
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED']) {
    await step('advanceSettlementCycle', { cycleId: id, to });
  }
  let change = await live.next();
  while (change.exposure.amountMinor !== '0') change = await live.next();
  expect(change).toMatchObject({ usedBps: 0, isAlert: false });
  await live.end();
});

it('shows nobody another partner’s exposure, and members no cycle', async () => {
  const { id } = await openCycle();
  const stranger = graph.member(newId('mem'));
  for (const [who, query, key] of [
    [keyOf(books), EXPOSURE, bakery],
    [stranger, EXPOSURE, bakery],
    [stranger, CYCLE, id],
  ] as const) {
    const refused = await (await watch(who as never, query, { id: key })).first();
    expect(refused.errors[0].extensions.code).toBe('NOT_FOUND');
  }
});
