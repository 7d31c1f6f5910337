import { GraphQLError } from 'graphql';
import type { SubgraphLink } from '../../kernel/graph/link';
import { defaultLanes } from '../limits/lanes';
import { localLink } from '../testkit/fixture';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { refusals, since } from '../testkit/refusals';
import { send, sendGraph, type Answer } from '../testkit/send';
import { until } from '../testkit/until';

// The lanes are as wide as each test says, however busy the machine is: loop-lag.test.ts tells what that changes.
jest.mock('../limits/loop-lag', () => ({ watchLoopLag: () => () => undefined }));

/** A subgraph that answers when it is told to, so that a test holds the places of a lane. */
function heldLink(link: SubgraphLink) {
  const held: (() => void)[] = [];
  const gate = { isHeld: true, begun: 0, release: () => held.splice(0).forEach((go) => go()) };
  const execute: SubgraphLink['execute'] = async (request) => {
    gate.begun += 1;
    if (gate.isHeld) await new Promise<void>((go) => held.push(go));
    return link.execute(request);
  };
  return { gate, link: { name: link.name, execute, subscribe: link.subscribe.bind(link), close: () => link.close() } };
}

describe('a gateway with more to do than it can', () => {
  let hub: TestGateway;
  let gate: ReturnType<typeof heldLink>['gate'];
  let flood: Record<string, string>;
  let till: Record<string, string>;

  beforeEach(async () => {
    const lanes = {
      tills: { running: 2, waiting: 3, waitingOfOne: 2, waitMs: 20_000 },
      bulk: { ...defaultLanes.bulk, running: 1, waitingOfOne: 2 },
    };
    hub = await openTestGateway({
      limits: { lanes, deadlineMs: 20_000, patientDeadlineMs: 20_000 },
      links: (fixture) => {
        const ledger = heldLink(localLink(fixture.ledger));
        gate = ledger.gate;
        return { members: localLink(fixture.members), ledger: ledger.link };
      },
    });
    flood = { authorization: `Bearer ${hub.partners.issueKey().text}` };
    // Of the stub's one partner; without a credential one is another caller.
    till = {};
  });
  afterEach(async () => {
    gate.isHeld = false;
    gate.release();
    await hub.close();
  });

  let keys = 0;
  const record = (headers: Record<string, string>): Promise<Answer> =>
    sendGraph(
      `${hub.url}/graphql`,
      { query: `mutation { recordPurchase(key: "k${(keys += 1)}", points: 1) { available } }` },
      headers,
    );

  it('refuses what exceeds one caller’s share with 429 and Retry-After, and still takes another’s', async () => {
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood));
    const refused = await untilRefused(() => record(flood));
    expect([refused.status, refused.json?.errors?.[0]?.extensions]).toMatchObject([
      429,
      { code: 'GATEWAY_TOO_MANY_AT_ONCE', retryable: true },
    ]);
    expect(refused.headers['retry-after']).toBe('1');
    const waiting = record(till);
    gate.isHeld = false;
    gate.release();
    const answers = await Promise.all([...held, waiting]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('refuses everybody with 503 once the lane is full, without touching a subgraph', async () => {
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood), record(till));
    await untilRefused(() => record(till));
    const { status, json, headers } = await record(till);
    expect([status, json?.errors?.[0]?.extensions.code, headers['retry-after']]).toEqual([
      503,
      'GATEWAY_OVERLOADED',
      '1',
    ]);
    expect(gate.begun).toBe(2);
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });

  it('refuses a query by GET in the same words, with the same headers', async () => {
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood));
    await untilRefused(() => record(flood));
    const headers = { ...flood, 'apollo-require-preflight': '1' };
    const query = encodeURIComponent('{ whoAmI }');
    const refused = await send(`${hub.url}/graphql?query=${query}`, { method: 'GET', headers });
    expect([refused.status, refused.json?.errors?.[0]?.extensions, refused.headers['retry-after']]).toMatchObject([
      429,
      { code: 'GATEWAY_TOO_MANY_AT_ONCE', retryable: true },
      '1',
    ]);
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });

  it('tells it over WebSocket and as server-sent events too, and leaves the socket and its streams', async () => {
    const socket = await hub.client().socket();
    await socket.init();
    socket.send({
      type: 'subscribe',
      id: 'live',
      payload: { query: 'subscription { moved(memberId: "m1") { version } }' },
    });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'live' });
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood), record(till));
    await untilRefused(() => record(till));
    const query = 'mutation { recordPurchase(key: "late", points: 1) { available } }';
    const extensions = { code: 'GATEWAY_OVERLOADED', retryable: true };
    socket.send({ type: 'subscribe', id: 'late', payload: { query } });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'late', payload: { errors: [{ extensions }] } });
    expect(await socket.next()).toMatchObject({ type: 'complete', id: 'late' });
    const events = await sendGraph(`${hub.url}/graphql`, { query }, { accept: 'text/event-stream' });
    const [, data] = /^event: next\ndata: (.*)$/m.exec(events.text) ?? [];
    expect(JSON.parse(data ?? '{}')).toMatchObject({ errors: [{ extensions }] });
    expect(gate.begun).toBe(2);
    hub.fixture.accounts.change('m1', '7');
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'live' });
    socket.close();
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });

  it('counts each of them once, whichever way it came', async () => {
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood), record(till));
    await untilRefused(() => record(till));
    const query = 'mutation { recordPurchase(key: "late", points: 1) { available } }';
    const socket = await hub.client().socket();
    await socket.init();
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      'before its body is read': () => record(till),
      'as an event': () => sendGraph(`${hub.url}/graphql`, { query }, { accept: 'text/event-stream' }),
      'on a socket': async () => {
        socket.send({ type: 'subscribe', id: 'late', payload: { query } });
        await socket.next();
        await socket.next();
      },
      'by GET': () =>
        send(`${hub.url}/graphql?query=${encodeURIComponent('{ whoAmI }')}`, {
          method: 'GET',
          headers: { 'apollo-require-preflight': '1' },
        }),
    };
    for (const [way, ask] of Object.entries(ways)) {
      const before = await refusals(hub.url);
      await ask();
      expect([way, since(before, await refusals(hub.url))]).toEqual([way, { GATEWAY_OVERLOADED: 1 }]);
    }
    socket.close();
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });

  it('counts bulk work once that finds no place in its own lane', async () => {
    const query = 'mutation ($rows: [String!]!) { recordPurchases(rows: $rows) }';
    const bulk = () => sendGraph(`${hub.url}/graphql`, { query, variables: { rows: ['a'] } }, flood);
    const held = [bulk(), bulk(), bulk()];
    await until(() => gate.begun === 1);
    const before = await refusals(hub.url);
    await untilRefused(bulk);
    expect(since(before, await refusals(hub.url))).toEqual({ GATEWAY_TOO_MANY_AT_ONCE: 1 });
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });

  it('lets everybody in again once there is room', async () => {
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(flood), record(flood));
    await untilRefused(() => record(flood));
    for (let again = 0; again < 5; again += 1) expect((await record(flood)).status).toBe(429);
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
    const after = await Promise.all([record(flood), record(flood), record(till)]);
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('keeps bulk work out of the way of tills', async () => {
    const query = 'mutation ($rows: [String!]!) { recordPurchases(rows: $rows) }';
    const bulk = () => sendGraph(`${hub.url}/graphql`, { query, variables: { rows: ['a'] } }, flood);
    const held = [bulk(), bulk(), bulk()];
    await until(() => gate.begun === 1);
    // Two more wait for the one place of bulk work; the tills' two are free.
    held.push(record(till), record(till));
    await until(() => gate.begun === 3);
    gate.isHeld = false;
    gate.release();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('would have tills wait behind bulk work in one lane', async () => {
    // Negative control: what fills the tills' own places keeps the next till waiting.
    const held = [record(flood), record(flood)];
    await until(() => gate.begun === 2);
    held.push(record(till));
    await expect(until(() => gate.begun === 3).then(() => 'begun')).rejects.toThrow('It never came about');
    gate.isHeld = false;
    gate.release();
    await Promise.all(held);
  });
});

/** Asks until it is refused: what was sent before may not all have arrived yet. */
async function untilRefused(ask: () => Promise<Answer>): Promise<Answer> {
  const left: Promise<Answer>[] = [];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const asked = ask();
    left.push(asked);
    const first = await Promise.race([asked, new Promise<null>((resolve) => setTimeout(resolve, 200, null))]);
    if (first !== null && first.status !== 200) return first;
  }
  throw new GraphQLError('nobody was refused');
}
