import { createContext, runInContext } from 'node:vm';
import { parse, print, type DocumentNode } from 'graphql';
import WebSocket from 'ws';
import { HttpLink } from '../../kernel/graph/http-link';
import { localLink } from '../testkit/fixture';
import { refusals, since } from '../testkit/refusals';
import { send, sendGraph } from '../testkit/send';
import { openTestGateway, testSecrets, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

describe('the pages beside the graph', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());
  const get = (path: string) => send(`${hub.url}${path}`, { method: 'GET', headers: {} });

  it('serve GraphiQL whole from here: every file it names is answered, and none is elsewhere', async () => {
    const page = await get('/graphiql');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file as string);
    expect(files.filter((file) => !file.startsWith('/graphiql/') && !file.startsWith('data:'))).toEqual([]);
    for (const file of files.filter((name) => name.startsWith('/'))) {
      const { status, text, headers } = await get(file);
      expect([file, status]).toEqual([file, 200]);
      expect(headers['content-type']).toMatch(/javascript|css/);
      expect(text.length).toBeGreaterThan(500);
    }
  });

  it('let GraphiQL ask and subscribe with the headers of its own editor', async () => {
    const { text } = hub.partners.issueKey();
    const { fetcher } = await runPage(hub.url);
    const headers = { authorization: `Bearer ${text}` };
    const query = parse('{ whoAmI }');
    const answer = (await fetcher({ query: print(query) }, { headers, documentAST: query })) as {
      data: { whoAmI: string };
    };
    expect(answer.data.whoAmI).toContain('"kind":"partner"');

    const subscription = parse('subscription { balanceChanged(memberId: "m1") { member { displayName } } }');
    const stream = fetcher({ query: print(subscription) }, { headers, documentAST: subscription }) as Observable;
    const first = new Promise((resolve, reject) => {
      const { unsubscribe } = stream.subscribe({
        next: (result) => (unsubscribe(), resolve(result)),
        error: reject,
        complete: reject,
      });
    });
    await until(() => hub.fixture.readers() === 1);
    hub.fixture.publish(1, '1');
    expect(await first).toEqual({ data: { balanceChanged: { member: { displayName: 'Anna' } } } });
    await until(() => hub.fixture.readers() === 0);
  });

  it('give no other file of the packages', async () => {
    for (const path of [
      '/graphiql/package.json',
      '/graphiql/..%2f..%2fpackage.json',
      '/graphiql/__proto__',
      '/graphiql/constructor',
    ]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  it('publish the keys tokens are signed with, without their private half', async () => {
    const { keys } = JSON.parse((await get('/.well-known/jwks.json')).text) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('tell whoever runs the hub what was measured, and nobody else', async () => {
    await hub.client().query('{ whoAmI }');
    await hub.client().query('{ nothing }');
    const page = await get('/metrics');
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/hub_gateway_operations_total\{kind="query",way="request",outcome="ok"\} [1-9]/);
    expect(page.text).toMatch(/hub_gateway_refused_total\{code="GATEWAY_VALIDATION"\} [1-9]/);
    expect(page.text).toContain('process_resident_memory_bytes');
    expect(page.text).toMatch(/hub_gateway_lane\{lane="tills",state="running"\} 0/);
    expect(page.text).toMatch(/hub_gateway_subgraph_seconds_count\{subgraph="members",outcome="ok"\} [1-9]/);

    const token = 'scraper-of-this-hub';
    await using guarded = await openTestGateway({ config: { metricsToken: token } });
    const scraped = (authorization?: string) =>
      send(`${guarded.url}/metrics`, { method: 'GET', headers: authorization === undefined ? {} : { authorization } });
    expect((await scraped()).status).toBe(404);
    expect((await scraped('Bearer another')).status).toBe(404);
    expect((await scraped(`Bearer ${token}`)).status).toBe(200);
    await using closed = await openTestGateway({ config: { mode: 'production' } });
    expect((await send(`${closed.url}/metrics`, { method: 'GET', headers: {} })).status).toBe(404);
  });

  it('count whoever was turned away before it was read, each stream, and how sockets were closed', async () => {
    const ask = { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer wrong' } };
    expect((await send(`${hub.url}/graphql`, { ...ask, body: '{}' })).status).toBe(401);
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer wrong' } }));
    await new Promise((resolve) => socket.once('close', resolve));
    await until(async () => /hub_gateway_socket_closes_total\{code="4403"\} [1-9]/.test((await get('/metrics')).text));
    const { text } = await get('/metrics');
    expect(text).toMatch(/hub_gateway_refused_total\{code="GATEWAY_UNAUTHENTICATED"\} [1-9]/);
    expect(text).toMatch(/hub_gateway_operations_total\{kind="subscription",way="\w+",outcome="ok"\} [1-9]/);
    expect(text).toMatch(/hub_gateway_stream_messages_total [1-9]/);
  });

  it('count each refusal of a document once, by POST, by GET, as an event and on a socket', async () => {
    await using small = await openTestGateway({ limits: { subscriptionsPerSocket: 1 } });
    const socket = await small.client().socket();
    await socket.init();
    const post = (query: string, accept = '*/*') => sendGraph(`${small.url}/graphql`, { query }, { accept });
    const fetched = (query: string) =>
      send(`${small.url}/graphql?query=${encodeURIComponent(query)}`, {
        method: 'GET',
        headers: { 'apollo-require-preflight': '1' },
      });
    const subscribed = async (query: string) => {
      socket.send({ type: 'subscribe', id: 'a', payload: { query } });
      await socket.next();
    };
    const asked: readonly (readonly [string, () => Promise<unknown>, string])[] = [
      ['syntax by POST', () => post('{'), 'GATEWAY_SYNTAX'],
      ['syntax by GET', () => fetched('{'), 'GATEWAY_SYNTAX'],
      ['syntax as an event', () => post('{', 'text/event-stream'), 'GATEWAY_SYNTAX'],
      ['syntax on a socket', () => subscribed('{'), 'GATEWAY_SYNTAX'],
      ['a mutation by GET', () => fetched('mutation { enrol(name: "A") { id } }'), 'GATEWAY_BAD_REQUEST'],
      ['a form by POST', () => post('{ nothing }'), 'GATEWAY_VALIDATION'],
      ['a form by GET', () => fetched('{ nothing }'), 'GATEWAY_VALIDATION'],
      ['no object by POST', () => send(`${small.url}/graphql`, { body: '[' }), 'GATEWAY_BAD_REQUEST'],
    ];
    for (const [way, ask, code] of asked) {
      const before = await refusals(small.url);
      await ask();
      expect([way, since(before, await refusals(small.url))]).toEqual([way, { [code]: 1 }]);
    }
    const before = await refusals(small.url);
    const query = 'subscription { balanceChanged(memberId: "m1") { version } }';
    for (const id of ['b', 'c']) socket.send({ type: 'subscribe', id, payload: { query } });
    expect(await socket.next()).toMatchObject({ type: 'error', id: 'c' });
    expect(since(before, await refusals(small.url))).toEqual({ GATEWAY_TOO_MANY_SUBSCRIPTIONS: 1 });
    socket.close();
  });

  it('say that the hub is ready when database, keys and subgraphs are', async () => {
    expect((await get('/livez')).status).toBe(200);
    await until(async () => (await get('/readyz')).status === 200);
    expect(JSON.parse((await get('/readyz')).text)).toEqual({
      status: 'ok',
      checks: { open: true, database: true, keys: true, members: true, ledger: true },
    });
  });

  it('say what is missing when a subgraph is away', async () => {
    const members = new HttpLink('members', { url: 'http://127.0.0.1:1', secret: testSecrets.internal });
    await using other = await openTestGateway({ links: ({ ledger }) => ({ members, ledger: localLink(ledger) }) });
    const { status, text } = await send(`${other.url}/readyz`, { method: 'GET', headers: {} });
    expect(status).toBe(503);
    expect(text).toContain('"members":false');
    await members.close();
  });
});

interface Observable {
  subscribe(observer: { next(result: unknown): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}
type Fetcher = (params: { query: string }, options: { headers: object; documentAST: DocumentNode }) => unknown;

/** Runs the page's own script as a browser would, with the WebSocket client it ships and a stub for what is drawn. */
async function runPage(url: string): Promise<{ fetcher: Fetcher }> {
  let drawn: { fetcher: Fetcher } | undefined;
  const page = createContext({
    ...{ URL, fetch, WebSocket, setTimeout, clearTimeout },
    GraphiQL: {},
    React: { createElement: (_component: unknown, props: { fetcher: Fetcher }) => props },
    ReactDOM: { createRoot: () => ({ render: (props: { fetcher: Fetcher }) => void (drawn = props) }) },
    document: { getElementById: () => null },
    location: { href: `${url}/graphiql` },
  });
  for (const file of ['graphql-ws.js', 'page.js']) {
    runInContext((await send(`${url}/graphiql/${file}`, { method: 'GET', headers: {} })).text, page);
  }
  if (drawn === undefined) throw new Error('The page drew nothing.');
  return drawn;
}
