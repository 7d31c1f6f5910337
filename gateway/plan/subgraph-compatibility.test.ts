import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { parse, stripIgnoredCharacters, type ExecutionResult } from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import { composeSupergraph } from '../../kernel/graph/compose';
import { LocalLink } from '../../kernel/graph/local-link';
import { buildInventory, buildUsers, INVENTORY, USERS } from '../testkit/compatibility/neighbours';
import { buildProducts } from '../testkit/compatibility/products';
import { ApolloPlanner } from './apollo';
import { LinkDataSource } from './link-data-source';

/**
 * The 23 checks of Apollo's suite of subgraph compatibility (`@apollo/federation-subgraph-compatibility`, which needs containers),
 * over a subgraph of our builder. Where the suite asks its router, the three subgraphs are composed as ours are, and our planner
 * and steps answer.
 */
const products = buildProducts();
const context = {
  principal: { kind: 'anonymous' },
  requestId: 'req',
  deadlineAt: new Date(Date.now() + 60_000),
} as const;
const linkOf = (name: string, schema: typeof products.schema) =>
  new LocalLink(name as SubgraphName, schema, () => ({}));
const links = {
  products: linkOf('products', products.schema),
  users: linkOf('users', buildUsers()),
  inventory: linkOf('inventory', buildInventory()),
};
const supergraphSdl = composeSupergraph(
  [
    { name: 'products', sdl: products.sdl },
    { name: 'users', sdl: USERS },
    { name: 'inventory', sdl: INVENTORY },
  ].map(({ name, sdl }) => ({ name: name as SubgraphName, sdl })),
);
const planner = new ApolloPlanner(supergraphSdl);
const sources = Object.fromEntries(Object.entries(links).map(([name, link]) => [name, new LinkDataSource(link)]));

/** Asks the subgraph itself. */
async function subgraph(query: string, variables: object = {}): Promise<unknown> {
  const { data, errors } = await links.products.execute({ query, variables: variables as never, context });
  expect(errors).toBeUndefined();
  return plain(data);
}

/** Asks the graph of the three. */
async function graph(query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const { data, errors } = await planner.run({
    plan: planner.plan(parse(query), undefined),
    variables,
    context,
    sources,
  });
  expect(errors).toBeUndefined();
  return plain(data);
}

const plain = (data: ExecutionResult['data']): unknown => JSON.parse(JSON.stringify(data));

async function sdlOf(): Promise<string> {
  const { _service } = (await subgraph('{ _service { sdl } }')) as { _service: { sdl: string } };
  return stripIgnoredCharacters(_service.sdl);
}

const FEDERATION = { id: 'apollo-federation' };
const entities = (representations: object[], selection: string): Promise<unknown> =>
  subgraph(`query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`, {
    representations,
  });

