import { buildOperationContext, executeQueryPlan } from '@apollo/gateway';
import { Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { operationFromDocument } from '@apollo/federation-internals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse, type ExecutionResult } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import { composeSupergraph } from '../../kernel/graph/compose';
import { LocalLink } from '../../kernel/graph/local-link';
import { ApolloPlanner } from './apollo';
import { LinkDataSource, type DataSource } from './link-data-source';

const HEADER = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@shareable"])\n`;
const MEMBERS = `${HEADER}
type Query { members: [Member!]!  node(id: ID!): Node  thing(kind: String!): Thing  odd: Odd  flag(on: Boolean = true): Boolean }
type Mutation { rename(id: ID!, name: String!): RenameResult! }
interface Node { id: ID! }
type Member implements Node @key(fields: "id") { id: ID!  name: String!  nick: Nick!  friends: [Member]!  tags: [[String!]] }
type Nick { first: String!  second: String }
type Odd { must: String!  may: String  level: Level  inner: Odd  list: [Int!] }
enum Level { LOW HIGH }
union Thing = Paper | Stone
type Paper { weight: Int  title: String }
type Stone { weight: String  title: String }
union RenameResult = Renamed | Refused
type Renamed { member: Member! }
type Refused { code: String! }
`;
const LEDGER = `${HEADER}
type Query { totals: Int! }
type Member @key(fields: "id") {
  id: ID!
  nick: Nick! @external
  greeting: String @requires(fields: "nick { first }")
  account: Account!
  risky: String
}
type Nick { first: String! @external }
type Account { id: ID!  available: String!  owner: Member! }
`;

const NAMES = ['Anna', 'Piotr', 'Lena'];
const memberOf = (at: number) => ({
  id: `m${at}`,
  name: NAMES[at],
  nick: { first: `nick-${at}`, second: null },
  // The first is everybody's friend: the same entity at several places.
  friends: [0, 2, 9].map((friend) => (friend < NAMES.length ? { id: `m${friend}`, name: NAMES[friend] } : null)),
  tags: [['a', 'b'], null],
});

const membersResolvers = {
  Query: {
    members: () => NAMES.map((_, at) => memberOf(at)),
    node: (_: unknown, { id }: { id: string }) => ({ __typename: 'Member', ...memberOf(Number(id.slice(1))) }),
    thing: (_: unknown, { kind }: { kind: string }) => ({ __typename: kind, weight: kind === 'Paper' ? 1 : 'heavy' }),
    flag: (_: unknown, { on }: { on: boolean }) => on,
  },
  Mutation: {
    rename: (_: unknown, { id, name }: { id: string; name: string }) =>
      name === ''
        ? { __typename: 'Refused', code: 'NO' }
        : { __typename: 'Renamed', member: memberOf(Number(id.slice(1))) },
  },
  Member: { __resolveReference: ({ id }: { id: string }) => memberOf(Number(id.slice(1))) },
};
const ledgerResolvers = {
  Query: { totals: () => 7 },
  Member: {
    __resolveReference: (reference: object) => reference,
    greeting: ({ nick }: { nick: { first: string } }) => `hello ${nick.first}`,
    account: ({ id }: { id: string }) => ({ id: `acc-${id}`, available: '1', owner: { id } }),
    risky: ({ id }: { id: string }) => {
      if (id === 'm0') throw new GraphQLError('Not this one.', { extensions: { code: 'FORBIDDEN' } });
      return 'fine';
    },
  },
};

const OPERATIONS: [string, string, Record<string, unknown>?][] = [
  ['fields of two subgraphs', '{ members { id name account { available } greeting } }'],
  ['the same entity at several places', '{ members { name friends { name account { id owner { name } } } } }'],
  ['aliases', '{ a: members { x: name y: account { z: available } } b: members { friends { w: account { id } } } }'],
  [
    'fragments on an interface',
    '{ node(id: "m1") { id ... on Member { name account { id } ...more } } } fragment more on Member { nick { first } greeting }',
  ],
  [
    'type names',
    '{ __typename members { __typename kind: __typename account { __typename } } node(id: "m1") { __typename } }',
  ],
  [
    'a field two types answer differently',
    '{ thing(kind: "Paper") { ... on Paper { w: weight title } ... on Stone { v: weight } } }',
  ],
  [
    'a name two types answer differently',
    '{ thing(kind: "Stone") { ... on Paper { weight } ... on Stone { weightOf: weight } } }',
  ],
  [
    'conditions that hold',
    'query ($yes: Boolean!) { members @include(if: $yes) { name account @skip(if: $yes) { id } } totals }',
    { yes: true },
  ],
  ['conditions that do not', 'query ($yes: Boolean!) { members @include(if: $yes) { name } totals }', { yes: false }],
  [
    'conditions by default',
    'query ($yes: Boolean = false) { totals members { account @include(if: $yes) { id } name @include(if: true) } }',
  ],
  ['variables with defaults', 'query ($on: Boolean = false) { flag(on: $on) }'],
  ['variables left out', 'query ($on: Boolean) { flag(on: $on) }'],
  ['an error at one entity', '{ members { name risky friends { risky } } }'],
  ['the schema beside others', '{ totals __type(name: "Nick") { name fields { name } } }'],
  [
    'names that objects inherit',
    '{ constructor: totals toString: members { valueOf: name hasOwnProperty: account { id } } }',
  ],
  ['lists of lists', '{ members { tags } }'],
  [
    'a mutation and what follows from it',
    'mutation { rename(id: "m1", name: "x") { __typename ... on Renamed { member { name account { available } } } } }',
  ],
  ['a mutation that is refused', 'mutation { rename(id: "m1", name: "") { ... on Refused { code } } }'],
  [
    'fields asked for twice',
    '{ members { account { id } account { available } ... on Member { account { owner { id } } } } }',
  ],
];

/** What a subgraph of ours would never answer, and another might. */
const ODD_ANSWERS: readonly (readonly [string, unknown])[] = [
  ['a null where none is allowed', { odd: { must: null, may: 'x' } }],
  ['one below a nullable field', { odd: { must: 'x', inner: { must: null } } }],
  ['a value that is none of the enum', { odd: { must: 'x', level: 'MIDDLE' } }],
  ['a text for a number in a list', { odd: { must: 'x', list: [1, '2'] } }],
  ['a missing field', { odd: {} }],
  ['nothing', { odd: null }],
];

const supergraphSdl = composeSupergraph([
  { name: 'members', sdl: MEMBERS },
  { name: 'ledger', sdl: LEDGER },
]);
const context: RequestContext = {
  principal: { kind: 'anonymous' },
  requestId: 'req',
  deadlineAt: new Date(Date.now() + 60_000),
};
const linkOf = (name: 'members' | 'ledger', sdl: string, resolvers: object) =>
  new LinkDataSource(
    new LocalLink(name, buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]), () => ({})),
  );
