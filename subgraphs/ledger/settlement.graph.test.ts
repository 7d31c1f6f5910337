import type { Principal } from '../../kernel/context/principal';
import { LocalLink } from '../../kernel/graph/local-link';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId } from '../../kernel/values/id';
import { openContext } from './api/context';
import type { Ledger } from './app/ledger';
import { ledgerDatabase } from './data/database';
import { buildLedgerSchema } from './schema';
import { aRuleBook } from './testkit/book';
import { TestBook } from './testkit/test-book';

const NOW = new Date('2026-03-10T12:00:00Z');
const rules = aRuleBook();
const [bakery, books] = rules.brands;
const { programmeId } = rules;
const admin: Principal = { kind: 'admin', programmeId, subject: 'ada' };
const finance: Principal = { kind: 'finance', programmeId, subject: 'fay' };
const clerk: Principal = { kind: 'staff', programmeId, partnerId: books, subject: 'cleo' };
const [ann, ben] = [newId('mem'), newId('mem')];
const stranger: Principal = { kind: 'member', programmeId, memberId: ann };

const STEP = `{ __typename ... on Refusal { code } ... on InvalidInput { field }
  ... on SettlementStepSuccess { proposed contentHash replayed cycle { id state version } } }`;
const CUT_OFF = `mutation ($input: CutOffSettlementCycleInput!) { step: cutOffSettlementCycle(input: $input) ${STEP} }`;
const ADVANCE = `mutation ($input: AdvanceSettlementCycleInput!) { step: advanceSettlementCycle(input: $input) ${STEP} }`;
const PARTY = '{ isHub partner { id } }';
const CYCLE = `query ($id: ID!) { settlementCycle(id: $id) { id state opensAt cutOffAt
  directionalTotals { debtor ${PARTY} creditor ${PARTY} exactMicros carryInMicros carryMicros billed { amountMinor currency } }
  netPositions { party ${PARTY} net { amountMinor currency } } } }`;
const LINES = `query ($id: ID!, $after: String) { settlementCycle(id: $id) { directionalTotals {
  lines(first: 1, after: $after) { nodes { id kind micros billed { amountMinor } eventId lotId }
  pageInfo { hasNextPage endCursor } } } } }`;

let database: TestDatabase;
let book: TestBook;
let link: LocalLink;
let cycleId: string;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, NOW);
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  // Settling and reporting ask for nothing else of the ledger: no lanes run here.
  const ledger = {
    database,
    whole: database,
    clock: book.clock,
    secrets,
    book: async () => rules,
    catchUpRules: async () => {},
  };
  link = new LocalLink('ledger', buildLedgerSchema().schema, (request) =>
    openContext(ledger as unknown as Ledger, request),
  );
  await book.buy(ann, bakery, 100n);
  await book.buy(ben, bakery, 5n);
  await book.redeem(ann, books, 30n);
  await book.redeem(ann, books, 12n);
  await book.redeem(ann, bakery, 8n);
  cycleId = (await step(CUT_OFF, {})).cycle.id;
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED']) await step(ADVANCE, { cycleId, to });
});
afterAll(async () => {
  await book.close();
  await database.drop();
});

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions['code'] ?? message),
  };
}
async function step(mutation: string, input: object, principal = admin) {
  return (await ask(principal, mutation, { input: { idempotencyKey: newId('req'), ...input } })).data.step;
}
const [hub, ofBakery, ofBooks] = [null, bakery, books].map((id) => ({
  isHub: id === null,
  partner: id === null ? null : { id },
}));
const eur = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });

