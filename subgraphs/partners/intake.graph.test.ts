import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { projectRoot } from '../../kernel/config/project-root';
import type { Principal } from '../../kernel/context/principal';
import type { PartnerId, ProgrammeId } from '../../kernel/values/id';
import { commandMappings } from './core/intake/intake';
import { INTAKE_TARGETS } from './core/intake/targets';
import { partnersDefinition } from './main';
import { aKeyOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

let graph: PartnersGraph;
let programmeId: ProgrammeId;
let [bakery, books]: PartnerId[] = [];
let admin: Principal;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
  const founded = await graph.found();
  ({ programmeId, admin } = founded);
  [bakery, books] = [founded.partnerId, await graph.join(admin)];
});
afterAll(() => graph.close());

const SET = `mutation ($input: SetIntakeInput!) { setIntake(input: $input) { __typename
  ... on Refusal { code } ... on InvalidInput { field } ... on SetIntakeSuccess { replayed intake { version } } } }`;
const READ =
  'query ($id: ID!) { partner(id: $id) { intake { version customerKind mappings { type event target places } } } }';
async function ask(principal: Principal, query: string, variables: Record<string, unknown>) {
  const { data, codes } = await graph.ask(principal, query, variables);
  expect(codes).toEqual([]);
  return data;
}
const set = async (principal: Principal, input: object) =>
  (await ask(principal, SET, { input: { idempotencyKey: freshKey(), partnerId: bakery, ...input } })).setIntake;
const reviewed = { type: 'TRACK', event: 'Product Reviewed', target: 'ACTION' };

it('keeps a partner’s mapping version by version and announces it as documents and templates', async () => {
  const input = { mappings: [reviewed], idempotencyKey: freshKey() };
  expect(await set(admin, input)).toMatchObject({ replayed: false, intake: { version: 1 } });
  expect(await set(admin, input)).toMatchObject({ replayed: true, intake: { version: 1 } });
  const staff: Principal = { kind: 'staff', programmeId, partnerId: bakery!, subject: 'kim' };
  const places = { externalRef: '$.properties.invoice' };
  expect(
    await set(staff, {
      customerKind: 'EMAIL',
      mappings: [{ type: 'TRACK', event: 'Paid', target: 'PURCHASE', places }],
    }),
  ).toMatchObject({ intake: { version: 2 } });
  const seen = { version: 2, customerKind: 'EMAIL', mappings: [{ event: 'Paid', target: 'PURCHASE', places }] };
  expect((await ask(aKeyOf(programmeId, bakery!), READ, { id: bakery })).partner.intake).toMatchObject(seen);
  expect((await ask(aKeyOf(programmeId, books!), READ, { id: bakery })).partner.intake).toBeNull();
  const announced = await graph.announced('partners.intake.set.v1', 2);
  expect(announced).toHaveLength(2);
  const { mappings } = announced[1]!.payload as {
    mappings: { event: string | null; document: string; template: object }[];
  };
  expect(mappings.map(({ event }) => event)).toEqual(['Paid', null, 'Order Completed', 'Order Refunded']);
  expect(JSON.stringify(mappings[0]?.template)).toContain('$.properties.invoice');
});

it.each([
  [
    'another partner’s staff',
    () => ({ kind: 'staff', programmeId, partnerId: books!, subject: 'kim' }),
    {},
    'NOT_FOUND',
  ],
  ['a partner’s key', () => aKeyOf(programmeId, bakery!), {}, 'FORBIDDEN'],
  ['a partner that is none', () => admin, { partnerId: 'ptr_0' }, 'NOT_FOUND'],
  ['an event of a message that has none', () => admin, { mappings: [{ ...reviewed, type: 'PAGE' }] }, 'INVALID_INPUT'],
  ['a place no command has', () => admin, { mappings: [{ ...reviewed, places: { price: '$.a' } }] }, 'INVALID_INPUT'],
  [
    'a place that is none',
    () => admin,
    { mappings: [{ ...reviewed, places: { action: 'x; drop' } }] },
    'INVALID_INPUT',
  ],
  [
    'an attribute of somebody who is no member yet to be',
    () => admin,
    { mappings: [{ ...reviewed, places: { 'attribute.size': '$.a' } }] },
    'INVALID_INPUT',
  ],
  [
    'an attribute without a name',
    () => admin,
    { mappings: [{ type: 'IDENTIFY', target: 'MEMBER', places: { 'attribute.': '$.a' } }] },
    'INVALID_INPUT',
  ],
  ['101 mappings', () => admin, { mappings: Array(101).fill(reviewed) }, 'INVALID_INPUT'],
] as [string, () => Principal, object, string][])('refuses %s', async (_what, principal, input, code) => {
  expect((await set(principal(), input)).code).toBe(code);
});

it('names mutations the graph has, with the inputs it takes', () => {
  const api = buildSchema(readFileSync(join(projectRoot(), 'schema', 'api.graphql'), 'utf8'));
  const mappings = INTAKE_TARGETS.map((target) => ({ type: 'TRACK', event: null, target, places: {} }) as const);
  const commands = commandMappings({ partnerId: bakery!, version: 1, customerKind: 'EMAIL', mappings }, 'EUR');
  const documents = commands.flatMap(({ document }) => document ?? []);
  expect(documents).toHaveLength(4 + 3);
  for (const document of documents) expect(validate(api, parse(document))).toEqual([]);
});
