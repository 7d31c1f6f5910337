import { GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import WebSocket from 'ws';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { INTERNAL_HEADER, signInternal } from '../context/internal-token';
import type { RequestContext } from '../context/request-context';
import { HttpFeed } from '../events/http-feed';
import type { EventFeed, FeedPosition } from '../events/event';
import { newId } from '../values/id';
import { HttpLink } from './http-link';
import { serveSubgraph, type SubgraphServer } from './serve-subgraph';
import { PushStream } from './stream';
import type { OpenSubgraph } from './subgraph';

const secrets = { internal: 's'.repeat(32), identity: '', cursor: '' };
const context = (patch: Partial<RequestContext> = {}): RequestContext => ({
  principal: { kind: 'admin', programmeId: newId('prg'), subject: 'kim' },
  requestId: newId('req'),
  deadlineAt: new Date(Date.now() + 5_000),
  ...patch,
});

const ticks: PushStream<string>[] = [];
const reads: unknown[] = [];
const feed: EventFeed = {
  read: async (...asked) => {
    reads.push(asked);
    return [{ position: '1:1' as FeedPosition, event: { id: 'evt_1' } as never }];
  },
};

function openLedger(): OpenSubgraph {
  const text = { type: GraphQLString };
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      who: { ...text, resolve: (_source, _args, { principal }: RequestContext) => principal.kind },
      broken: {
        ...text,
        resolve: () => {
          throw new Error('secret at 10.0.0.7');
        },
      },
      refused: {
        ...text,
        resolve: () => {
          throw new GraphQLError('Not yours.', { extensions: { code: 'FORBIDDEN' } });
        },
      },
      never: { ...text, resolve: () => new Promise(() => {}) },
    },
  });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      tick: {
        ...text,
        subscribe: () => {
          const stream = new PushStream<string>(() => ticks.splice(ticks.indexOf(stream), 1));
          ticks.push(stream);
          return stream;
        },
        resolve: (tick: string, _args, { principal }: RequestContext) => `${tick} for ${principal.kind}`,
      },
    },
  });
  const schema = new GraphQLSchema({ query, subscription });
  return {
    name: 'ledger',
    schema,
    feed,
    createContext: (request) => request,
    start: async () => {},
    stop: async () => {},
  };
}