describe('a settled cycle in the graph', () => {
  it('shows the desk all totals and nets', async () => {
    const { settlementCycle } = (await ask(finance, CYCLE, { id: cycleId })).data;
    expect(settlementCycle).toMatchObject({ id: cycleId, state: 'NETTED', cutOffAt: NOW.toISOString() });
    const figures = { exactMicros: '420000', carryInMicros: '0', carryMicros: '0', billed: eur('42') };
    expect(settlementCycle.directionalTotals).toEqual([{ debtor: ofBakery, creditor: ofBooks, ...figures }]);
    expect(settlementCycle.netPositions).toHaveLength(2);
    expect(settlementCycle.netPositions).toEqual(
      expect.arrayContaining([
        { party: ofBakery, net: eur('-42') },
        { party: ofBooks, net: eur('42') },
      ]),
    );
    expect(settlementCycle.netPositions).not.toContainEqual(expect.objectContaining({ party: hub }));
  });

  it('shows staff their own net, and members and other programmes no cycle at all', async () => {
    const own = (await ask(clerk, CYCLE, { id: cycleId })).data.settlementCycle;
    expect(own.netPositions).toEqual([{ party: ofBooks, net: eur('42') }]);
    const foreign: Principal = { kind: 'admin', programmeId: newId('prg'), subject: 'ada' };
    for (const reader of [stranger, foreign, { kind: 'anonymous' } as const]) {
      expect((await ask(reader, CYCLE, { id: cycleId })).data.settlementCycle).toBeNull();
      const entity = `query ($id: ID!) { _entities(representations: [{ __typename: "SettlementCycle", id: $id }]) {
        ... on SettlementCycle { state } } }`;
      expect((await ask(reader, entity, { id: cycleId })).data._entities).toEqual([null]);
    }
  });

  it('pages through lines whose ids stay and whose amounts add up', async () => {
    const lineAfter = async (after: string | null) =>
      (await ask(clerk, LINES, { id: cycleId, after })).data.settlementCycle.directionalTotals[0].lines;
    const first = await lineAfter(null);
    const second = await lineAfter(first.pageInfo.endCursor);
    expect([first, second].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
    expect([first, second].map(({ nodes }) => nodes[0].billed.amountMinor)).toEqual(['30', '12']);
    expect(first.nodes[0]).toMatchObject({ kind: 'REDEMPTION', micros: '300000' });
    expect(await lineAfter(null)).toEqual(first);
    expect((await ask(clerk, LINES, { id: cycleId, after: 'x.y' })).codes).toEqual(['INVALID_INPUT']);
  });

  it('calls a member the same to both parties of a pair, and neither learns who it is', async () => {
    const eventOf = async (reader: Principal) => {
      const { directionalTotals } = (await ask(reader, LINES, { id: cycleId, after: null })).data.settlementCycle;
      return directionalTotals[0].lines.nodes[0].eventId as string;
    };
    const staffOf = (partnerId: typeof bakery): Principal => ({
      kind: 'staff',
      programmeId,
      partnerId,
      subject: 'kim',
    });
    const [owing, owed, all] = [await eventOf(staffOf(bakery)), await eventOf(staffOf(books)), await eventOf(admin)];
    expect(owing).toBe(owed);
    const hex = (id: string) => id.slice(4);
    expect([ann, ben].some((id) => all.includes(hex(id)))).toBe(true);
    expect([ann, ben].some((id) => owed.includes(hex(id)))).toBe(false);
  });

  it('lists cycles newest first, with all their figures by as many queries as one', async () => {
    const list = `query ($first: Int!, $after: String) { settlementCycles(first: $first, after: $after) {
      nodes { id state directionalTotals { pair: exactMicros } netPositions { net { amountMinor } } }
      pageInfo { hasNextPage endCursor } } }`;
    const query = jest.spyOn(database.within(rules.programmeId).pool, 'query');
    const { nodes } = (await ask(admin, list, { first: 50 })).data.settlementCycles;
    expect(query).toHaveBeenCalledTimes(3);
    query.mockRestore();
    expect(nodes.map(({ state }: { state: string }) => state)).toEqual(['OPEN', 'NETTED']);
    const page = (await ask(admin, list, { first: 1 })).data.settlementCycles;
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = (await ask(admin, list, { first: 1, after: page.pageInfo.endCursor })).data.settlementCycles;
    expect(next.nodes.map(({ id }: { id: string }) => id)).toEqual([cycleId]);
    const open = (await ask(admin, '{ currentCycle { state } }')).data.currentCycle;
    expect(open).toEqual({ state: 'OPEN' });
  });

  it('answers a step out of order, an unreadable instant and a wrong role as data', async () => {
    expect(await step(ADVANCE, { cycleId, to: 'SETTLED' })).toMatchObject({
      __typename: 'CycleStepNotAllowed',
      code: 'LEDGER_CYCLE_STEP_NOT_ALLOWED',
    });
    expect(await step(CUT_OFF, { at: '2026-02-31T00:00:00Z' })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.at',
    });
    expect(await step(CUT_OFF, {}, finance)).toMatchObject({ __typename: 'Forbidden', code: 'FORBIDDEN' });
  });
});

