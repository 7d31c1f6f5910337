import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { graphClient, type RawSocket } from '../../kernel/testkit/graph-client';
import { Pipeline } from '../plan/pipeline';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const SUBSCRIBE = {
  type: 'subscribe',
  id: '1',
  payload: { query: 'subscription { balanceChanged(memberId: "m1") { version } }' },
};
/** Asks for a WebSocket by a request target that no client's library would send, and reads all that is answered. */
async function upgradeAt(url: string, target: string): Promise<string> {
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  client.write(`GET ${target} HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const told: Buffer[] = await client.toArray();
  return Buffer.concat(told).toString();
}
const closedWith = async (socket: RawSocket) => (await socket.closed).code;

describe('the WebSocket protocol', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway({ limits: { initMs: 200, subscriptionsPerSocket: 3, messagesPerSecond: 50 } });
  });
  afterAll(async () => hub.close());
  afterEach(() => jest.restoreAllMocks());

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
    // What only a server says.
    '{"type":"connection_ack"}',
    '{"type":"next","id":"1","payload":{"data":null}}',
    '{"type":"error","id":"1","payload":[{"message":"x"}]}',
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

  it('closes 1007 a socket that sends text that is no UTF-8', async () => {
    const socket = await initialised();
    socket.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await closedWith(socket)).toBe(1007);
  });

  it('closes 1002 a socket that sends what is no frame', async () => {
    const socket = await initialised();
    // A text frame that is not masked, as a client's must be.
    (socket.socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0x81, 0x01, 0x7b]));
    expect(await closedWith(socket)).toBe(1002);
  });

  it('compresses nothing, so that no small frame becomes a large one', async () => {
    const socket = await hub.client().socket({ perMessageDeflate: true });
    expect(socket.socket.extensions).toBe('');
    socket.close();
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

  it.each(['//', 'http://[', '/graphql/', '*'])('answers 404 a socket asked for at %s, and goes on', async (target) => {
    expect(await upgradeAt(hub.url, target)).toMatch(/^HTTP\/1.1 404 /);
    expect((await hub.client().query('{ whoAmI }')).status).toBe(200);
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

  it.each([
    ['while it is admitted', async () => {}],
    ['while it is live', async () => until(() => hub.fixture.readers() === 1)],
  ])(
    'ends the earlier operation and no other when an id is used again after its completion %s',
    async (_when, state) => {
      const socket = await initialised();
      socket.send(SUBSCRIBE);
      await state();
      // In one packet, so that the server has both before it goes on with anything else.
      const { _socket: wire } = socket.socket as unknown as { _socket: Socket };
      wire.cork();
      socket.send({ type: 'complete', id: '1' });
      socket.send(SUBSCRIBE);
      socket.send({ type: 'subscribe', id: '2', payload: { query: '{ whoAmI }' } });
      wire.uncork();
      expect(await socket.next()).toMatchObject({ type: 'next', id: '2' });
      expect(await socket.next()).toMatchObject({ type: 'complete', id: '2' });
      await until(() => hub.fixture.readers() === 1);
      hub.fixture.publish(1, '7');
      expect(await socket.next()).toMatchObject({ type: 'next', id: '1' });
      socket.send({ type: 'complete', id: '1' });
      await until(() => hub.fixture.readers() === 0);
      socket.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
      expect(await socket.next()).toMatchObject({ type: 'next', id: '1', payload: { data: {} } });
      socket.close();
    },
  );

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

  it.each<[string, number, (socket: RawSocket) => void]>([
    ['says again who it is', 4429, (socket) => socket.send({ type: 'connection_init' })],
    ['floods it', 1008, (socket) => Array.from(Array(120), () => socket.send({ type: 'ping' }))],
    ['speaks another protocol', 4400, (socket) => socket.send('garbage')],
  ])('does nothing more for a socket it sends away because it %s', async (_why, code, misbehave) => {
    const socket = await initialised();
    const before = hub.fixture.asked.length;
    misbehave(socket);
    socket.send({ type: 'subscribe', id: '1', payload: { query: 'mutation { enrol(name: "late") { id } }' } });
    expect(await closedWith(socket)).toBe(code);
    expect(hub.fixture.asked).toHaveLength(before);
  });

  it('closes 4500 a socket whose operation meets a fault nobody foresaw, and says nothing of it', async () => {
    const socket = await initialised();
    jest.spyOn(Pipeline.prototype, 'answer').mockRejectedValueOnce(new Error('select secret from vault'));
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
    expect(await socket.closed).toEqual({ code: 4500, reason: 'Internal server error' });
    const next = await initialised();
    next.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
    expect(await next.next()).toMatchObject({ type: 'next' });
    next.close();
  });

  it('lets a fault of admission end the operation it befell and no other', async () => {
    const socket = await initialised();
    socket.send({ ...SUBSCRIBE, id: 'live' });
    await until(() => hub.fixture.readers() === 1);
    jest.spyOn(Pipeline.prototype, 'admit').mockRejectedValueOnce(new Error('select secret from vault'));
    socket.send({ type: 'subscribe', id: 'unlucky', payload: { query: '{ whoAmI }' } });
    const told = await socket.next();
    expect(told).toMatchObject({ type: 'error', id: 'unlucky', payload: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(told)).not.toContain('vault');
    hub.fixture.publish(1, '7');
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'live' });
    socket.close();
    await until(() => hub.fixture.readers() === 0);
  });

  it('masks what a resolver threw, as over HTTP', async () => {
    const socket = await initialised();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ broken }' } });
    const message = JSON.stringify(await socket.next());
    expect(message).toContain('"code":"INTERNAL"');
    expect(message).toMatch(/"requestId":"req_[0-9a-f]{32}"/);
    expect(message).not.toContain('vault');
    socket.close();
  });
});

describe('a credential during the life of a socket', () => {
  it('that cannot be checked ends it with 1013, which says to come again, not that it does not hold', async () => {
    await using hub = await openTestGateway();
    const { text } = hub.partners.issueKey();
    const socket = await hub.client().socket();
    jest.spyOn(hub.database.pool, 'query').mockRejectedValue(new Error('connection refused at 10.0.0.7') as never);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${text}` } });
    expect(await socket.closed).toEqual({ code: 1013, reason: 'Credentials cannot be checked now' });
    jest.restoreAllMocks();
    const again = await hub.client().socket();
    await again.init({ authorization: `Bearer ${text}` });
    again.close();
  });

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

