import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { SubgraphLink } from '../../../kernel/graph/link';
import { NEW_DOCUMENT_COST } from '../../limits/cost';
import { defaultLanes } from '../../limits/lanes';
import { defaultLimits } from '../../limits/limits';
import { localLink } from '../../testkit/fixture';
import { openTestGateway, type TestGateway } from '../../testkit/open-test-gateway';
import { refusals, since } from '../../testkit/refusals';
import { send, type Answer } from '../../testkit/send';
import { until } from '../../testkit/until';

// The lanes are as wide as each test says, however busy the machine is.
jest.mock('../../limits/loop-lag', () => ({ watchLoopLag: () => () => undefined }));

const BODY_MAX = 128 * 1024;
const DOCUMENT = 'mutation { result: recordPurchase(key: "k", points: 1) { available } }';
const bulk = { running: 1, waiting: 1, waitingOfOne: 1, waitMs: 20_000 };
let messages = 0;
const track = () => ({ type: 'track', messageId: `m-${(messages += 1)}`, event: 'Bought', userId: `u-${messages}` });
const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });
const codeOf = ({ status, json }: Answer) => [status, json?.errors?.[0]?.extensions.code];

/** A ledger that answers when it is told to. */
function heldLink(link: SubgraphLink) {
  const gate = { isHeld: false, held: [] as (() => void)[] };
  const execute: SubgraphLink['execute'] = async (request) => {
    if (gate.isHeld) await new Promise<void>((go) => gate.held.push(go));
    return link.execute(request);
  };
  return { gate, link: { name: link.name, execute, subscribe: link.subscribe.bind(link), close: () => link.close() } };
}