describe('a subgraph served as a process of its own', () => {
  let server: SubgraphServer;
  let link: HttpLink;
  beforeAll(async () => {
    server = await serveSubgraph(openLedger(), { secrets, host: '127.0.0.1', port: 0 });
    link = new HttpLink('ledger', { url: server.url, secret: secrets.internal });
  });
  afterAll(async () => {
    await link.close();
    await server.close();
  });

  it('answers the hub’s own processes, each request as its caller', async () => {
    expect(await link.execute({ query: '{ who }', context: context() })).toEqual({ data: { who: 'admin' } });
    expect(await link.execute({ query: '{ who }', context: context({ principal: { kind: 'anonymous' } }) })).toEqual({
      data: { who: 'anonymous' },
    });
  });

  it.each([
    ['nothing', undefined],
    ['garbage', 'x.y'],
    ['a signature with another secret', signInternal('other', 'ledger', context())],
    ['a signature for another subgraph', signInternal(secrets.internal, 'members', context())],
    ['a signature of a minute ago', signInternal(secrets.internal, 'ledger', context(), Date.now() - 60_000)],
  ])('answers 401 to everything with %s', async (_what, token) => {
    const headers: Record<string, string> = token === undefined ? {} : { [INTERNAL_HEADER]: token };
    for (const query of ['{ who }', '{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
      expect(
        (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).status,
      ).toBe(401);
    }
    expect((await fetch(`${server.url}/events?limit=1`, { headers })).status).toBe(401);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    await expect(new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))).rejects.toThrow(
      '401',
    );
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  it('tells what it measures to whoever may scrape it, and nobody else', async () => {
    const scrapers = { token: 'scraper-of-this-hub', mode: 'production' } as const;
    const measured = await serveSubgraph(openLedger(), { secrets, host: '127.0.0.1', port: 0, scrapers });
    try {
      const scraped = (url: string, authorization: string) => fetch(`${url}/metrics`, { headers: { authorization } });
      const page = await scraped(measured.url, `Bearer ${scrapers.token}`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('process_cpu_seconds_total')]);
      expect((await scraped(measured.url, 'Bearer another')).status).toBe(401);
      expect((await scraped(server.url, `Bearer ${scrapers.token}`)).status).toBe(401);
    } finally {
      await measured.close();
    }
  });

  it('is not sent what it would not take, which is no fault of its own', async () => {
    const large = { query: '{ who }', variables: { text: 'x'.repeat(4 * 1024 * 1024) }, context: context() };
    for (let times = 0; times < 11; times += 1)
      expect((await link.execute(large)).errors?.[0]?.extensions).toMatchObject({ code: 'GATEWAY_BODY_TOO_LARGE' });
    const stream = await link.subscribe({ ...large, query: 'subscription { tick }' });
    expect((await stream.next()).value).toMatchObject({ errors: [{ extensions: { code: 'GATEWAY_BODY_TOO_LARGE' } }] });
    expect(await link.execute({ query: '{ who }', context: context() })).toEqual({ data: { who: 'admin' } });
  });

  it('shows what was refused and hides what was thrown', async () => {
    const { data, errors } = await link.execute({ query: '{ broken refused }', context: context() });
    expect(data).toEqual({ broken: null, refused: null });
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['INTERNAL', 'FORBIDDEN']);
    expect(JSON.stringify(errors)).not.toContain('10.0.0.7');
  });

  it('is waited for no longer than the caller has time', async () => {
    const result = await link.execute({
      query: '{ never }',
      context: context({ deadlineAt: new Date(Date.now() + 50) }),
    });
    expect(result.errors?.[0]?.extensions['code']).toBe('GATEWAY_DEADLINE_EXCEEDED');
  });

  it('streams to several callers over one connection, each as themselves, and ends a stream at its source', async () => {
    const mine = await link.subscribe({ query: 'subscription { tick }', context: context() });
    const other = await link.subscribe({
      query: 'subscription { tick }',
      context: context({ principal: { kind: 'anonymous' } }),
    });
    const firsts = [mine.next(), other.next()];
    await waitFor(() => ticks.length === 2);
    for (const stream of ticks) stream.push('one');
    expect((await Promise.all(firsts)).map(({ value }) => value as unknown)).toEqual([
      { data: { tick: 'one for admin' } },
      { data: { tick: 'one for anonymous' } },
    ]);
    await mine.return?.();
    await waitFor(() => ticks.length === 1);
    await other.return?.();
    await waitFor(() => ticks.length === 0);
  });

  it('answers a syntax fault in one stream and leaves the others', async () => {
    const good = await link.subscribe({ query: 'subscription { tick }', context: context() });
    const first = good.next();
    const bad = await link.subscribe({ query: 'subscription {', context: context() });
    expect((await bad.next()).value).toHaveProperty('errors');
    await waitFor(() => ticks.length === 1);
    ticks[0]?.push('still');
    expect((await first).value).toEqual({ data: { tick: 'still for admin' } });
    await good.return?.();
  });

  it('gives its events to those who follow', async () => {
    const follower = new HttpFeed('ledger', server.url, secrets.internal);
    expect(await follower.read('7:1' as FeedPosition, 50, 0)).toEqual([{ position: '1:1', event: { id: 'evt_1' } }]);
    expect(await follower.read(null, 5_000, 0)).toHaveLength(1);
    expect(reads).toEqual([
      ['7:1', 50, 0],
      [null, 1_000, 0],
    ]);
    await follower.close();
  });
});

describe('a subgraph that closes', () => {
  it('lets those go who wait for its events, instead of waiting for them', async () => {
    let asked = 0;
    const waits: EventFeed = {
      read: async (_after, _limit, waitMs) => {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
        return [];
      },
    };
    const server = await serveSubgraph({ ...openLedger(), feed: waits }, { secrets, host: '127.0.0.1', port: 0 });
    const follower = new HttpFeed('ledger', server.url, secrets.internal);
    const waiting = follower.read(null, 10, 10_000);
    await waitFor(() => asked === 1);
    const before = performance.now();
    await server.close();
    expect(await waiting).toEqual([]);
    expect(performance.now() - before).toBeLessThan(5_000);
    await follower.close();
  });
});

describe('a connection that breaks under a request', () => {
  let server: Server;
  let requests = 0;
  let link: HttpLink;
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end(JSON.stringify({ data: { ok: true } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    requests = 0;
    link = new HttpLink('ledger', {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      secret: secrets.internal,
    });
  });
  afterEach(async () => link.close());
  afterAll(() => server.close());

  it('is tried once more when it was a query', async () => {
    expect(await link.execute({ query: '{ ok }', context: context() })).toEqual({ data: { ok: true } });
    expect(requests).toBe(2);
  });

  it('is not tried again when it was a mutation: nobody knows whether it happened', async () => {
    const result = await link.execute({ query: 'mutation { ok }', context: context() });
    expect(result.errors?.[0]?.extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', retryable: true });
    expect(requests).toBe(1);
  });
});

async function waitFor(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns > 100_000) throw new Error('It never came about.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
