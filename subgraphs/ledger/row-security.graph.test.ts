import {
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { buildLedgerSchema } from './schema';
import { aRuleBook } from './testkit/book';
import { CLAIM_MISSING, HOLD, inputsAt, PROPOSE, RECORD, REDEEM, REVERSE, type Document } from './testkit/documents';
import { LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const [north, south] = [aRuleBook(), aRuleBook()];
const [bakery, books] = north.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, north, south);
const admin = graph.admin();
const { schema } = buildLedgerSchema();

/** Root fields that are asked apart, that ask rules or posting lanes, or that `whole-book.test.ts` lists. */
const NOT_ASKED = [
  ...['_entities', '_service', 'explainLine', 'settlementDocument'],
  ...['previewPurchase', 'previewRedemption', 'tryEarningRule'],
  ...['simulateClose', 'simulateRule', 'campaignReport', 'campaignVerdicts', 'experimentReport'],
];

/** Statements that tell the north of its rows. */
const TOLD = [
  'account.balanceAt',
  'account.findHold',
  'account.findOpenLots',
  'account.findWallets',
  'account.tierAt',
  'accountBook.members',
  'adjustment.page',
  'asOf.tierSpans',
  'asOf.version',
  'closingPackage.find',
  'closingPackage.nets',
  'closingPackage.totals',
  'directionalTotal.loadLines',
  'directory.findMembers',
  'explainLine.place',
  'journalBook.load',
  'lineBook.load',
  'lineDetail.load',
  'lotBook.load',
  'memberTotals.load',
  'missingClaim.page',
  'settlementCycle.find',
  'settlementCycle.list',
  'settlementCycle.loadNets',
  'settlementCycle.loadTotals',
  'statement.loadClaims',
  'statement.loadGroups',
  'statement.loadPage',
];
/** Statements for which the north has no rows either. */
const NOTHING_THERE = [
  'account.findExpiring',
  'freeze.list',
  'guarantee.list',
  'partnerDefault.find',
  'partyDetails.load',
  'programmeClock.load',
  'redemptionRates.list',
  'redemptionRates.loadApproved',
  'runOff.list',
  'settlementCycle.loadDisputes',
  'settlementCycle.loadRates',
];

/** Every field that can be asked for, some levels deep, with what `given` has for its arguments. */
function everythingOf(type: GraphQLObjectType, given: Readonly<Record<string, string>>, depth: number): string {
  const asked = Object.values(type.getFields()).map((field) => fieldOf(field, given, depth));
  return `{ __typename ${asked.join(' ')} }`;
}

function fieldOf(
  field: GraphQLField<unknown, unknown>,
  given: Readonly<Record<string, string>>,
  depth: number,
): string {
  const of = getNamedType(field.type);
  const needed = field.args.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);
  if (needed.some(({ name }) => given[name] === undefined)) return '';
  if (!isLeafType(of) && (!isObjectType(of) || depth === 0)) return '';
  const values = needed.map(({ name }) => `${name}: ${given[name]}`).join(', ');
  const inner = isObjectType(of) ? everythingOf(of, given, depth - 1) : '';
  return `${field.name}${values === '' ? '' : `(${values})`} ${inner}`;
}

interface Sent {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}
const sent = new Map<string, Sent>();

