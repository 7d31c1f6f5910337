import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { send, sendGraph, type Answer } from '../testkit/send';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';

const JSON_TYPE = { 'content-type': 'application/json' };
const MB = 1024 * 1024;

interface Case {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string> | readonly string[];
  readonly body?: string | Buffer;
  readonly status: number;
  readonly code: string;
}

const cases: readonly Case[] = [
  { what: 'an empty body', body: '', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  { what: 'truncated JSON', body: '{"query": "{ who', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  { what: 'null', body: 'null', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  { what: 'an empty list', body: '[]', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  {
    what: 'a batch of ten',
    body: JSON.stringify(Array(10).fill({ query: '{ whoAmI }' })),
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  { what: 'a query that is a number', body: '{"query": 42}', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  { what: 'a query that is empty', body: '{"query": ""}', status: 400, code: 'GATEWAY_BAD_REQUEST' },
  {
    what: 'variables that are a list',
    body: '{"query": "{ whoAmI }", "variables": [1]}',
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'variables that are a text',
    body: '{"query": "{ whoAmI }", "variables": "{}"}',
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'an operation name that is an object',
    body: '{"query": "{ whoAmI }", "operationName": {}}',
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'a query of 2 MB',
    body: JSON.stringify({ query: `{ whoAmI }#${'x'.repeat(2 * MB)}` }),
    status: 413,
    code: 'GATEWAY_BODY_TOO_LARGE',
  },
  {
    what: 'a body of 200 KB that is no bulk mutation',
    body: JSON.stringify({ query: '{ whoAmI }', variables: { x: 'x'.repeat(200_000) } }),
    status: 413,
    code: 'GATEWAY_BODY_TOO_LARGE',
  },
  {
    what: 'JSON of 50,000 levels',
    body: `{"query":"{ whoAmI }","variables":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
    status: 400,
    code: 'INVALID_INPUT',
  },
  {
    what: 'text/plain',
    headers: { 'content-type': 'text/plain' },
    body: '{"query":"{ whoAmI }"}',
    status: 415,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  {
    what: 'a form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query={whoAmI}',
    status: 415,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  {
    what: 'multipart',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x--',
    status: 415,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  { what: 'no content type', headers: {}, body: '{"query":"{ whoAmI }"}', status: 415, code: 'GATEWAY_MEDIA_TYPE' },
  {
    what: 'an exotic charset',
    headers: { 'content-type': 'application/json; charset=utf-7' },
    body: '{}',
    status: 415,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  {
    what: 'an unknown encoding',
    headers: { ...JSON_TYPE, 'content-encoding': 'zstd9' },
    body: '{}',
    status: 415,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  {
    what: 'a gzip bomb',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(50 * MB, 32)),
    status: 413,
    code: 'GATEWAY_BODY_TOO_LARGE',
  },
  {
    what: 'bytes that are no gzip',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: 'plain',
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'a GET mutation',
    method: 'GET',
    path: '/graphql?query=mutation{enrol(name:"x"){id}}',
    headers: JSON_TYPE,
    status: 405,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'a GET that a page could send',
    method: 'GET',
    path: '/graphql?query={whoAmI}',
    headers: {},
    status: 400,
    code: 'GATEWAY_CSRF',
  },
  {
    what: 'a GET without a query',
    method: 'GET',
    path: '/graphql',
    headers: JSON_TYPE,
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'a GET with variables that are no JSON',
    method: 'GET',
    path: '/graphql?query={whoAmI}&variables={',
    headers: JSON_TYPE,
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  ...['/graphql//', '/graphql//['].map((path) => ({
    what: `a GET of ${path}`,
    method: 'GET',
    path,
    headers: JSON_TYPE,
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  })),
  { what: 'a PUT', method: 'PUT', body: '{}', status: 405, code: 'GATEWAY_BAD_REQUEST' },
  {
    what: 'an answer wanted as HTML',
    headers: { ...JSON_TYPE, accept: 'text/html' },
    body: '{"query":"{ whoAmI }"}',
    status: 406,
    code: 'GATEWAY_MEDIA_TYPE',
  },
  {
    what: 'two Authorization headers',
    headers: [
      'host',
      'hub',
      'connection',
      'close',
      'content-length',
      '22',
      'content-type',
      'application/json',
      'authorization',
      'Bearer a',
      'authorization',
      'Bearer b',
    ],
    body: '{"query":"{ whoAmI }"}',
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'a credential that is none',
    headers: { ...JSON_TYPE, authorization: 'Basic YTpi' },
    body: '{"query":"{ whoAmI }"}',
    status: 401,
    code: 'GATEWAY_UNAUTHENTICATED',
  },
  {
    what: 'an unknown key',
    headers: { ...JSON_TYPE, authorization: `Bearer hub_test_${'0'.repeat(32)}_${'A'.repeat(43)}` },
    body: '{"query":"{ whoAmI }"}',
    status: 401,
    code: 'GATEWAY_UNAUTHENTICATED',
  },
  {
    what: 'a stored document nobody stored',
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    status: 200,
    code: 'GATEWAY_DOCUMENT_UNKNOWN',
  },
  {
    what: 'a stored document with a forged hash',
    body: JSON.stringify({
      query: '{ whoAmI }',
      extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } },
    }),
    status: 400,
    code: 'GATEWAY_DOCUMENT_HASH_MISMATCH',
  },
  {
    what: 'a document named by no hash',
    body: JSON.stringify({ documentId: '../../etc/passwd' }),
    status: 400,
    code: 'GATEWAY_BAD_REQUEST',
  },
  {
    what: 'an unknown document id',
    body: JSON.stringify({ documentId: `sha256:${'b'.repeat(64)}` }),
    status: 400,
    code: 'GATEWAY_DOCUMENT_UNKNOWN',
  },
  { what: 'a path that is none', path: '/admin', body: '{}', status: 404, code: 'GATEWAY_NOT_FOUND' },
];

describe('a hostile request', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());

  /** Posts to a path as it is, which a URL would tidy. */
  const sendTo = (path: string, request: object): Promise<Answer> =>
    send(hub.url, { path, headers: JSON_TYPE, body: JSON.stringify(request) });

  it.each(cases)(
    '$what is answered $status $code as JSON',
    async ({ method, path = '/graphql', headers, body, status, code }) => {
      expectClean(await send(`${hub.url}${path}`, { method, headers, body }), status, code);
    },
  );

  it.each([
    ['a slash behind it', '/graphql/'],
    ['capitals', '/GraphQL'],
    ['a host before it', 'http://hub/graphql'],
  ])('is bounded and answered the same where its path has %s', async (_what, path) => {
    const { status, json } = await sendTo(path, { query: '{ whoAmI }' });
    expect([status, json?.data]).toEqual([200, { whoAmI: '{"kind":"anonymous"}' }]);
    const large = { query: '{ whoAmI }', variables: { x: 'x'.repeat(200_000) } };
    expectClean(await sendTo(path, large), 413, 'GATEWAY_BODY_TOO_LARGE');
  });

  it('leaves the next request unharmed', async () => {
    for (const { method, path = '/graphql', headers, body } of cases)
      await send(`${hub.url}${path}`, { method, headers, body });
    expect((await sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' })).json?.data).toEqual({
      whoAmI: '{"kind":"anonymous"}',
    });
  });

  it('gains nothing by forwarding headers or a request id of its own', async () => {
    const spoofed = {
      'x-forwarded-for': '127.0.0.1',
      'x-hub-internal': 'x.y',
      'x-request-id': 'mine',
      forwarded: 'for=10.0.0.1',
    };
    const answer = await sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' }, spoofed);
    expect(answer.json?.data).toEqual({ whoAmI: '{"kind":"anonymous"}' });
    expect(answer.headers['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/);
  });

  it('may ask with question marks in its query', async () => {
    const path = '/graphql/?query={member(ref:{name:%22Anna?%22}){id}}';
    const answer = await send(`${hub.url}${path}`, { method: 'GET', headers: JSON_TYPE });
    expect([answer.status, answer.json]).toEqual([200, { data: { member: null } }]);
  });

  it('may be as large as 1 MB when it is a bulk mutation and nothing else', async () => {
    const rows = Array(5_000).fill('x'.repeat(100)) as string[];
    const bulk = await sendGraph(`${hub.url}/graphql`, {
      query: 'mutation ($rows: [String!]!) { recordPurchases(rows: $rows) }',
      variables: { rows },
    });
    expect(bulk.json?.data).toEqual({ recordPurchases: 5_000 });
    const query = 'mutation ($rows: [String!]!) { recordPurchases(rows: $rows) enrol(name: "x") { id } }';
    expectClean(await sendGraph(`${hub.url}/graphql`, { query, variables: { rows } }), 413, 'GATEWAY_BODY_TOO_LARGE');
  });

  it('is told the code in the form of graphql-response+json too', async () => {
    const answer = await sendGraph(
      `${hub.url}/graphql`,
      { query: '{ nothing }' },
      { accept: 'application/graphql-response+json' },
    );
    expectClean(answer, 400, 'GATEWAY_VALIDATION');
    expect(answer.headers['content-type']).toMatch(/^application\/graphql-response\+json/);
  });
});

describe('a client that sends its headers slowly', () => {
  it('is cut off', async () => {
    await using hub = await openTestGateway({ slowMs: 300 });
    const { port } = new URL(hub.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nHost: hub\r\nX-Slow: ');
    const chunks: string[] = [];
    socket.on('data', (chunk) => chunks.push(chunk.toString('utf8')));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(chunks.join('')).toMatch(/^HTTP\/1.1 408/);
  });
});

function expectClean({ status, json, text, headers }: Answer, expected: number, code: string): void {
  expect({ status, code: json?.errors?.[0]?.extensions.code }).toEqual({ status: expected, code });
  expect(json?.errors?.[0]?.extensions.requestId).toBe(headers['x-request-id']);
  expect(typeof json?.errors?.[0]?.extensions.retryable).toBe('boolean');
  expect(text).not.toMatch(/stack|node_modules|\.ts:|select |@apollo/i);
}
