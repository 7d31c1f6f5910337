import { getIntrospectionQuery } from 'graphql';
import { sendGraph, type Answer } from '../testkit/send';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';

interface Case {
  readonly what: string;
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly code: string;
}

const MEMBER = '{ member(ref: { id: "m1" })';
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** Fragments that unfold to 2^20 fields. */
const DOUBLING = times(20, (i) => `fragment f${i} on Member { ...f${i + 1} ...f${i + 1} }`);
const BOMB = `{ member(ref: { id: "m1" }) { ...f0 } } ${DOUBLING} fragment f20 on Member { id }`;

/** Fragments that double forty times and end in one that says something else. */
const FORTY = times(40, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`);

/** Fragments each of which holds the next one level deeper. */
const CHAIN = times(12, (i) => `fragment d${i} on Member { friend { ...d${i + 1} } }`);

const cases: readonly Case[] = [
  { what: 'no GraphQL', query: 'select * from members', code: 'GATEWAY_SYNTAX' },
  { what: 'a lone surrogate where a name should be', query: '{ \ud800 }', code: 'GATEWAY_SYNTAX' },
  {
    what: 'a depth of 200',
    query: `${MEMBER} ${'{ friend '.repeat(200)} { id } ${'}'.repeat(201)}`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: 'a depth of 11',
    query: `${MEMBER} ${'{ friend '.repeat(9)} { id } ${'}'.repeat(10)}`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: 'a depth that fragments hide',
    query: `${MEMBER} { ...d0 } } ${CHAIN} fragment d12 on Member { id }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: '31 aliases',
    query: `${MEMBER} { ${times(31, (i) => `a${i}: displayName`)} } }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: '1,000 aliases',
    query: `${MEMBER} { ${times(1000, (i) => `a${i}: displayName`)} } }`,
    code: 'GATEWAY_SYNTAX',
  },
  { what: '20,000 tokens', query: `{ ${times(20_000, () => 'whoAmI')} }`, code: 'GATEWAY_SYNTAX' },
  {
    what: '1,900 duplicate fields',
    query: `${MEMBER} { ${times(1_900, () => 'id')} } }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  { what: '500 directives', query: `{ whoAmI ${times(399, () => '@include(if:true)')} }`, code: 'GATEWAY_SYNTAX' },
  { what: '51 directives', query: `{ whoAmI ${times(51, () => '@x')} }`, code: 'GATEWAY_DOCUMENT_TOO_LARGE' },
  { what: 'a fragment bomb', query: BOMB, code: 'GATEWAY_DOCUMENT_TOO_LARGE' },
  {
    what: 'a fragment bomb that holds no field',
    query: `{ ...f0 } ${FORTY} fragment f40 on Query { ...nope }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: 'a fragment bomb in a circle',
    query: `{ ...f0 } ${FORTY} fragment f40 on Query { ...f0 }`,
    code: 'GATEWAY_VALIDATION',
  },
  {
    what: '51 spreads, in an operation that is not asked for',
    query: `query A { whoAmI } query B { ${times(51, () => '...a')} } fragment a on Query { whoAmI }`,
    operationName: 'A',
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: '1,001 fields, in an operation that is not asked for',
    query: `query A { whoAmI } query B { ${times(1_000, () => 'whoAmI')} }`,
    operationName: 'A',
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: 'circular fragments',
    query: `${MEMBER} { ...a } } fragment a on Member { friend { ...b } } fragment b on Member { friend { ...a } }`,
    code: 'GATEWAY_VALIDATION',
  },
  { what: 'a fragment in itself', query: '{ ...a } fragment a on Query { ...a }', code: 'GATEWAY_VALIDATION' },
  {
    what: 'circular introspection',
    query: `{ __schema { types ${'{ fields { type '.repeat(10)} { name } ${'} }'.repeat(10)} } }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  { what: '16 root fields', query: `{ ${times(16, () => 'whoAmI')} }`, code: 'GATEWAY_DOCUMENT_TOO_LARGE' },
  {
    what: 'one mutation aliased 6 times',
    query: `mutation { ${times(6, (i) => `m${i}: enrol(name: "x") { id }`)} }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  {
    what: 'one mutation aliased 100 times',
    query: `mutation { ${times(100, (i) => `m${i}: enrol(name: "x") { id }`)} }`,
    code: 'GATEWAY_DOCUMENT_TOO_LARGE',
  },
  { what: '_entities', query: '{ _entities(representations: []) { __typename } }', code: 'GATEWAY_VALIDATION' },
  { what: '_service', query: '{ _service { sdl } }', code: 'GATEWAY_VALIDATION' },
  { what: 'two operations without a name', query: '{ whoAmI } { whoAmI }', code: 'GATEWAY_OPERATION_UNKNOWN' },
  {
    what: 'an operation that is not there',
    query: 'query A { whoAmI }',
    operationName: 'B',
    code: 'GATEWAY_OPERATION_UNKNOWN',
  },
  { what: 'no operation', query: 'fragment a on Member { id }', code: 'GATEWAY_OPERATION_UNKNOWN' },
  {
    what: 'an operation called __proto__',
    query: '{ whoAmI }',
    operationName: '__proto__',
    code: 'GATEWAY_OPERATION_UNKNOWN',
  },
  {
    what: 'a subscription with two roots',
    query: 'subscription { heartbeat again: heartbeat }',
    code: 'GATEWAY_VALIDATION',
  },
  { what: 'a subscription over HTTP', query: 'subscription { heartbeat }', code: 'GATEWAY_OPERATION_NOT_HERE' },
  { what: 'a page of 101', query: '{ members(first: 101) { id } }', code: 'INVALID_INPUT' },
  {
    what: 'a page of 101 by a variable',
    query: 'query ($n: Int!) { members(first: $n) { id } }',
    variables: { n: 101 },
    code: 'INVALID_INPUT',
  },
  {
    what: 'a page of 101 by a default',
    query: 'query ($n: Int! = 101) { members(first: $n) { id } }',
    code: 'INVALID_INPUT',
  },
  { what: 'a page of -1', query: '{ members(first: -1) { id } }', code: 'INVALID_INPUT' },
  { what: 'a page of none', query: '{ members(first: 0) { id } }', code: 'INVALID_INPUT' },
  {
    what: 'a page of 1e9',
    query: 'query ($n: Int!) { members(first: $n) { id } }',
    variables: { n: 1e9 },
    code: 'INVALID_INPUT',
  },
  { what: 'a page of 1e400', query: '{ members(first: 1e400) { id } }', code: 'GATEWAY_VALIDATION' },
  {
    what: 'half a point',
    query: 'mutation ($p: Int!) { recordPurchase(key: "k", points: $p) { available } }',
    variables: { p: 1.5 },
    code: 'INVALID_INPUT',
  },
  { what: 'a missing variable', query: 'query ($n: Int!) { members(first: $n) { id } }', code: 'INVALID_INPUT' },
  {
    what: 'two ways at once to name a member',
    query: '{ member(ref: { id: "m1", name: "Anna" }) { id } }',
    code: 'GATEWAY_VALIDATION',
  },
  {
    what: 'two ways at once by variables',
    query: 'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }',
    variables: { ref: { id: 'm1', name: 'Anna' } },
    code: 'INVALID_INPUT',
  },
  {
    what: 'no way to name a member',
    query: 'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }',
    variables: { ref: {} },
    code: 'INVALID_INPUT',
  },
  {
    what: 'a null way to name a member',
    query: 'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }',
    variables: { ref: { id: null } },
    code: 'INVALID_INPUT',
  },
  {
    what: 'an alias that hides a key',
    query: `${MEMBER} { id: note account { available } } }`,
    code: 'GATEWAY_VALIDATION',
  },
  {
    what: 'an alias that hides a required field',
    query: `${MEMBER} { nickname: id perk } }`,
    code: 'GATEWAY_VALIDATION',
  },
  {
    what: 'an alias that hides __typename',
    query: `${MEMBER} { __typename: note perk } }`,
    code: 'GATEWAY_VALIDATION',
  },
];

describe('a hostile document', () => {
  let hub: TestGateway;
  const ask = (request: object): Promise<Answer> => sendGraph(`${hub.url}/graphql`, request);
  beforeAll(async () => {
    hub = await openTestGateway();
    await ask({ query: '{ whoAmI }' });
  });
  afterAll(async () => hub.close());

  it.each(cases)('with $what is refused as $code', async ({ query, variables, operationName, code }) => {
    const { status, json, text } = await ask({ query, variables, operationName });
    expect({ status, code: json?.errors?.[0]?.extensions.code, data: json?.data }).toEqual({
      status: 400,
      code,
      data: undefined,
    });
    expect(text).not.toMatch(/Did you mean|stack|node_modules/);
  });

  // What is no fault there, and what does not fit a frame: that closes the socket, as its own tests show.
  const onSockets = cases.filter(({ code, query }) => code !== 'GATEWAY_OPERATION_NOT_HERE' && query.length < 60_000);
  it.each(onSockets)(
    'with $what is refused in the same way over a WebSocket',
    async ({ query, variables, operationName, code }) => {
      const socket = await hub.client().socket();
      await socket.init();
      socket.send({ type: 'subscribe', id: '1', payload: { query, variables, operationName } });
      expect(await socket.next()).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: { code } }] });
      socket.close();
    },
  );

  it.each(onSockets)(
    'with $what is refused in the same way as a server-sent event',
    async ({ query, variables, operationName, code }) => {
      const headers = { accept: 'text/event-stream' };
      const { text } = await sendGraph(`${hub.url}/graphql`, { query, variables, operationName }, headers);
      const [, told] = /^event: next\ndata: (.*)$/m.exec(text) ?? [];
      expect(JSON.parse(told ?? '{}')).toMatchObject({ errors: [{ extensions: { code } }] });
      expect(text).not.toMatch(/Did you mean|stack|node_modules/);
    },
  );

  it('that names no operation by an empty name is refused whatever was asked of it before', async () => {
    const query = 'query Unnamed { whoAmI }';
    expect((await ask({ query })).status).toBe(200);
    const { status, json } = await ask({ query, operationName: '' });
    expect([status, json?.errors?.[0]?.extensions.code]).toEqual([400, 'GATEWAY_OPERATION_UNKNOWN']);
  });

  it('is found out within 50 ms, however far its fragments unfold', async () => {
    const started = performance.now();
    await ask({ query: BOMB.replace('m1', 'm2') });
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('may use __proto__ and constructor as aliases and gets them as its own keys', async () => {
    const { text } = await ask({ query: `${MEMBER} { __proto__: displayName constructor: note } }` });
    expect(text).toContain('{"data":{"member":{"__proto__":"Anna","constructor":"m2"}}}');
    expect(({} as Record<string, unknown>)['displayName']).toBeUndefined();
  });

  it('is told what is wrong with a variable without the input being repeated', async () => {
    const query = 'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }';
    const { json } = await ask({ query, variables: { ref: { id: 'm1', name: 'anna@example.com' } } });
    expect(json?.errors?.[0]?.message).toBe(
      'Variable "$ref": Exactly one key must be specified for OneOf type "MemberRefInput".',
    );
    const { json: other } = await ask({ query, variables: { ref: { nick: 'anna@example.com' } } });
    expect(other?.errors?.[0]?.message).toBe('Variable "$ref": Field "nick" is not defined by type "MemberRefInput".');
  });

  it('reads a name beyond the schema without learning its neighbours', async () => {
    const { json } = await ask({ query: `${MEMBER} { displayNam } }` });
    expect(json?.errors?.[0]?.message).toBe('Cannot query field "displayNam" on type "Member".');
  });
});

describe('introspection in production mode', () => {
  it('needs a credential', async () => {
    await using hub = await openTestGateway({ config: { mode: 'production' } });
    const refused = await sendGraph(`${hub.url}/graphql`, { query: getIntrospectionQuery() });
    expect(refused.json?.errors?.[0]?.extensions.code).toBe('GATEWAY_INTROSPECTION_OFF');
    const { text } = hub.partners.issueKey();
    const answered = await sendGraph(
      `${hub.url}/graphql`,
      { query: getIntrospectionQuery() },
      { authorization: `Bearer ${text}` },
    );
    expect(answered.json?.data).toHaveProperty('__schema');
  });

  it('is open in development mode, as deep as editors ask', async () => {
    await using hub = await openTestGateway();
    const { json } = await sendGraph(`${hub.url}/graphql`, {
      query: getIntrospectionQuery({ descriptions: true, oneOf: true }),
    });
    expect(json?.data).toHaveProperty('__schema');
  });
});
