import { graphClient, type RawSocket } from '../../kernel/testkit/graph-client';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const SUBSCRIBE = {
  type: 'subscribe',
  id: '1',
  payload: { query: 'subscription { balanceChanged(memberId: "m1") { version } }' },
};
const closedWith = async (socket: RawSocket) => (await socket.closed).code;

describe('the WebSocket protocol', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway({ limits: { initMs: 200, subscriptionsPerSocket: 3, messagesPerSecond: 50 } });
  });
  afterAll(async () => hub.close());

  const initialised = async (): Promise<RawSocket> => {
    const socket = await hub.client().socket();
    await socket.init();
    return socket;
  };

  it('closes 4408 a socket that does not say who it is', async () => {
    expect(await closedWith(await hub.client().socket())).toBe(4408);
  });

  it('closes 4401 a socket that asks before it has said who it is', async () => {
    const socket = await hub.client().socket();
    socket.send(SUBSCRIBE);
    expect(await closedWith(socket)).toBe(4401);
  });

  it('closes 4429 a socket that says it twice', async () => {
    const socket = await initialised();
    socket.send({ type: 'connection_init' });
    expect(await closedWith(socket)).toBe(4429);
  });

  it('closes 4409 a socket that uses an id twice at once', async () => {
    const socket = await initialised();
    socket.send(SUBSCRIBE);
    await until(() => hub.fixture.readers() === 1);
    socket.send(SUBSCRIBE);
    expect(await closedWith(socket)).toBe(4409);
    await until(() => hub.fixture.readers() === 0);
  });

  it.each([
    'garbage',
    '{}',
    '[]',
    'null',
    '{"type":"start","id":"1"}',
    '{"type":"subscribe","id":"","payload":{}}',
    '{"type":"subscribe","id":"1","payload":{"query":42}}',
  ])('closes 4400 a socket that sends %s', async (text) => {
    const socket = await initialised();
    socket.send(text);
    expect(await closedWith(socket)).toBe(4400);
  });

  it.each([70_000, 20 * 1024 * 1024])('closes 1009 a socket that sends a frame of %d bytes', async (bytes) => {
    const socket = await initialised();
    socket.send('x'.repeat(bytes));
    expect(await closedWith(socket)).toBe(1009);
  });

  it('closes 4406 a client of the legacy subprotocol and refuses one of no known protocol', async () => {
    await expect(hub.client().socket({ protocol: 'graphql-ws' })).rejects.toThrow(/subprotocol/i);
  });

  it('answers 403 a page of another origin, and lets programs and its own page in', async () => {
    await expect(hub.client().socket({ origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(hub.client().socket({ origin: 'null' })).rejects.toThrow('403');
    const own = await hub.client().socket({ origin: hub.url });
    own.close();
  });

  it('answers 404 a socket on another path', async () => {
    await expect(graphClient(`${hub.url}/other`).socket()).rejects.toThrow('404');
  });

  it('closes 4403 a socket whose credential does not hold', async () => {
    for (const payload of [{ authorization: 'Bearer nonsense' }, { Authorization: 42 }, { authorization: '' }]) {
      const socket = await hub.client().socket();
      socket.send({ type: 'connection_init', payload });
      expect(await closedWith(socket)).toBe(4403);
    }
  });

  it('takes the credential of the opening request as well', async () => {
    const { text } = hub.partners.issueKey();
    const socket = await hub.client().socket({ headers: { authorization: `Bearer ${text}` } });
    await socket.init();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
    const { payload } = (await socket.next()) as { payload: { data: { whoAmI: string } } };
    expect(payload.data.whoAmI).toContain('"kind":"partner"');
    socket.close();
  });

  it('refuses an operation beyond the most a socket may have, and keeps the others', async () => {
    const socket = await initialised();
    for (const id of ['1', '2', '3', '4']) socket.send({ ...SUBSCRIBE, id });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: '4',
      payload: [{ extensions: { code: 'GATEWAY_TOO_MANY_SUBSCRIPTIONS' } }],
    });
    expect(hub.fixture.readers()).toBe(3);
    socket.close();
    await until(() => hub.fixture.readers() === 0);
  });

  it.each([
    ['messages', (socket: RawSocket) => socket.send({ type: 'ping' })],
    ['pings', (socket: RawSocket) => socket.socket.ping()],
  ])('closes 1008 a socket that floods it with %s', async (_what, flood) => {
    const socket = await initialised();
    for (let message = 0; message < 120; message++) flood(socket);
    expect(await closedWith(socket)).toBe(1008);
  });

  it('masks what a resolver threw, as over HTTP', async () => {
    const socket = await initialised();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ broken }' } });
    const message = JSON.stringify(await socket.next());
    expect(message).toContain('"code":"INTERNAL"');
    expect(message).not.toContain('vault');
    socket.close();
  });
});

describe('a credential during the life of a socket', () => {
  it('ends the socket with 4403 within five seconds of the key’s revocation', async () => {
    await using hub = await openTestGateway();
    const { text, keyId } = hub.partners.issueKey();
    const socket = await hub.client(text).socket();
    await socket.init({ authorization: `Bearer ${text}` });
    socket.send(SUBSCRIBE);
    await until(() => hub.fixture.readers() === 1);
    hub.partners.revokeKey(keyId);
    const revokedAt = Date.now();
    expect(await closedWith(socket)).toBe(4403);
    expect(Date.now() - revokedAt).toBeLessThan(5_000);
    await until(() => hub.fixture.readers() === 0);
    expect((await hub.client(text).query('{ whoAmI }')).status).toBe(401);
  });

  it('ends the socket with 4403 when the token expires', async () => {
    await using hub = await openTestGateway();
    const token = await hub.issuer.mint({ role: 'host', subject: 'ops', lifeSeconds: 2 });
    const socket = await hub.client().socket();
    await socket.init({ authorization: `Bearer ${token}` });
    socket.send(SUBSCRIBE);
    await until(() => hub.fixture.readers() === 1);
    expect(await closedWith(socket)).toBe(4403);
  });
});

describe('closing the gateway', () => {
  it('says goodbye with 1001, lets what is under way end, and takes nothing new', async () => {
    await using hub = await openTestGateway();
    const socket = await hub.client().socket();
    await socket.init();
    socket.send(SUBSCRIBE);
    await until(() => hub.fixture.readers() === 1);
    const underWay = hub.client().query('{ slow }');
    await until(() => hub.fixture.asked.length >= 2);
    const closing = hub.closeGateway();
    expect(await closedWith(socket)).toBe(1001);
    expect((await underWay).body.data).toEqual({ slow: 'late' });
    await closing;
    await expect(hub.client().query('{ whoAmI }')).rejects.toThrow();
    expect(hub.fixture.readers()).toBe(0);
  });

  it('does not wait for a client that does not answer the goodbye', async () => {
    await using hub = await openTestGateway();
    const socket = await hub.client().socket();
    await socket.init();
    socket.socket.pause();
    const started = Date.now();
    await hub.closeGateway();
    expect(Date.now() - started).toBeLessThan(3_000);
    socket.socket.terminate();
  });
});
