import { once } from 'node:events';
import { createClient, type Client, type ExecutionResult } from 'graphql-sse';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Response } from 'express';
import { Pipeline } from '../plan/pipeline';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { sendGraph } from '../testkit/send';
import { until } from '../testkit/until';
import { CredentialWatch } from './credential-watch';

const WATCH = `subscription ($id: ID!, $after: BigInt, $epoch: ID) {
  change: accountChanged(memberId: $id, after: $after, epoch: $epoch) { version isSnapshot member { displayName } }
}`;
const EVENTS = { accept: 'text/event-stream' };
/** Asks for events on a connection of its own. */
function ask(url: string, body: object, credential?: string): ClientRequest {
  const authorization = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const headers = { ...EVENTS, 'content-type': 'application/json', ...authorization };
  return httpRequest(`${url}/graphql`, { method: 'POST', headers, agent: false }).end(JSON.stringify(body));
}
const answerTo = async (asking: ClientRequest) => ((await once(asking, 'response')) as [IncomingMessage])[0];

/** Holds the next admission until it is let go, and tells when it has begun. */
function heldAdmission() {
  const { admit } = Pipeline.prototype;
  const held = { isBegun: false, letGo: () => {} };
  jest.spyOn(Pipeline.prototype, 'admit').mockImplementationOnce(async function (this: Pipeline, ...asked) {
    held.isBegun = true;
    await new Promise<void>((resolve) => (held.letGo = resolve));
    return admit.apply(this, asked);
  });
  return held;
}

/** The server's end of the connections that are watched from now on, and how many of them are over. */
function watchedConnections() {
  const watch = jest.spyOn(CredentialWatch.prototype, 'watch');
  const forget = jest.spyOn(CredentialWatch.prototype, 'forget');
  return {
    first: () => (watch.mock.calls[0]![0] as unknown as { response: Response }).response,
    over: () => forget.mock.calls.length,
  };
}
type Told = ExecutionResult<{ change: { version: string; isSnapshot: boolean } }>;