async function step(name: string, input: object): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ... on Refusal { code }
    ... on SettlementStepSuccess { cycle { id } } } }`;
  return graph.run(admin, mutation as Document, { idempotencyKey: newId('req'), ...input });
}

/** What happened in the north, and then every read of it, with the statements that were sent for it. */
beforeAll(async () => {
  const member = graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' });
  const { sale, spend, reverse, setAside, propose } = inputsAt(NOW);
  await graph.run(graph.partner(bakery), RECORD, sale(member, 10_000n));
  const { redemption } = await graph.run(graph.partner(books), REDEEM, spend(member, '30'));
  await graph.run(graph.partner(books), REVERSE, reverse(redemption.id, { points: '5' }));
  const { cycle } = await step('cutOffSettlementCycle', {});
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'])
    await step('advanceSettlementCycle', { cycleId: cycle.id, to });
  const { hold } = await graph.run(graph.partner(books), HOLD, setAside(member, '4'));
  await graph.run(admin, PROPOSE, propose(member, 'GOODWILL'));
  await graph.run(graph.member(member), CLAIM_MISSING, {
    ...{ idempotencyKey: newId('req'), partnerId: bakery, externalRef: 'lost', occurredAt: NOW.toISOString() },
    amount: { amountMinor: '900', currency: 'EUR' },
  });
  const query = jest.spyOn(graph.database.within(north.programmeId).pool, 'query');
  const ask = async (document: string, variables: object = {}, who: Principal = admin): Promise<Answer> => {
    const { data, codes } = await graph.ask(who, document, variables as Record<string, unknown>);
    expect(codes).toEqual([]);
    return data;
  };
  const given = {
    ...{ first: '5', cycleId: `"${cycle.id}"`, id: `"${cycle.id}"`, at: `"${NOW.toISOString()}"`, by: 'RECORDED' },
    ...{ from: '"2026-03"', through: '"2026-03"' },
  };
  const roots = schema.getQueryType()!.getFields();
  for (const name of Object.keys(roots).filter((one) => !NOT_ASKED.includes(one)))
    await ask(`{ ${fieldOf(roots[name]!, given, 5)} }`);
  const [line] = (await ask(`{ cycleLines(cycleId: "${cycle.id}", first: 1) { nodes { line { id } } } }`)).cycleLines
    .nodes;
  const explanation = everythingOf(schema.getType('LineExplanation') as GraphQLObjectType, given, 2);
  await ask(`{ explainLine(lineId: "${line.line.id}") ${explanation} }`);
  const entities = {
    Member: { id: member },
    Account: { memberId: member },
    Hold: { id: hold.id },
    Partner: { id: bakery },
  };
  for (const [type, key] of Object.entries(entities))
    for (const by of ['RECORDED', 'EFFECTIVE']) {
      const fields = everythingOf(schema.getType(type) as GraphQLObjectType, { ...given, by }, 5);
      const representations = [{ __typename: type, ...key }];
      await ask(
        `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on ${type} ${fields} } }`,
        { representations },
      );
    }
  for (const [asked, values] of query.mock.calls as unknown as [string | Sent, unknown[] | undefined][]) {
    const text = typeof asked === 'string' ? asked : asked.text;
    const [, name, verb] = /^\/\* (\S+) \*\/\s*(\w+)/.exec(text) ?? [];
    // What was kept the first time somebody asked is no read.
    if (name === undefined || verb === 'insert') continue;
    const one = { name, text, values: (typeof asked === 'string' ? values : asked.values) ?? [] };
    sent.set(JSON.stringify([name, one.values]), one);
  }
  query.mockRestore();
});

const EMPTY = new Set(['null', '0', '"0"', 'false', '[]', '{}', '""']);

/** What rows say that was not in the question: nothing for none, and nothing for sums over none. */
function toldBy(rows: readonly object[], { values }: Sent): unknown[] {
  const asked = JSON.stringify(values);
  const told = rows.flatMap((row) => Object.values(row) as unknown[]).map((value) => JSON.stringify(value) ?? 'null');
  return told.filter((value) => !EMPTY.has(value) && !asked.includes(value));
}

const replayed = async (through: Pick<typeof graph.database, 'pool'>, one: Sent): Promise<unknown[]> =>
  toldBy((await through.pool.query<object>(one.text, one.values)).rows, one);

it('asks the database as its caller’s programme for everything that is read', async () => {
  const names = [...new Set([...sent.values()].map(({ name }) => name))].sort();
  expect(names).toEqual([...TOLD, ...NOTHING_THERE].map((name) => `ledger.${name}`).sort());
});

it('shows another programme nothing by any statement, though each names the programme whose rows it wants', async () => {
  const [told, untold] = [new Set<string>(), new Set<string>()];
  for (const one of sent.values()) {
    // Negative control: the application’s role is told what the north has.
    ((await replayed(graph.database, one)).length === 0 ? untold : told).add(one.name);
    expect([one.name, await replayed(graph.database.within(south.programmeId), one)]).toEqual([one.name, []]);
    expect([one.name, await replayed(graph.database.within(null), one)]).toEqual([one.name, []]);
  }
  const nothing = [...untold].filter((name) => !told.has(name)).sort();
  expect(nothing).toEqual(NOTHING_THERE.map((name) => `ledger.${name}`));
});
