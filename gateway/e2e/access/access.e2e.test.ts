import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  getNamedType,
  isLeafType,
  isUnionType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { readHubConfig } from '../../../hub/composition/config';
import { freshDataDir } from '../../../hub/testkit/data-folder';
import { openHub, type Hub } from '../../../hub/composition/open-hub';
import { projectRoot } from '../../../kernel/config/project-root';
import { SUBGRAPHS, type Principal, type SubgraphName } from '../../../kernel/context/principal';
import type { AnyResult } from '../../../kernel/testkit/graph-client';
import { newId } from '../../../kernel/values/id';
import { ACTORS, ROOT_ACCESS, accessMatrix, type Actor, type Cell } from '../../../schema/access';
import { schemaOf } from '../../../schema/printed';
import { testHub, type TestHub } from '../testkit/hubs';
import { makeWorld, type World } from './actors';
import { callArguments, givenIn } from './call-arguments';
import { leave } from './history';
import { walkFrom, type Walk } from './object-walk';

/** Controls take one check away: everybody is let through as an admin, or may read what a partner agreed. */
const mockTaken = { adminOf: false, mayReadTermsOf: false };
type Rule = (principal: Principal, ...of: unknown[]) => unknown;
jest.mock('../../../subgraphs/feedback/app/authorise', () => {
  const real = jest.requireActual<Record<'adminOf', Rule>>('../../../subgraphs/feedback/app/authorise');
  const adminOf: Rule = (one) => (mockTaken.adminOf ? { ...one, kind: 'admin' } : real.adminOf(one));
  return { ...real, adminOf };
});
jest.mock('../../../subgraphs/partners/app/authorise', () => {
  const real = jest.requireActual<Record<'mayReadTermsOf', Rule>>('../../../subgraphs/partners/app/authorise');
  const mayReadTermsOf: Rule = (...asked) => mockTaken.mayReadTermsOf || real.mayReadTermsOf(...asked);
  return { ...real, mayReadTermsOf };
});

const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const API = read('schema/api.graphql');
const matrix = accessMatrix(API);
const schema = schemaOf(API);
/** A subgraph's SDL imports its directives by name, and declares none of them. */
const schemasOfParts = Object.fromEntries(
  SUBGRAPHS.map((name) => [
    name,
    schemaOf(read(`schema/${name}.graphql`).replace(/^extend schema @link[^\n]*\n/m, '')),
  ]),
) as Record<SubgraphName, GraphQLSchema>;

const fieldsOf = (of: GraphQLSchema, root: string) =>
  Object.values((of.getType(root) as GraphQLObjectType | undefined)?.getFields() ?? {});
/** Root fields with rows; what the gateway alone asks of a subgraph has none. */
const rootsOf = (of: GraphQLSchema, root: string) =>
  fieldsOf(of, root)
    .map(({ name }) => `${root}.${name}`)
    .filter((coordinate) => coordinate in ROOT_ACCESS);
const cased = (root: string): [string][] => rootsOf(schema, root).map((coordinate) => [coordinate]);

/** Which subgraph answers each root field. */
const OWNERS = new Map<string, SubgraphName>(
  SUBGRAPHS.flatMap((name) =>
    ['Query', 'Mutation', 'Subscription'].flatMap((root) =>
      rootsOf(schemasOfParts[name], root).map((coordinate) => [coordinate, name] as const),
    ),
  ),
);

/** What an actor would see, and this world has nothing of: a share in another's loss; a tier's benefits. */
const NOT_THEIRS = [/^(PartnerDefault\.shares|LossShare\.\w+) by (partner|staff)$/, /^LocalText\.\w+ by host$/];

/** Of no coalition: the hub's own key, and what a caller's own text comes to. */
const OF_NOBODY = /^(PackageKey|ConditionTrial)\./;
/** Beside its own deposit a partner sees the fund of all. */
const FUND_OF_ALL = /^Guarantee\.(fund|held)$/;

type Outcome = 'let in' | 'turned away' | 'nothing';
type Way = 'through' | 'past';