const whole = {
  members: linkOf('members', MEMBERS, membersResolvers),
  ledger: linkOf('ledger', LEDGER, ledgerResolvers),
};
const down: DataSource = { process: async () => ({ errors: [new GraphQLError('down')] }) };
const thrown: DataSource = { process: () => Promise.reject(new Error('no way')) };
const answering = (data: unknown): DataSource => ({ process: async () => ({ data: structuredClone(data) as never }) });

const ours = new ApolloPlanner(supergraphSdl);
const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
const [api, theirs] = [supergraph.apiSchema(), new QueryPlanner(supergraph, { exposeDocumentNodeInFetchNode: true })];
const apiSchema = api.toGraphQLJSSchema();

type Sources = Record<string, DataSource>;

async function byApollo(query: string, variables: Record<string, unknown>, sources: Sources): Promise<ExecutionResult> {
  const document = parse(query);
  const plan = theirs.buildQueryPlan(operationFromDocument(api, document, { validate: false }));
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  return executeQueryPlan(
    plan,
    sources as never,
    { request: { variables }, context, metrics: {}, logger } as never,
    buildOperationContext({ schema: apiSchema, operationDocument: document }),
    supergraph.schema.toGraphQLJSSchema(),
    api,
  );
}

function byUs(query: string, variables: Record<string, unknown>, sources: Sources): Promise<ExecutionResult> {
  return ours.run({ plan: ours.plan(parse(query), undefined), variables, context, sources });
}

/** Data, and where errors are: their wording is ours. */
function comparable({ data, errors, extensions }: ExecutionResult) {
  const told = errors ?? (extensions as { valueCompletion?: ExecutionResult['errors'] } | undefined)?.valueCompletion;
  const places = (told ?? []).map(({ path }) => JSON.stringify(path ?? null));
  return { data: JSON.parse(JSON.stringify(data)) as unknown, places: places.toSorted() };
}

describe('our execution of a plan, beside Apollo’s', () => {
  const states: readonly (readonly [string, Sources])[] = [
    ['all subgraphs up', whole],
    ['one subgraph down', { ...whole, ledger: down }],
    ['one subgraph failing', { ...whole, ledger: thrown }],
  ];
  for (const [state, sources] of states) {
    it.each([...OPERATIONS])(`answers the same to %s, with ${state}`, async (_, query, variables = {}) => {
      const [mine, reference] = [await byUs(query, variables, sources), await byApollo(query, variables, sources)];
      expect(comparable(mine)).toEqual(comparable(reference));
    });
  }

  it.each(ODD_ANSWERS)('makes the same of %s', async (_, data) => {
    const sources = { ...whole, members: answering(data) };
    const query = '{ odd { must may level list inner { must may } } }';
    expect(comparable(await byUs(query, {}, sources))).toEqual(comparable(await byApollo(query, {}, sources)));
  });

  it('asks for an entity once, however often it stands in the answer', async () => {
    const asked: number[] = [];
    const counting: DataSource = {
      process: (fetch) => {
        asked.push((fetch.request.variables?.['representations'] as unknown[]).length);
        return whole.ledger.process(fetch);
      },
    };
    await byUs('{ members { friends { account { id } } } }', {}, { ...whole, ledger: counting });
    expect(asked).toEqual([2]);
  });

  it('tells a subgraph’s fault in its own words also when it has no code, as one of another process may not', async () => {
    const execute = async () => JSON.parse('{"errors":[{"message":"There is no such field."}]}') as ExecutionResult;
    const other = new LinkDataSource({ name: 'ledger', execute } as unknown as LocalLink);
    const { errors } = await byUs('{ totals }', {}, { ...whole, ledger: other });
    expect(errors?.map(({ message }) => message)).toEqual(['There is no such field.']);
  });

  it('keeps what a client calls __proto__ a field like any other', async () => {
    const { data } = await byUs('{ __proto__: totals }', {}, whole);
    expect(JSON.stringify(data)).toBe('{"__proto__":7}');
  });
});
