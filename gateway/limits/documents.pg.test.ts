import { digest } from '../../kernel/values/canonical';
import { newId, type MemberId, type ProgrammeId } from '../../kernel/values/id';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { send, sendGraph } from '../testkit/send';
import { NEW_DOCUMENT_COST } from './cost';
import { publishDocuments, retireDocument } from './document-store';
import { defaultLimits } from './limits';

const WHO = '{ whoAmI }';
/** More than a gateway keeps of either. */
const FLOOD = 4_200;
const WORKERS = 20;
const named = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: digest(text) } });
const published = (text: string) => ({ id: digest(text), text, client: 'portal', name: 'who.graphql' });

describe('a document that is named instead of sent', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());
  afterEach(() => jest.restoreAllMocks());
  const ask = (request: object, headers = {}) => sendGraph(`${hub.url}/graphql`, request, headers);

  it('is learnt from the first client that sends it with its hash', async () => {
    const text = 'query Learnt { whoAmI }';
    const first = await ask({ extensions: named(text) });
    expect([first.status, first.json?.errors?.[0]?.message]).toEqual([200, 'PersistedQueryNotFound']);
    expect((await ask({ query: text, extensions: named(text) })).json?.data).toBeDefined();
    expect((await ask({ extensions: named(text) })).json?.data).toHaveProperty('whoAmI');
    const get = `${hub.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(named(text)))}`;
    const got = await send(get, { method: 'GET', headers: { 'apollo-require-preflight': '1' } });
    expect(got.json?.data).toHaveProperty('whoAmI');
    const socket = await hub.client().socket();
    await socket.init();
    const live = 'query Live { whoAmI }';
    const over = async (id: string, payload: object) => {
      socket.send({ id, type: 'subscribe', payload });
      const { type } = (await socket.next()) as { type: string };
      if (type === 'next') await socket.next();
      return type;
    };
    expect(await over('1', { query: '', extensions: named(live) })).toBe('error');
    expect(await over('2', { query: live, extensions: named(live) })).toBe('next');
    expect(await over('3', { query: '', extensions: named(live) })).toBe('next');
    socket.close();
    const events = await ask({ extensions: named(live) }, { accept: 'text/event-stream' });
    expect(events.text).toContain('event: next\ndata: {"data":{"whoAmI"');
  });

  it('is known by its id once it was published, over HTTP and over WebSocket, until it is retired', async () => {
    const text = 'query Published { whoAmI }';
    await publishDocuments(hub.database, [published(text)]);
    const documentId = `sha256:${digest(text)}`;
    expect((await ask({ documentId })).json?.data).toHaveProperty('whoAmI');
    const socket = await hub.client().socket();
    await socket.init();
    socket.send({ id: 's', type: 'subscribe', payload: { query: '', documentId } });
    expect(JSON.stringify(await socket.next())).toContain('whoAmI');
    await retireDocument(hub.database, digest(text));
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 2_001);
    expect((await ask({ documentId })).json?.errors?.[0]?.extensions.code).toBe('GATEWAY_DOCUMENT_UNKNOWN');
    socket.close();
  });

  it('says what its hash says: another text under it is refused and not kept', async () => {
    const forged = { query: '{ hidden }', extensions: named('query Forged { whoAmI }') };
    expect((await ask(forged)).json?.errors?.[0]?.extensions.code).toBe('GATEWAY_DOCUMENT_HASH_MISMATCH');
    expect((await ask({ extensions: forged.extensions })).json?.errors?.[0]?.message).toBe('PersistedQueryNotFound');
  });
});