describe('a subgraph of our builder', () => {
  it('federation specification: has the types of the specification', async () => {
    const types = `{ service: __type(name: "_Service") { kind fields { name } }
      any: __type(name: "_Any") { kind } fieldSet: __type(name: "FieldSet") { kind }
      purpose: __type(name: "link__Purpose") { kind } entity: __type(name: "_Entity") { kind possibleTypes { name } } }`;
    const { entity, ...others } = (await subgraph(types)) as {
      entity: { kind: string; possibleTypes: { name: string }[] };
    };
    expect(others).toEqual({
      service: { kind: 'OBJECT', fields: [{ name: 'sdl' }] },
      any: { kind: 'SCALAR' },
      fieldSet: { kind: 'SCALAR' },
      purpose: { kind: 'ENUM' },
    });
    expect(entity.kind).toBe('UNION');
    const names = entity.possibleTypes.map(({ name }) => name).sort();
    expect(names).toEqual(['DeprecatedProduct', 'Inventory', 'Product', 'ProductResearch', 'User']);
  });

  it('service field: tells its SDL as a text that is never null', async () => {
    const type = '{ __type(name: "_Service") { fields { name type { kind ofType { name } } } } }';
    expect(await subgraph(type)).toEqual({
      __type: { fields: [{ name: 'sdl', type: { kind: 'NON_NULL', ofType: { name: 'String' } } }] },
    });
  });

  it('introspection: answers the SDL it was built from', async () => {
    const sdl = await sdlOf();
    expect(sdl).toContain('type Query{');
    for (const type of ['Product', 'DeprecatedProduct', 'ProductVariation', 'ProductResearch', 'CaseStudy', 'User'])
      expect(sdl).toMatch(new RegExp(`type ${type}[ @{]`));
  });

  it('@key single: finds an entity by one field', async () => {
    const users = await entities(
      [{ __typename: 'User', email: 'support@apollographql.com' }],
      '... on User { email name }',
    );
    expect(users).toEqual({ _entities: [{ email: 'support@apollographql.com', name: 'Jane Smith' }] });
  });

  it('@key multiple: finds an entity by several fields', async () => {
    const key = { sku: 'apollo-federation-v1', package: '@apollo/federation-v1' };
    const found = await entities(
      [{ __typename: 'DeprecatedProduct', ...key }],
      '... on DeprecatedProduct { sku package reason }',
    );
    expect(found).toEqual({ _entities: [{ ...key, reason: 'Migrate to Federation V2' }] });
  });

  it('@key composite: finds an entity by a field of an object', async () => {
    const found = await entities(
      [{ __typename: 'ProductResearch', study: { caseNumber: '1234' } }],
      '... on ProductResearch { study { caseNumber description } }',
    );
    expect(found).toEqual({ _entities: [{ study: { caseNumber: '1234', description: 'Federation Study' } }] });
  });

  it('repeatable @key: finds an entity by each of its keys', async () => {
    const found = await entities(
      [
        { __typename: 'Product', ...FEDERATION },
        { __typename: 'Product', sku: 'federation', package: '@apollo/federation' },
        { __typename: 'Product', sku: 'studio', variation: { id: 'platform' } },
      ],
      '... on Product { id sku }',
    );
    const federation = { ...FEDERATION, sku: 'federation' };
    expect(found).toEqual({ _entities: [federation, federation, { id: 'apollo-studio', sku: 'studio' }] });
  });

  it('@requires: says so in its SDL', async () => {
    expect(await sdlOf()).toMatch(
      /averageProductsCreatedPerYear:Int@requires\(fields:"totalProductsCreated yearsOfEmployment"\)/,
    );
  });

  it('@requires: computes a field from what others answered', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { createdBy { averageProductsCreatedPerYear email } } }';
    // Products itself provides how many on this path, 1337; over how many years, 10, users says.
    expect(await graph(query, FEDERATION)).toEqual({
      product: { createdBy: { averageProductsCreatedPerYear: 134, email: 'support@apollographql.com' } },
    });
  });

  it('@provides: says so in its SDL', async () => {
    expect(await sdlOf()).toMatch(/createdBy:User@provides\(fields:"totalProductsCreated"\)/);
  });

  it('@provides: answers what it provides itself', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { createdBy { email totalProductsCreated } } }';
    const expected = { product: { createdBy: { email: 'support@apollographql.com', totalProductsCreated: 1337 } } };
    expect(await subgraph(query, FEDERATION)).toEqual(expected);
    expect(await graph(query, FEDERATION)).toEqual(expected);
  });

  it('ftv1: answers with a trace of its fields when it is served with tracing and asked for one', async () => {
    const plugins = [ApolloServerPluginInlineTrace()];
    const server = new ApolloServer({ schema: products.schema, plugins });
    const ask = async (headers: HeaderMap) => {
      headers.set('content-type', 'application/json');
      const body = { query: '{ __typename }' };
      const asked = { method: 'POST', headers, search: '', body };
      const answer = await server.executeHTTPGraphQLRequest({ httpGraphQLRequest: asked, context: async () => ({}) });
      if (answer.body.kind !== 'complete') throw new Error('an answer in parts');
      return (JSON.parse(answer.body.string) as ExecutionResult<object, { ftv1?: string }>).extensions?.ftv1;
    };
    await server.start();
    try {
      const traced = await ask(new HeaderMap([['apollo-federation-include-trace', 'ftv1']]));
      expect([typeof traced, await ask(new HeaderMap())]).toEqual(['string', undefined]);
    } finally {
      await server.stop();
    }
  });

  it('@link: links one version of the federation specification, and names what it imports', async () => {
    const links = [...(await sdlOf()).matchAll(/@link\(url:"([^"]+)"(?:,? ?import:\[([^\]]*)\])?/g)];
    const federation = links.filter(([, url]) => url!.startsWith('https://specs.apollo.dev/federation/'));
    expect(federation.map(([, url]) => url)).toEqual(['https://specs.apollo.dev/federation/v2.7']);
    expect(federation[0]![2]).toContain('"@key"');
  });

  it('@shareable: says so in its SDL', async () => {
    const sdl = await sdlOf();
    // The printer writes it at the type or at each of its fields.
    expect(sdl).toMatch(/type ProductDimension@shareable\{|type ProductDimension\{size:String@shareable/);
  });

  it('@shareable: answers fields that another subgraph answers as well', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { dimensions { size weight } delivery { estimatedDelivery } } }';
    expect(await graph(query, FEDERATION)).toEqual({
      product: { dimensions: { size: 'small', weight: 1 }, delivery: { estimatedDelivery: 'small, 1' } },
    });
  });

  it('@tag: keeps its name in the SDL', async () => {
    const sdl = await sdlOf();
    expect(sdl).toContain('@tag(name:"internal")');
    expect(sdl).not.toContain('@federation__tag');
  });

  it('@override: says so in its SDL', async () => {
    expect(await sdlOf()).toMatch(/name:String@override\(from:"users"\)/);
  });

  it('@override: answers the field it took over', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { createdBy { name } } }';
    expect(await graph(query, FEDERATION)).toEqual({ product: { createdBy: { name: 'Jane Smith' } } });
  });

  it('@inaccessible: keeps its name in the SDL', async () => {
    const sdl = await sdlOf();
    expect(sdl).toMatch(/unit:String(@shareable)?@inaccessible/);
    expect(sdl).not.toContain('@federation__inaccessible');
  });

  it('@inaccessible: answers the field itself, and the graph does not know it', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { dimensions { unit } } }';
    expect(await subgraph(query, FEDERATION)).toEqual({ product: { dimensions: { unit: 'kg' } } });
    expect(planner.apiSchema.getType('ProductDimension')?.toConfig()).not.toHaveProperty('fields.unit');
  });

  it('@composeDirective: carries a directive of its own into the supergraph', async () => {
    const sdl = await sdlOf();
    expect(sdl).toMatch(/@composeDirective\(name:"@custom"\)/);
    expect(sdl).toContain('directive@custom on OBJECT');
    for (const document of [parse(products.sdl), parse(supergraphSdl)]) {
      const product = document.definitions.find((one) => 'name' in one && one.name?.value === 'Product');
      const applied = product !== undefined && 'directives' in product ? (product.directives ?? []) : [];
      expect(applied.map(({ name }) => name.value)).toContain('custom');
    }
  });

  it('@interfaceObject: says so in its SDL', async () => {
    const [, inventory] = /type Inventory([^{]*)\{/.exec(await sdlOf()) ?? [];
    expect(inventory).toContain('@interfaceObject');
    expect(inventory).toMatch(/@key\(fields:"id"/);
  });

  it('@interfaceObject: adds fields to every type of another subgraph’s interface', async () => {
    const query = 'query ($id: ID!) { inventory(id: $id) { __typename id deprecatedProducts { sku reason } } }';
    expect(await graph(query, { id: 'apollo-oss' })).toEqual({
      inventory: {
        __typename: 'Warehouse',
        id: 'apollo-oss',
        deprecatedProducts: [{ sku: 'apollo-federation-v1', reason: 'Migrate to Federation V2' }],
      },
    });
  });
});
