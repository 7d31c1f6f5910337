import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isLeafType, isUnionType, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { readHubConfig } from '../../../hub/composition/config';
import { freshDataDir } from '../../../hub/testkit/data-folder';
import { openHub, type Hub } from '../../../hub/composition/open-hub';
import { projectRoot } from '../../../kernel/config/project-root';
import type { Principal, SubgraphName } from '../../../kernel/context/principal';
import { SUBGRAPHS } from '../../../kernel/context/principal';
import { newId } from '../../../kernel/values/id';
import { ACTORS, ROOT_ACCESS, accessMatrix, type Actor } from '../../../schema/access';
import { testHub, type TestHub } from '../testkit/hubs';
import { makeWorld, type World } from './actors';
import { sampleArguments } from './sample-arguments';

const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const API = read('schema/api.graphql');
const schema = buildSchema(API);

/** Which subgraph answers each root field. */
const OWNERS = new Map<string, SubgraphName>(
  SUBGRAPHS.flatMap((name) => {
    const sdl = read(`schema/${name}.graphql`);
    return ['Query', 'Mutation'].flatMap((root) => {
      const block = new RegExp(`^type ${root} \\{\\n([^]*?)^\\}`, 'm').exec(sdl)?.[1] ?? '';
      return [...block.matchAll(/^ {2}(\w+)[(:]/gm)].map(([, field]) => [`${root}.${field}`, name] as const);
    });
  }),
);

/** Arguments that well-formed samples would not come far enough with. */
const BETTER: Readonly<Record<string, (world: World) => Record<string, unknown>>> = {
  'Query.member': ({ memberId }) => ({ ref: { id: memberId } }),
  'Query.memberFacts': ({ memberId }) => ({ memberId }),
  'Query.partner': ({ coalition }) => ({ id: coalition.bakery.id }),
  'Query.programme': ({ coalition }) => ({ key: coalition.key }),
  'Query.reward': ({ ids }) => ({ id: ids.reward }),
  'Query.settlementCycle': ({ ids }) => ({ id: ids.cycle }),
  'Query.partnerTotals': ({ ids }) => ({ cycleId: ids.cycle }),
  'Query.cycleLines': ({ ids }) => ({ cycleId: ids.cycle, first: 1 }),
  'Query.pointFlows': ({ ids }) => ({ cycleId: ids.cycle }),
};

/** Queries that answer nothing to those who may ask as well: there is no such object in the world of this test. */
const EMPTY_HERE = new Set([
  'Query.termsNoticeProgress',
  'Query.closingPackage',
  'Query.cycleLines',
  'Query.explainLine',
  'Query.accountFreezes',
  'Query.guarantees',
  'Query.runOffs',
  'Query.adjustments',
  'Query.campaignCalendar',
  'Query.campaignReport',
  'Query.campaignReports',
  'Query.campaignVerdicts',
  'Query.experimentReport',
  'Query.experiments',
  'Query.redemptionRates',
  'Query.missingClaims',
  'Query.operatorSettlementDetails',
  'Query.segments',
  'Query.settlementDocument',
  'Query.settlementDocuments',
  'Query.settlementStatement',
  'Query.surveyScore',
]);

type Outcome = 'let in' | 'turned away' | 'nothing';

describe('the access matrix holds at a running hub:', () => {
  let hub: TestHub;
  let inside: Hub;
  let world: World;
  beforeAll(async () => {
    const dataDir = await freshDataDir('hub-access-');
    inside = await openHub({ config: { ...readHubConfig({}), dataDir }, port: 0 });
    hub = await testHub(inside.url, dataDir, () => inside.close());
    world = await makeWorld(hub);
  });
  afterAll(async () => hub.close());

  const roots = [schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[];
  const fields = roots.flatMap((root) => Object.keys(root.getFields()).map((name) => [`${root.name}.${name}`]));

  it.each(fields)('%s, through the gateway and past it', async (coordinate: string) => {
    const said = new Set(ROOT_ACCESS[coordinate]!.split(' ').map((word) => word.split(':')[0]));
    for (const actor of ACTORS) {
      const { query, variables } = callOf(coordinate, world);
      const { credential, principal } = world.actors[actor];
      const { body } = await hub.client(credential).query(query, variables);
      const within = await askWithin(coordinate, principal);
      for (const [way, outcome] of [
        ['through', outcomeOf(body)],
        ['past', outcomeOf(within)],
      ] as const) {
        const isLetIn =
          outcome === 'let in' || (outcome === 'nothing' && EMPTY_HERE.has(coordinate) && said.has(actor));
        expect([coordinate, actor, way, isLetIn]).toEqual([coordinate, actor, way, said.has(actor)]);
      }
    }
  });

  async function askWithin(coordinate: string, principal: Principal) {
    const { query, variables } = callOf(coordinate, world);
    return inside.peers.link(OWNERS.get(coordinate)!).execute({ query, variables, context: contextOf(principal) });
  }

  /** Objects the gateway fetches by reference: whoever could make it ask for another's would read another's. */
  const probes: readonly {
    readonly subgraph: SubgraphName;
    readonly select: string;
    readonly coordinate: string;
    readonly reference: (world: World) => Record<string, unknown>;
  }[] = [
    {
      subgraph: 'members',
      select: 'Member { displayName }',
      coordinate: 'Member.displayName',
      reference: ({ memberId }) => ({ id: memberId }),
    },
    {
      subgraph: 'ledger',
      select: 'Member { account { available } }',
      coordinate: 'Account.available',
      reference: ({ memberId }) => ({ id: memberId }),
    },
    {
      subgraph: 'ledger',
      select: 'Account { available }',
      coordinate: 'Account.available',
      reference: ({ memberId }) => ({ memberId }),
    },
    {
      subgraph: 'ledger',
      select: 'Hold { points }',
      coordinate: 'Hold.points',
      reference: ({ ids }) => ({ id: ids.hold }),
    },
    {
      subgraph: 'ledger',
      select: 'SettlementCycle { state }',
      coordinate: 'SettlementCycle.state',
      reference: ({ ids }) => ({ id: ids.cycle }),
    },
    {
      subgraph: 'rewards',
      select: 'Reward { name }',
      coordinate: 'Reward.name',
      reference: ({ ids }) => ({ id: ids.reward }),
    },
    {
      subgraph: 'rewards',
      select: 'Voucher { code }',
      coordinate: 'Voucher.code',
      reference: ({ ids }) => ({ id: ids.voucher }),
    },
    {
      subgraph: 'feedback',
      select: 'SurveyInvitation { answeredAt expiresAt }',
      coordinate: 'SurveyInvitation.expiresAt',
      reference: ({ ids }) => ({ id: ids.invitation }),
    },
    {
      subgraph: 'partners',
      select: 'Partner { contract { version } }',
      coordinate: 'Partner.contract',
      reference: ({ coalition }) => ({ id: coalition.bakery.id }),
    },
    {
      subgraph: 'partners',
      select: 'Partner { keys { id } }',
      coordinate: 'Partner.keys',
      reference: ({ coalition }) => ({ id: coalition.bakery.id }),
    },
    {
      subgraph: 'partners',
      select: 'Programme { name }',
      coordinate: 'Programme.name',
      reference: ({ coalition }) => ({ id: coalition.programmeId }),
    },
  ];

  it.each(probes)('$subgraph, asked by reference for $select', async ({ subgraph, select, coordinate, reference }) => {
    const typeName = select.split(' ')[0];
    const ask = async (principal: Principal) => {
      const result = await inside.peers.link(subgraph).execute({
        query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${select} } }`,
        variables: { of: [{ __typename: typeName, ...reference(world) }] },
        context: contextOf(principal),
      });
      return seesSomething((result.data?.['_entities'] as unknown[] | undefined)?.[0]);
    };
    const row = accessMatrix(API).get(coordinate)!;
    for (const actor of ACTORS) {
      const seen = await ask(world.actors[actor].principal);
      expect([coordinate, actor, seen]).toEqual([coordinate, actor, row[actor] !== 'no']);
    }
    for (const [name, principal] of Object.entries(world.strangers)) {
      // What all of a coalition may see, its other partners and members may see as well.
      const isOpenWithin =
        'programmeId' in principal &&
        principal.programmeId === world.coalition.programmeId &&
        row[principal.kind as Actor] === 'yes';
      expect([coordinate, name, await ask(principal)]).toEqual([coordinate, name, isOpenWithin]);
    }
  });
});

function contextOf(principal: Principal) {
  return { principal, requestId: newId('req'), deadlineAt: new Date(Date.now() + 5_000) };
}

function callOf(coordinate: string, world: World): { query: string; variables: Record<string, unknown> } {
  const [root, name] = coordinate.split('.') as [string, string];
  const field = (schema.getType(root) as GraphQLObjectType).getFields()[name] as GraphQLField<unknown, unknown>;
  const variables = BETTER[coordinate]?.(world) ?? sampleArguments(field);
  const given = field.args.filter((argument) => argument.name in variables);
  const declared =
    given.length === 0 ? '' : `(${given.map(({ name: of, type }) => `$${of}: ${String(type)}`).join(', ')})`;
  const passed = given.length === 0 ? '' : `(${given.map(({ name: of }) => `${of}: $${of}`).join(', ')})`;
  return { query: `${root.toLowerCase()} ${declared} { it: ${name}${passed} ${selectionOf(field)} }`, variables };
}

function selectionOf({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isUnionType(named)) return '{ __typename ... on Refusal { code } }';
  return named.name.endsWith('Connection') ? '{ nodes { __typename } }' : '{ __typename }';
}

/** What came of a call: FORBIDDEN in whichever form, an answer that holds nothing, or anything else. */
function outcomeOf({
  data,
  errors,
}: {
  data?: unknown;
  errors?: readonly { extensions?: { code?: unknown } }[];
}): Outcome {
  const code = errors?.[0]?.extensions?.code;
  if (code !== undefined) return code === 'FORBIDDEN' ? 'turned away' : 'let in';
  const it = (data as Record<string, unknown> | null)?.['it'];
  const first = (Array.isArray(it) ? it[0] : it) as { code?: string; nodes?: unknown[] } | null | undefined;
  if (first?.code !== undefined) return first.code === 'FORBIDDEN' ? 'turned away' : 'let in';
  if (first?.nodes !== undefined) return first.nodes.length === 0 ? 'nothing' : 'let in';
  return first == null ? 'nothing' : 'let in';
}

function seesSomething(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.some(seesSomething);
  return Object.entries(value).some(([name, field]) => name !== '__typename' && seesSomething(field));
}