describe('a flood of garbage', () => {
  it('pushes out no document that was learnt or published, and is not learnt', async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: 1_000_000_000 };
    await using hub = await openTestGateway({ limits: { budgets } });
    const ask = (request: object) => sendGraph(`${hub.url}/graphql`, request);
    const [learnt, known] = ['query Learnt { whoAmI }', 'query Known { whoAmI }'];
    await publishDocuments(hub.database, [published(known)]);
    await ask({ query: learnt, extensions: named(learnt) });
    const documentId = `sha256:${digest(known)}`;
    await ask({ documentId });
    const flood = async (worker: number) => {
      for (let n = worker; n < FLOOD; n += WORKERS) {
        const garbage = `garbage ${n}`;
        await ask(n % 2 ? { query: garbage, extensions: named(garbage) } : { documentId: `sha256:${digest(garbage)}` });
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => flood(worker)));
    const find = jest.spyOn(hub.database.pool, 'query');
    const lookedFor = () => find.mock.calls.filter(([sql]) => String(sql).includes('trustedDocument.find')).length;
    expect((await ask({ extensions: named(learnt) })).json?.data).toHaveProperty('whoAmI');
    expect(lookedFor()).toBe(0);
    find.mockRejectedValue(new Error('gone') as never);
    expect((await ask({ documentId })).json?.data).toHaveProperty('whoAmI');
    find.mockRestore();
    expect((await ask({ extensions: named('garbage 1') })).json?.errors?.[0]?.message).toBe('PersistedQueryNotFound');
  });

  it('of unknown names is answered 429 beyond the budget without a look, and says when to come again, whichever way', async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: 3 * NEW_DOCUMENT_COST };
    await using hub = await openTestGateway({ limits: { budgets } });
    const unknown = (n: number) => ({ documentId: `sha256:${digest(`unknown ${n}`)}` });
    const ask = (n: number, headers = {}) => sendGraph(`${hub.url}/graphql`, unknown(n), headers);
    const first = await ask(0);
    expect([first.status, first.headers['ratelimit']]).toEqual([400, '"cost";r=200;t=60']);
    await Promise.all([ask(1), ask(2)]);
    const find = jest.spyOn(hub.database.pool, 'query');
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const { status, headers: told, json } = await ask(3, headers);
      expect([status, json?.errors?.[0]?.extensions]).toMatchObject([
        ...[429, { code: 'GATEWAY_RATE_LIMITED', retryable: true, retryAfterSeconds: Number(told['retry-after']) }],
      ]);
      expect(Number(told['retry-after'])).toBeGreaterThan(1);
      expect(told['ratelimit']).toContain('r=0');
    }
    const socket = await hub.client().socket();
    await socket.init();
    socket.send({ id: '1', type: 'subscribe', payload: { query: '', ...unknown(4) } });
    const payload = [{ extensions: { code: 'GATEWAY_RATE_LIMITED', retryAfterSeconds: expect.any(Number) as number } }];
    expect(await socket.next()).toMatchObject({ type: 'error', payload });
    socket.send({ id: '2', type: 'subscribe', payload: { query: '{ whoAmI }' } });
    expect(await socket.next()).toMatchObject({ type: 'error', payload });
    socket.close();
    expect(find.mock.calls.filter(([sql]) => String(sql).includes('trustedDocument.find'))).toEqual([]);
  });
});

describe('with the gateway’s database away a document that is named', () => {
  it('and was known stays known for fifteen minutes; any other may be asked for again later', async () => {
    await using hub = await openTestGateway();
    const text = 'query Kept { whoAmI }';
    await publishDocuments(hub.database, [published(text)]);
    const ask = (of: string) => sendGraph(`${hub.url}/graphql`, { documentId: `sha256:${digest(of)}` });
    expect((await ask(text)).json?.data).toHaveProperty('whoAmI');
    const socket = await hub.client().socket();
    await socket.init();
    jest.spyOn(hub.database.pool, 'query').mockRejectedValue(new Error('connection refused at 10.0.0.7') as never);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 14 * 60_000);
    expect((await ask(text)).json?.data).toHaveProperty('whoAmI');
    clock.mockReturnValue(now + 16 * 60_000);
    for (const wanted of [text, 'query Other { whoAmI }']) {
      const { status, json, headers, text: body } = await ask(wanted);
      expect([status, headers['retry-after'], json?.errors?.[0]?.extensions]).toMatchObject([
        ...[503, '1', { code: 'SUBGRAPH_UNAVAILABLE', retryable: true }],
      ]);
      expect(body).not.toContain('10.0.0.7');
      socket.send({ id: wanted, type: 'subscribe', payload: { query: '', documentId: `sha256:${digest(wanted)}` } });
      const payload = [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } }];
      expect(await socket.next()).toMatchObject({ type: 'error', id: wanted, payload });
    }
    jest.restoreAllMocks();
    socket.send({ id: 'after', type: 'subscribe', payload: { query: '{ whoAmI }' } });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'after' });
    socket.close();
  });
});

describe('in production a member', () => {
  it('runs published documents only, however they come; other callers run what they like', async () => {
    await using hub = await openTestGateway({ config: { mode: 'production' } });
    const programme: ProgrammeId = newId('prg');
    const member: MemberId = newId('mem');
    const token = await hub.issuer.mint({ role: 'member', subject: 'anna', programme, member });
    const code = async (request: object, credential = token) => {
      const answer = await sendGraph(`${hub.url}/graphql`, request, { authorization: `Bearer ${credential}` });
      return answer.json?.errors?.[0]?.extensions.code ?? Object.keys(answer.json?.data ?? {})[0];
    };
    const text = 'query Own { whoAmI }';
    await publishDocuments(hub.database, [published(text)]);
    expect(await code({ query: WHO })).toBe('GATEWAY_DOCUMENT_NOT_TRUSTED');
    // Sending a hash first makes a document known, not trusted.
    expect(await code({ query: WHO, extensions: named(WHO) })).toBe('GATEWAY_DOCUMENT_NOT_TRUSTED');
    expect(await code({ query: text })).toBe('whoAmI');
    expect(await code({ extensions: named(text) })).toBe('whoAmI');
    const { value } = await hub.client(token).subscribe('subscription { heartbeat }').next();
    expect(JSON.stringify(value)).toContain('GATEWAY_DOCUMENT_NOT_TRUSTED');
    const asEvents = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const events = await sendGraph(`${hub.url}/graphql`, { query: WHO }, asEvents);
    expect(events.text).toContain('GATEWAY_DOCUMENT_NOT_TRUSTED');
    expect(await code({ query: WHO }, hub.partners.issueKey().text)).toBe('whoAmI');
  });
});