describe('reports in the graph', () => {
  const FLOWS = `query ($id: ID!) { pointFlows(cycleId: $id) { issuer { id } redeemer { id } points value { amountMinor } } }`;
  const TOTALS = `query ($id: ID!) { partnerTotals(cycleId: $id) { partner { id } purchases distinctMembers issued outstanding expired
    amount { amountMinor currency } } }`;
  const MEMBERS = `query ($first: Int!, $after: String) { memberTotals(first: $first, after: $after) {
    nodes { memberId earned spent expired available } pageInfo { hasNextPage endCursor } } }`;

  it('tell where points were spent, own brand included, and what each partner did', async () => {
    const flows = (await ask(finance, FLOWS, { id: cycleId })).data.pointFlows;
    const [at, to] = [{ id: bakery }, { id: books }];
    expect(flows).toHaveLength(2);
    expect(flows).toContainEqual({ issuer: at, redeemer: at, points: '8', value: { amountMinor: '8' } });
    expect(flows).toContainEqual({ issuer: at, redeemer: to, points: '42', value: { amountMinor: '42' } });
    const totals = (await ask(finance, TOTALS, { id: cycleId })).data.partnerTotals;
    const month = { purchases: '2', distinctMembers: '2', issued: '105', outstanding: '55', expired: '0' };
    expect(totals).toContainEqual({ partner: at, ...month, amount: eur('10500') });
    const idle = { purchases: '0', distinctMembers: '0', issued: '0', outstanding: '0', expired: '0' };
    expect(totals).toContainEqual({ partner: to, ...idle, amount: eur('0') });
  });

  it('page through members by one query a page', async () => {
    const query = jest.spyOn(database.within(rules.programmeId).pool, 'query');
    const first = (await ask(admin, MEMBERS, { first: 1 })).data.memberTotals;
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
    const second = (await ask(admin, MEMBERS, { first: 1, after: first.pageInfo.endCursor })).data.memberTotals;
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect([...first.nodes, ...second.nodes]).toEqual(
      expect.arrayContaining([
        { memberId: ann, earned: '100', spent: '50', expired: '0', available: '50' },
        { memberId: ben, earned: '5', spent: '0', expired: '0', available: '5' },
      ]),
    );
  });

  it('are closed to all but the desk, while everyone of the programme may read its clock', async () => {
    for (const reader of [clerk, stranger]) {
      expect((await ask(reader, FLOWS, { id: cycleId })).codes).toEqual(['FORBIDDEN']);
      expect((await ask(reader, TOTALS, { id: cycleId })).codes).toEqual(['FORBIDDEN']);
      expect((await ask(reader, MEMBERS, { first: 1 })).codes).toEqual(['FORBIDDEN']);
      const clock = (await ask(reader, '{ programmeClock { now isTestClock } }')).data.programmeClock;
      expect(clock).toEqual({ now: NOW.toISOString(), isTestClock: false });
    }
  });
});