describe('the doors beside the graph', () => {
  let hub: TestGateway;
  let key: string;
  let gate: ReturnType<typeof heldLink>['gate'];
  const open = async (partner = defaultLimits.budgets.partner, template: object = {}) => {
    const budgets = { ...defaultLimits.budgets, partner };
    hub = await openTestGateway({
      limits: { budgets, lanes: { ...defaultLanes, bulk } },
      links: (fixture) => {
        const ledger = heldLink(localLink(fixture.ledger));
        gate = ledger.gate;
        return { members: localLink(fixture.members), ledger: ledger.link };
      },
    });
    key = hub.partners.issueKey().text;
    const mappings = JSON.stringify([{ type: 'TRACK', event: null, document: DOCUMENT, template }]);
    await hub.database.pool.query('insert into intake_mapping (partner_id, version, mappings) values ($1, 1, $2)', [
      ...[hub.partners.partnerId, mappings],
    ]);
  };
  afterEach(() => hub.close());

  const batch = (body: object, headers: Record<string, string> = basic(key)): Promise<Answer> =>
    send(`${hub.url}/v1/batch`, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  /** Sends a head that announces a body, and none of it. */
  const headOnly = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const length = { 'content-type': 'application/json', 'content-length': '1000' };
      const request = httpRequest(`${hub.url}/v1/batch`, { method: 'POST', headers: { ...length, ...headers } });
      request.once('response', (response: IncomingMessage) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject).flushHeaders();
    });

  it('know who comes before they read what is sent, and of others read no more than of anybody', async () => {
    await open();
    const unknown = `hub_test_${'0'.repeat(32)}_${'A'.repeat(43)}`;
    expect(await headOnly(basic(unknown))).toBe(401);
    const large = { batch: [{ ...track(), properties: { x: 'x'.repeat(2 * BODY_MAX) } }] };
    expect(codeOf(await batch({ ...large, writeKey: key }, {}))).toEqual([413, 'GATEWAY_BODY_TOO_LARGE']);
    expect((await batch(large)).json).toEqual({ success: true, problems: 0 });
    expect((await batch({ batch: [track()], writeKey: key }, {})).json).toEqual({ success: true, problems: 0 });
    expect(codeOf(await batch({ batch: [track()], writeKey: unknown }, {}))).toEqual([401, 'GATEWAY_UNAUTHENTICATED']);
    const cut = { headers: { 'content-type': 'application/json', ...basic(key) }, body: '{"batch":[' };
    expect(codeOf(await send(`${hub.url}/v1/batch`, cut))).toEqual([400, 'GATEWAY_BAD_REQUEST']);
  });

  it('take the write key as Bearer too, by the same rules', async () => {
    await open();
    const bearer = { authorization: `Bearer ${key}` };
    const large = { batch: [{ ...track(), properties: { x: 'x'.repeat(2 * BODY_MAX) } }] };
    expect((await batch(large, bearer)).json).toEqual({ success: true, problems: 0 });
    const problems = await send(`${hub.url}/v1/problems`, { method: 'GET', headers: bearer });
    expect([problems.status, problems.json]).toEqual([200, { problems: [] }]);
    const unknown = { authorization: `Bearer hub_test_${'0'.repeat(32)}_${'A'.repeat(43)}` };
    expect(await headOnly(unknown)).toBe(401);
  });

  it('name the timestamp that a message lacks whose command has a time', async () => {
    await open(undefined, { at: { $first: ['$.timestamp', '$.originalTimestamp', '$.sentAt'] } });
    const timed = { ...track(), timestamp: '2026-03-10T12:00:00Z' };
    expect((await batch({ batch: [track(), timed] })).json).toEqual({ success: true, problems: 1 });
    const { text } = await send(`${hub.url}/v1/problems`, { method: 'GET', headers: basic(key) });
    expect((JSON.parse(text) as { problems: object[] }).problems).toMatchObject([
      { code: 'GATEWAY_INTAKE_VALUE', message: expect.stringContaining('`timestamp`') as string },
    ]);
  });

  it('are refused two Authorization headers, each of them', async () => {
    await open();
    const twice = ['host', 'hub', 'connection', 'close', 'authorization', 'Bearer a', 'authorization', 'Bearer b'];
    const doors = [
      ...[['POST', '/v1/batch', ['content-length', '0']] as const, ['GET', '/v1/problems', []] as const],
      ...[['GET', '/v1/documents/x', []] as const, ['GET', '/readyz', []] as const],
    ];
    for (const [method, path, more] of doors) {
      const answer = await send(`${hub.url}${path}`, { method, headers: [...twice, ...more] });
      expect([path, ...codeOf(answer)]).toEqual([path, 400, 'GATEWAY_BAD_REQUEST']);
    }
    const headers = { authorization: ['Bearer a', 'Bearer b'] as never };
    await expect(hub.client().socket({ headers })).rejects.toThrow('400');
  });

  it('say 429 and when to come again once a budget is used up, as the graph does', async () => {
    await open(NEW_DOCUMENT_COST + 30);
    expect((await batch({ batch: [track()] })).status).toBe(200);
    const spent = await batch({ batch: [track(), track(), track(), track()] });
    const authorization = `Bearer ${key}`;
    const before = await refusals(hub.url);
    const file = await send(`${hub.url}/v1/documents/x`, { method: 'GET', headers: { authorization } });
    expect(since(before, await refusals(hub.url))).toEqual({ GATEWAY_RATE_LIMITED: 1 });
    for (const answer of [spent, file]) {
      const { headers, json } = answer;
      const seconds = Number(headers['retry-after']);
      expect(codeOf(answer)).toEqual([429, 'GATEWAY_RATE_LIMITED']);
      expect(json?.errors?.[0]?.extensions).toMatchObject({ retryable: true, retryAfterSeconds: seconds });
      expect([seconds > 1, headers['ratelimit-policy']]).toEqual([true, '"cost";q=130;w=60']);
      expect(headers['ratelimit']).toMatch(/^"cost";r=\d+;t=\d+$/);
    }
  });

  it('take messages in the lane for bulk work, and refuse what finds no place there before it is read', async () => {
    await open();
    expect((await batch({ batch: [track()] })).status).toBe(200);
    gate.isHeld = true;
    const first = batch({ batch: [track()] });
    await until(() => gate.held.length === 1);
    const second = batch({ batch: [track()] });
    await until(async () => (await headOnlyOrPending()) === 429);
    const query = JSON.stringify({ query: '{ whoAmI }' });
    const till = { headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: query };
    expect((await send(`${hub.url}/graphql`, till)).status).toBe(200);
    gate.isHeld = false;
    for (const go of gate.held.splice(0)) go();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  /** What a head alone is told; it waits for its body while there is a place. */
  async function headOnlyOrPending(): Promise<number | undefined | 'pending'> {
    const pending = new Promise<'pending'>((resolve) => setTimeout(resolve, 200, 'pending'));
    return Promise.race([headOnly(basic(key)).catch(() => undefined), pending]);
  }
});