describe('a socket whose client is gone without a goodbye', () => {
  it('is ended when it does not answer, and one whose client is there stays', async () => {
    await using hub = await openTestGateway({ limits: { pingMs: 240 } });
    const [silent, there] = [await hub.client().socket({ autoPong: false }), await hub.client().socket()];
    for (const socket of [silent, there]) {
      await socket.init();
      socket.send(SUBSCRIBE);
    }
    await until(() => hub.fixture.readers() === 2);
    // 1006: no goodbye was said.
    expect(await closedWith(silent)).toBe(1006);
    await until(() => hub.fixture.readers() === 1);
    hub.fixture.publish(1, '7');
    expect(await there.next()).toMatchObject({ type: 'next' });
    there.close();
  });
});

describe('a socket whose client asks and does not read', () => {
  it('is ended when too much waits for it', async () => {
    await using hub = await openTestGateway({ limits: { bufferedBytes: 1024, messagesPerSecond: 10_000 } });
    const socket = await hub.client().socket();
    await socket.init();
    socket.socket.pause();
    const ping = { type: 'ping', payload: { large: 'x'.repeat(60_000) } };
    for (let asked = 0; asked < 400; asked++) socket.send(ping);
    await until(() => socket.socket.bufferedAmount === 0);
    socket.socket.resume();
    // 1006: no goodbye was said.
    expect(await closedWith(socket)).toBe(1006);
  });
});

describe('closing the gateway', () => {
  it('does not wait for a client that was refused a socket and does not hang up', async () => {
    await using hub = await openTestGateway();
    const client = connect({ port: Number(new URL(hub.url).port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => {}).resume();
    client.write('GET /other HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(client, 'end');
    await hub.closeGateway();
    client.destroy();
  });

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