describe('the access matrix holds at a running hub:', () => {
  let hub: TestHub;
  let inside: Hub;
  let world: World;
  beforeAll(async () => {
    const config = { ...readHubConfig({}), dataDir: await freshDataDir('hub-access-') };
    inside = await openHub({ config, port: 0 });
    hub = await testHub(inside.url, config.dataDir, () => inside.close());
    world = await makeWorld(hub, config);
  });
  afterAll(async () => hub?.close());

  /** Asks as somebody, through the gateway or at the subgraph itself, as if the gateway had let it by. */
  async function ask(
    coordinate: string,
    { actor, way }: { actor: Actor; way: Way },
    selection?: string,
  ): Promise<AnyResult> {
    const { query, variables } = callOf(coordinate, world, selection);
    const { credential, principal } = world.actors[actor];
    const isStream = coordinate.startsWith('Subscription.');
    if (way === 'through') {
      const client = hub.client(credential);
      return isStream ? firstOf(client.subscribe(query, variables)) : (await client.query(query, variables)).body;
    }
    const link = inside.peers.link(OWNERS.get(coordinate)!);
    const request = { query, variables, context: contextOf(principal) };
    return isStream ? firstOf(await link.subscribe(request)) : link.execute(request);
  }

  /** Who is let in without a row, or turned away with one. */
  async function faultsOf(coordinate: string): Promise<string[]> {
    const said = new Set(ROOT_ACCESS[coordinate]!.split(' ').map((word) => word.split(':')[0]));
    const faults: string[] = [];
    for (const actor of ACTORS) {
      for (const way of ['through', 'past'] as const) {
        const outcome = outcomeOf(coordinate, await ask(coordinate, { actor, way }));
        if ((outcome === 'let in') !== said.has(actor))
          faults.push(`${coordinate} as ${actor}, ${way} the gateway: ${outcome}`);
      }
    }
    return faults;
  }

  const LATER = 'Query.runOffs';
  it.each([...cased('Query'), ...cased('Subscription')].filter(([coordinate]) => coordinate !== LATER))(
    '%s, through the gateway and past it',
    async (coordinate) => {
      expect(await faultsOf(coordinate)).toEqual([]);
    },
  );

  describe('the walk finds out', () => {
    afterEach(() => Object.assign(mockTaken, { adminOf: false, mayReadTermsOf: false }));

    it('when a root field lets in whoever asks (control)', async () => {
      mockTaken.adminOf = true;
      expect((await faultsOf('Query.surveyScore')).join()).toContain('as member, past the gateway: let in');
    });

    it('when a field of an object is shown to whoever reaches the object (control)', async () => {
      mockTaken.mayReadTermsOf = true;
      const { leaked } = await objectsSeen('through', ['Query.partner']);
      expect(leaked).toContain('Partner.contract by member');
    });
  });

  /** Selects all that each root field leads to, as each actor who has a row, and compares what was answered with the rows. */
  async function objectsSeen(way: Way, coordinates: readonly string[]) {
    const asked = new Map<string, Set<Actor>>();
    const seen = new Map<string, Set<Actor>>();
    const note = (to: Map<string, Set<Actor>>, coordinate: string, actor: Actor) =>
      to.set(coordinate, (to.get(coordinate) ?? new Set()).add(actor));
    const unanswered: string[] = [];
    for (const root of coordinates) {
      const walk = walkOf(root, way);
      for (const actor of ACTORS.filter((one) => matrix.get(root)![one] !== 'no')) {
        const result = await ask(root, { actor, way }, walk.selection);
        const codes = (result.errors ?? []).map(({ extensions }) => String(extensions?.['code']));
        if (codes.some((code) => code !== 'FORBIDDEN'))
          unanswered.push(`${root} as ${actor}: ${JSON.stringify(result.errors)}`);
        for (const coordinate of walk.coordinates) note(asked, coordinate, actor);
        for (const coordinate of walk.seenIn(result.data?.it)) note(seen, coordinate, actor);
      }
    }
    const pairs = (of: Map<string, Set<Actor>>) =>
      [...of].flatMap(([coordinate, actors]) => [...actors].map((actor) => ({ coordinate, actor })));
    const may = ({ coordinate, actor }: { coordinate: string; actor: Actor }) =>
      matrix.get(coordinate)?.[actor] !== 'no';
    const told = ({ coordinate, actor }: { coordinate: string; actor: Actor }) => `${coordinate} by ${actor}`;
    return {
      asked: new Set(asked.keys()),
      unanswered,
      /** Seen without a row. */
      leaked: pairs(seen)
        .filter((one) => !may(one))
        .map(told),
      /** Seen by others, and not by one that has a row. */
      withheld: pairs(asked)
        .filter((one) => may(one) && seen.has(one.coordinate) && !seen.get(one.coordinate)!.has(one.actor))
        .map(told)
        .filter((one) => !NOT_THEIRS.some((known) => known.test(one))),
      /** Seen by nobody. */
      empty: [...asked.keys()].filter((coordinate) => !seen.has(coordinate)).sort(),
    };
  }

  it.each(['through', 'past'] as const)('every field of every object, as each actor, %s the gateway', async (way) => {
    const all = [...rootsOf(schema, 'Query'), ...rootsOf(schema, 'Subscription')].filter((root) => root !== LATER);
    const { leaked, withheld, empty, unanswered, asked } = await objectsSeen(way, all);
    process.stderr.write(
      `${way} the gateway: ${asked.size} fields of objects asked for, ${empty.length} hold nothing here\n`,
    );
    expect({ leaked, withheld, unanswered }).toEqual({ leaked: [], withheld: [], unanswered: [] });
    expect(empty.length).toBeLessThan(asked.size / 5);
    // The limit of depth keeps nothing from being asked for: what lies too deep below one root is nearer to another.
    const there = all.flatMap((root) => [...walkOf(root, way, -Infinity).coordinates]);
    expect(there.filter((coordinate) => !asked.has(coordinate))).toEqual([]);
  });

  it('nothing that is another’s, by any root field past the gateway, as strangers of this coalition or another', async () => {
    const leaked: string[] = [];
    for (const root of rootsOf(schema, 'Query').filter((one) => one !== LATER)) {
      const walk = walkOf(root, 'past');
      const { query, variables } = callOf(root, world, walk.selection);
      for (const [name, principal] of Object.entries(world.strangers)) {
        const request = { query, variables, context: contextOf(principal) };
        const result = await inside.peers.link(OWNERS.get(root)!).execute(request);
        const isWithin = 'programmeId' in principal && principal.programmeId === world.coalition.programmeId;
        for (const coordinate of walk.seenIn(result.data?.['it'])) {
          const cell = matrix.get(coordinate)![principal.kind as Actor];
          const isOpen = isWithin && (cell === 'yes' || FUND_OF_ALL.test(coordinate));
          if (!isOpen && !OF_NOBODY.test(coordinate)) leaked.push(`${root}: ${coordinate} (${cell}) by ${name}`);
        }
      }
    }
    expect(leaked).toEqual([]);
  });

  function walkOf(root: string, way: Way, depth = 1): Walk {
    const within = way === 'through' ? schema : schemasOfParts[OWNERS.get(root)!];
    const field = fieldsOf(within, root.split('.')[0]!).find(({ name }) => root.endsWith(`.${name}`))!;
    return walkFrom(within, getNamedType(field.type), { depth, given: givenIn(world) });
  }

  /** Objects the gateway fetches by reference: whoever could make it ask for another's would read another's. */
  const references: readonly [SubgraphName, string, (world: World) => Record<string, unknown>][] = [
    ['members', 'Member', ({ memberId }) => ({ id: memberId })],
    ['ledger', 'Member', ({ memberId }) => ({ id: memberId })],
    ['rewards', 'Member', ({ memberId }) => ({ id: memberId })],
    ['ledger', 'Account', ({ memberId }) => ({ memberId })],
    ['ledger', 'Hold', ({ ids }) => ({ id: ids.hold })],
    ['ledger', 'SettlementCycle', ({ ids }) => ({ id: ids.cycle })],
    ['rewards', 'Reward', ({ ids }) => ({ id: ids.reward })],
    ['rewards', 'Voucher', ({ ids }) => ({ id: ids.voucher })],
    ['feedback', 'SurveyInvitation', ({ ids }) => ({ id: ids.invitation })],
    ['partners', 'Partner', ({ coalition }) => ({ id: coalition.bakery.id })],
    ['partners', 'Programme', ({ coalition }) => ({ id: coalition.programmeId })],
  ];

  it.each(references)('%s, asked by reference for every field of a %s', async (subgraph, type, reference) => {
    const part = schemasOfParts[subgraph];
    const walk = walkFrom(part, part.getType(type)!, { depth: 1, given: givenIn(world) });
    const key = Object.keys(reference(world)).map((name) => `${type}.${name}`);
    const seenBy = async (principal: Principal) => {
      const result = await inside.peers.link(subgraph).execute({
        query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} ${walk.selection} } }`,
        variables: { of: [{ __typename: type, ...reference(world) }] },
        context: contextOf(principal),
      });
      const seen = walk.seenIn(result.data?.['_entities']);
      // Its key is what the asker said.
      return [...seen].filter((coordinate) => !key.includes(coordinate)).sort();
    };
    const seen = new Map<Actor, string[]>();
    for (const actor of ACTORS) seen.set(actor, await seenBy(world.actors[actor].principal));
    const own = [...new Set([...seen.values()].flat())]
      .filter((coordinate) => coordinate.startsWith(`${type}.`))
      .sort();
    expect(own).not.toEqual([]);
    const shown = (actor: Actor, cells: readonly Cell[]) => (coordinate: string) =>
      cells.includes(matrix.get(coordinate)![actor]);
    const expectSight = (name: string, found: readonly string[], isShown: (coordinate: string) => boolean) => {
      // What lies further off is seen by fewer than might see it elsewhere, never by more.
      expect([name, found.filter((coordinate) => !isShown(coordinate))]).toEqual([name, []]);
      expect([name, found.filter((coordinate) => own.includes(coordinate))]).toEqual([name, own.filter(isShown)]);
    };
    for (const actor of ACTORS) expectSight(actor, seen.get(actor)!, shown(actor, ['yes', 'own']));
    for (const [name, principal] of Object.entries(world.strangers)) {
      // What all of a coalition may see, its other partners and members may see as well.
      const isWithin = 'programmeId' in principal && principal.programmeId === world.coalition.programmeId;
      const isShown = isWithin ? shown(principal.kind as Actor, ['yes']) : () => false;
      expectSight(name, await seenBy(principal), isShown);
    }
  });

  describe('once a brand leaves', () => {
    beforeAll(() => leave(world.coalition));

    it(`${LATER}, through the gateway and past it, and all that it leads to`, async () => {
      expect(await faultsOf(LATER)).toEqual([]);
      for (const way of ['through', 'past'] as const) {
        expect(await objectsSeen(way, [LATER, 'Query.partner'])).toMatchObject({
          leaked: [],
          withheld: [],
          unanswered: [],
        });
      }
    });
  });

  // Last: some of the commands are carried out.
  it.each(cased('Mutation'))('%s, through the gateway and past it', async (coordinate) => {
    expect(await faultsOf(coordinate)).toEqual([]);
  });
});

function contextOf(principal: Principal) {
  return { principal, requestId: newId('req'), deadlineAt: new Date(Date.now() + 5_000) };
}

async function firstOf(stream: AsyncIterator<unknown>): Promise<AnyResult> {
  const { value } = await stream.next();
  await stream.return?.();
  return value as AnyResult;
}

function callOf(
  coordinate: string,
  world: World,
  selection?: string,
): { query: string; variables: Record<string, unknown> } {
  const [root = '', name] = coordinate.split('.');
  const field = fieldsOf(schema, root).find((one) => one.name === name)!;
  const variables = callArguments(coordinate, { field, world });
  const given = field.args.filter((argument) => argument.name in variables);
  const declared =
    given.length === 0 ? '' : `(${given.map(({ name: of, type }) => `$${of}: ${String(type)}`).join(', ')})`;
  const passed = given.length === 0 ? '' : `(${given.map(({ name: of }) => `${of}: $${of}`).join(', ')})`;
  return {
    query: `${root.toLowerCase()} ${declared} { it: ${name}${passed} ${selection ?? selectionOf(field)} }`,
    variables,
  };
}

function selectionOf({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isUnionType(named)) return '{ __typename ... on Refusal { code } }';
  return named.name.endsWith('Connection') ? '{ nodes { __typename } }' : '{ __typename }';
}

/** What came of a call: FORBIDDEN in whichever form, an answer that holds nothing, or anything else. A stream is there or not. */
function outcomeOf(coordinate: string, { data, errors }: AnyResult): Outcome {
  const code = errors?.[0]?.extensions?.['code'];
  if (code !== undefined)
    return code === 'FORBIDDEN' || coordinate.startsWith('Subscription.') ? 'turned away' : 'let in';
  const it = data?.['it'];
  const first = (Array.isArray(it) ? it[0] : it) as { code?: string; nodes?: unknown[] } | null | undefined;
  if (first?.code !== undefined) return first.code === 'FORBIDDEN' ? 'turned away' : 'let in';
  if (first?.nodes !== undefined) return first.nodes.length === 0 ? 'nothing' : 'let in';
  return first == null ? 'nothing' : 'let in';
}