describe('server-sent events', () => {
  let hub: TestGateway;
  let clients: Client[] = [];
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const client of clients) client.dispose();
    clients = [];
    await until(() => hub.fixture.accounts.readers === 0 && hub.fixture.readers() === 0);
  });

  const client = (credential?: string) => {
    const headers: Record<string, string> = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
    const one = createClient({ url: `${hub.url}/graphql`, headers, retryAttempts: 0 });
    clients.push(one);
    return one;
  };
  const watch = (variables: Record<string, unknown>, credential?: string) =>
    client(credential).iterate({ query: WATCH, variables }) as AsyncIterableIterator<Told>;
  const change = async (stream: AsyncIterator<Told>) => ((await stream.next()).value as Told).data?.change;

  it('tell a snapshot, then changes, joined with the other subgraphs', async () => {
    const stream = watch({ id: 'm1' });
    const member = { displayName: 'Anna' };
    expect(await change(stream)).toEqual({ version: '0', isSnapshot: true, member });
    hub.fixture.accounts.change('m1', '5');
    expect(await change(stream)).toEqual({ version: '1', isSnapshot: false, member });
    await stream.return?.();
    await until(() => hub.fixture.accounts.readers === 0);
  });

  it('go on after what was seen, and are one stream with the WebSockets of the same caller', async () => {
    hub.fixture.accounts.change('m2', '1');
    hub.fixture.accounts.change('m2', '2');
    const resumed = watch({ id: 'm2', after: '1', epoch: 'e1' });
    expect(await change(resumed)).toMatchObject({ version: '2', isSnapshot: false });
    const socket = hub.client();
    await socket.subscribe(WATCH, { id: 'm2' }).next();
    await until(() => hub.fixture.accounts.readers === 1);
    hub.fixture.accounts.change('m2', '3');
    expect(await change(resumed)).toMatchObject({ version: '3' });
    await socket.close();
  });

  it('also answer a query, once', async () => {
    const told = [];
    for await (const result of client().iterate({ query: '{ whoAmI }' })) told.push(result);
    expect(told).toEqual([{ data: { whoAmI: '{"kind":"anonymous"}' } }]);
  });

  it.each<[string, object, string]>([
    ['a syntax error', { query: 'subscription {' }, 'GATEWAY_SYNTAX'],
    ['a document that does not fit', { query: 'subscription { nothing }' }, 'GATEWAY_VALIDATION'],
    ['what a resolver throws', { query: '{ broken }' }, 'INTERNAL'],
    ['variables of the wrong type', { query: WATCH, variables: { id: {} } }, 'INVALID_INPUT'],
  ])('tell %s as over WebSocket, with the id of the request', async (_what, body, code) => {
    const { status, text, headers } = await sendGraph(`${hub.url}/graphql`, body, EVENTS);
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const [, data] = /^event: next\ndata: (.*)$/m.exec(text) ?? [];
    const [error] = (JSON.parse(data ?? '{}') as { errors: { extensions: object }[] }).errors;
    expect(error?.extensions).toMatchObject({ code, requestId: headers['x-request-id'] });
    expect(text).not.toContain('vault');
  });

  it('charge the same budget, and say what is left of it', async () => {
    const { headers } = await sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' }, EVENTS);
    expect(headers['ratelimit-limit'] ?? headers['ratelimit']).toBeDefined();
  });

  it('are refused with 401 for a credential that does not hold', async () => {
    const headers = { ...EVENTS, authorization: 'Bearer nonsense' };
    expect((await sendGraph(`${hub.url}/graphql`, { query: WATCH }, headers)).status).toBe(401);
  });

  it('end within five seconds of the revocation of their key', async () => {
    const { text, keyId } = hub.partners.issueKey();
    const stream = watch({ id: 'm3' }, text);
    await stream.next();
    hub.partners.revokeKey(keyId);
    const revokedAt = Date.now();
    const { value } = (await stream.next()) as { value: Told };
    expect(value.errors?.[0]).toMatchObject({ extensions: { code: 'GATEWAY_UNAUTHENTICATED' } });
    expect(Date.now() - revokedAt).toBeLessThan(5_000);
  });

  it('end with their token', async () => {
    const stream = watch({ id: 'm3' }, await hub.issuer.mint({ role: 'host', subject: 'ops', lifeSeconds: 2 }));
    await stream.next();
    expect(((await stream.next()).value as Told).errors).toHaveLength(1);
  });

  it('are no way round the rule that only JSON is posted', async () => {
    const headers = { ...EVENTS, 'content-type': 'text/plain' };
    expect((await sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' }, headers)).status).toBe(415);
  });

  it('are left by a client that leaves while its request is admitted', async () => {
    const [connections, admission] = [watchedConnections(), heldAdmission()];
    const asking = ask(hub.url, { query: WATCH, variables: { id: 'm1' } }).on('error', () => {});
    await until(() => admission.isBegun);
    asking.destroy();
    await until(() => connections.first().req.socket.destroyed);
    admission.letGo();
    await until(() => connections.over() === 1);
    expect(hub.fixture.accounts.readers).toBe(0);
  });

  it('are left by a client that leaves while they wait behind another answer on its connection', async () => {
    const connections = watchedConnections();
    const client = connect(Number(new URL(hub.url).port), '127.0.0.1').on('error', () => {});
    const body = (asked: object, accept: string) => {
      const text = JSON.stringify(asked);
      const head = `Host: hub\r\nAccept: ${accept}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}`;
      return `POST /graphql HTTP/1.1\r\n${head}\r\n\r\n${text}`;
    };
    client.write(body({ query: '{ slow }' }, 'application/json'));
    client.write(body({ query: WATCH, variables: { id: 'm1' } }, EVENTS.accept));
    await until(() => hub.fixture.accounts.readers === 1);
    client.destroy();
    await until(() => connections.over() === 1);
    expect(hub.fixture.accounts.readers).toBe(0);
  });

  it('end once for a client that reads no more when its credential ends', async () => {
    const connections = watchedConnections();
    const token = await hub.issuer.mint({ role: 'host', subject: 'ops', lifeSeconds: 2 });
    const query = 'subscription { accountChanged(memberId: "m1") { version account { available } } }';
    const response = await answerTo(ask(hub.url, { query }, token));
    response.pause();
    const large = 'x'.repeat(1024 * 1024);
    await until(() => {
      if (connections.first().writableLength === 0) hub.fixture.accounts.change('m1', large);
      return connections.first().writableLength > 0;
    });
    await until(() => connections.over() === 1);
    expect(hub.fixture.accounts.readers).toBe(0);
    hub.fixture.accounts.change('m1', '1');
    response.destroy();
    expect((await hub.client().query('{ whoAmI }')).status).toBe(200);
  });

  it('tell the answer of what was begun before the gateway closes', async () => {
    await using other = await openTestGateway();
    const asking = ask(other.url, { query: '{ slow }' });
    await until(() => other.fixture.asked.length > 0);
    const closing = other.closeGateway();
    const told = Buffer.concat((await (await answerTo(asking)).toArray()) as Buffer[]).toString();
    expect(told).toContain('data: {"data":{"slow":"late"}}');
    await closing;
  });

  it('end as event streams when the gateway closes while they are admitted', async () => {
    await using other = await openTestGateway();
    const admission = heldAdmission();
    const asking = ask(other.url, { query: WATCH, variables: { id: 'm1' } });
    await until(() => admission.isBegun);
    const closing = other.closeGateway();
    admission.letGo();
    const response = await answerTo(asking);
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(Buffer.concat((await response.toArray()) as Buffer[]).toString()).not.toContain('complete');
    await closing;
    expect(other.fixture.accounts.readers).toBe(0);
  });

  it('end when the gateway closes, without saying that the stream is complete', async () => {
    await using other = await openTestGateway();
    const response = await answerTo(ask(other.url, { query: WATCH, variables: { id: 'm1' } }));
    let told = '';
    response.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const ended = new Promise((resolve) => response.once('close', resolve));
    await until(() => told.includes('"isSnapshot":true'));
    await other.closeGateway();
    await ended;
    expect(told).not.toContain('event: complete');
  });
});
