import { buildSchema, GraphQLError, parse, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, type CompiledQuery } from 'graphql-jit';
import { isSafeToCompile, PreparedOperation } from './prepared-operation';

const schema: GraphQLSchema = buildSchema(`
  directive @oneOf on INPUT_OBJECT
  type Query { a: Int  b(n: Int): Int  item(ref: RefInput): String  list(ns: [Int!]): Int
    node: Node  fails: Int  must: Must  wrapped(w: [WrapInput!]): Int  page(first: Int! = 20, after: String): String }
  type Mutation { first: Int  second: Int }
  type Subscription { a: Int }
  input RefInput @oneOf { id: ID  name: String }
  input WrapInput { ref: RefInput  days: Int! = 30 }
  interface Node { id: ID! }
  type Leaf implements Node { id: ID!  at: String }
  type Must { value: Int! }
`);
const order: string[] = [];
const resolvers: Record<string, (...given: never[]) => unknown> = {
  'Query.a': () => 1,
  'Query.b': (_root: never, { n }: { n: number }) => n,
  'Query.node': async () => ({ __typename: 'Leaf', id: 'x' }),
  'Query.fails': () => Promise.reject(new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } })),
  'Query.must': () => ({ value: null }),
  'Query.page': (_root: never, given: object) => JSON.stringify(given),
  'Query.wrapped': (_root: never, { w: [wrap] }: { w: { days: number }[] }) => wrap?.days,
  'Query.item': (_root: never, { ref }: { ref: { id: string; name: string } }) => `${ref.id}${ref.name}`,
  'Mutation.first': async () => (await Promise.resolve(), order.push('first')),
  'Mutation.second': () => order.push('second'),
};
for (const type of ['Query', 'Mutation']) {
  for (const [name, field] of Object.entries((schema.getType(type) as never as { getFields(): object }).getFields())) {
    const resolve = resolvers[`${type}.${name}`];
    if (resolve !== undefined) (field as { resolve: unknown }).resolve = resolve;
  }
}

const safe = (query: string) => isSafeToCompile(schema, parse(query));

describe('a document', () => {
  it('is compiled where that does the same as graphql-js', () => {
    expect(safe('{ a b(n: 1) }')).toBe(true);
    expect(safe('query ($n: Int) { b(n: $n) node { id ... on Leaf { at } } }')).toBe(true);
    expect(safe('mutation { first second }')).toBe(true);
  });

  it.each([
    [
      'an input object, which compiled execution reads by rules of its own',
      'query ($ref: RefInput) { item(ref: $ref) }',
    ],
    ['a list of them', 'query ($w: [WrapInput!]) { wrapped(w: $w) }'],
    ['a default of a variable', 'query ($n: Int! = 5) { b(n: $n) }'],
    ['a literal that may be one', '{ item(ref: { id: "1" }) }'],
    ['a list as a literal', '{ list(ns: [1]) }'],
    ['a response name that every object inherits', '{ __proto__: a }'],
    ['another such name', '{ constructor: a }'],
    ['a subscription', 'subscription { a }'],
    ['two operations', 'query A { a } query B { b }'],
  ])('is never compiled with %s', (_, query) => expect(safe(query)).toBe(false));

  it('would lose fields and take forbidden input if all were compiled', async () => {
    // Negative control: what compiled execution makes of documents that are held back from it.
    const compiled = async (query: string, variables = {}) => {
      const { query: run } = compileQuery(schema, parse(query)) as CompiledQuery;
      return (await run(undefined, {}, variables)) as ExecutionResult;
    };
    expect(JSON.stringify((await compiled('{ must { __proto__: value } }')).data)).not.toContain('__proto__');
    const both = { ref: { id: '1', name: 'x' } };
    expect(await compiled('query ($ref: RefInput) { item(ref: $ref) }', both)).toEqual({ data: { item: '1x' } });
    const prepared = new PreparedOperation(schema, parse('query ($ref: RefInput) { item(ref: $ref) }'));
    const { errors } = await prepared.execute({ operationName: undefined, variables: both, contextValue: {} });
    expect(errors).toHaveLength(1);
    expect((await compiled('query ($n: Int! = 5) { b(n: $n) }')).errors).toHaveLength(1);
    const withDefault = await compiled('query ($w: [WrapInput!]) { wrapped(w: $w) }', { w: [{}] });
    expect(withDefault.errors).toHaveLength(1);
  });

  it.each([
    '{ a b(n: 2) }',
    '{ node { __typename id ... on Leaf { at } } }',
    '{ fails a }',
    '{ must { value } a }',
    'query ($n: Int!) { b(n: $n) }',
    '{ page }',
    'query ($n: Int, $after: String) { page(after: $after) other: page(after: null) b(n: $n) }',
  ])('answers %s compiled as it did before', async (query) => {
    const prepared = new PreparedOperation(schema, parse(query));
    const once = async () => {
      const { data, errors } = await prepared.execute({ operationName: undefined, variables: {}, contextValue: {} });
      return JSON.stringify([
        data,
        errors?.map(({ path, extensions }) => [path ?? null, extensions?.['code'] ?? null]),
      ]);
    };
    const interpreted = await once();
    for (let again = 0; again < 4; again += 1) expect(await once()).toBe(interpreted);
  });

  it('runs mutations one after the other when compiled too', async () => {
    const prepared = new PreparedOperation(schema, parse('mutation { first second }'));
    for (let again = 0; again < 4; again += 1) {
      order.length = 0;
      await prepared.execute({ operationName: undefined, variables: {}, contextValue: {} });
      expect(order).toEqual(['first', 'second']);
    }
  });
});
