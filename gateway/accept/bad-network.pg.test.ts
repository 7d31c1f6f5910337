import { HttpLink } from '../../kernel/graph/http-link';
import type { SubgraphLink } from '../../kernel/graph/link';
import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
import { PushStream } from '../../kernel/graph/stream';
import { FaultyProxy, HttpAnswers } from '../../kernel/testkit/faulty-proxy';
import { localLink, openFixture, type Fixture } from '../testkit/fixture';
import { openTestGateway, testSecrets, type TestGateway } from '../testkit/open-test-gateway';
import { sendGraph, type Answer } from '../testkit/send';
import { until } from '../testkit/until';

const QUERY = '{ member(ref: { id: "m1" }) { displayName account { available } } }';
const WHOLE = { member: { displayName: 'Anna', account: { available: '100' } } };
const WITHOUT_LEDGER = { member: { displayName: 'Anna', account: null } };
const DEADLINE_MS = 400;

/** The ledger is another process behind a bad network; members is here. */
describe('a gateway on a bad network', () => {
  let fixture: Fixture;
  let server: SubgraphServer;
  let way: FaultyProxy;
  let hub: TestGateway;

  beforeAll(async () => {
    fixture = openFixture();
    server = await serveSubgraph(fixture.ledger, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
    const { hostname: host, port } = new URL(server.url);
    way = await FaultyProxy.open({ host, port: Number(port), reader: () => new HttpAnswers(() => true) });
    const url = way.through(server.url).replace(/\/$/, '');
    hub = await openTestGateway({
      fixture,
      limits: { deadlineMs: DEADLINE_MS },
      links: () => ({
        members: localLink(fixture.members),
        ledger: new HttpLink('ledger', { url, secret: testSecrets.internal }),
      }),
    });
  });
  afterAll(async () => {
    way.cutAll();
    await hub.close();
    await way.close();
    await server.close();
  });
  const ask = (query = QUERY): Promise<Answer> => sendGraph(`${hub.url}/graphql`, { query });
  const codeOf = ({ json }: Answer): string | undefined => json?.errors?.[0]?.extensions.code;
  const untilWhole = (): Promise<void> =>
    until(async () => JSON.stringify((await ask()).json?.data) === JSON.stringify(WHOLE));

  it('answers at the deadline what it has, when a subgraph is a black hole, and is whole again when it is none', async () => {
    await untilWhole();
    void way.swallow('everything');
    const answer = await ask();
    expect([answer.status, answer.json?.data, codeOf(answer)]).toEqual([
      200,
      WITHOUT_LEDGER,
      'GATEWAY_DEADLINE_EXCEEDED',
    ]);
    way.passAgain();
    way.cutAll();
    await untilWhole();
  });

  it('keeps nobody waiting any more once a subgraph has not answered ten in a row', async () => {
    void way.swallow('everything');
    await Promise.all(
      Array.from({ length: 10 }, (_, place) =>
        ask(`{ member(ref: { id: "m1" }) { id a${place}: account { available } } }`),
      ),
    );
    const answer = await ask();
    expect([answer.json?.data, codeOf(answer)]).toEqual([WITHOUT_LEDGER, 'SUBGRAPH_UNAVAILABLE']);
    way.passAgain();
    way.cutAll();
    await untilWhole();
  });

  it('reads again when a connection is reset, and says of a mutation that nobody knows', async () => {
    let lost = 0;
    way.loses = () => (lost += 1) === 1;
    expect((await ask()).json?.data).toEqual(WHOLE);
    lost = 0;
    const credit = await ask('mutation { recordPurchase(key: "k", points: 5) { available } }');
    way.loses = () => false;
    expect([credit.json?.data, credit.json?.errors?.[0]?.extensions]).toMatchObject([
      { recordPurchase: null },
      { code: 'SUBGRAPH_UNAVAILABLE', retryable: true },
    ]);
  });

  it('would wait for as long as the black hole lasts without a deadline', async () => {
    // Negative control: the same request to the same subgraph by a client that has none.
    void way.swallow('everything');
    const asked = sendGraph(`${way.through(server.url)}graphql`, { query: '{ __typename }' }).catch(() => 'cut');
    const first = await Promise.race([
      asked,
      new Promise((resolve) => setTimeout(resolve, 3 * DEADLINE_MS, 'waiting')),
    ]);
    expect(first).toBe('waiting');
    way.passAgain();
    way.cutAll();
    await asked;
  });
});

const SILENCE_MS = 200;
const WATCH = `subscription Watch($after: BigInt, $epoch: ID) {
  change: accountChanged(memberId: "m1", after: $after, epoch: $epoch) { version epoch isSnapshot }
}`;

describe('a stream whose way to its subgraph goes dead', () => {
  const open = async (silenceMs: number) => {
    const fixture = openFixture();
    const server = await serveSubgraph(fixture.ledger, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
    const { hostname: host, port } = new URL(server.url);
    const way = await FaultyProxy.open({ host, port: Number(port), reader: () => new HttpAnswers(() => false) });
    const url = way.through(server.url).replace(/\/$/, '');
    const ledger = new HttpLink('ledger', { url, secret: testSecrets.internal, silenceMs });
    const links = () => ({ members: localLink(fixture.members), ledger });
    const hub = await openTestGateway({ fixture, links });
    const client = hub.client();
    const close = async () => {
      way.cutAll();
      await client.close();
      await hub.close();
      await ledger.close();
      await way.close();
      await server.close();
    };
    return { fixture, way, client, [Symbol.asyncDispose]: close };
  };
  const waiting = () => new Promise((resolve) => setTimeout(resolve, 6 * SILENCE_MS, 'waiting'));

  it('is told so and ends, a new one too, and goes on after what it has seen once there is a way', async () => {
    await using hub = await open(SILENCE_MS);
    const stream = hub.client.subscribe(WATCH);
    const { version, epoch } = (await stream.next()).value.data.change as { version: string; epoch: string };
    void hub.way.swallow('everything');
    const unavailable = { errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } }] };
    expect((await stream.next()).value).toMatchObject(unavailable);
    expect((await stream.next()).done).toBe(true);
    const began = performance.now();
    expect((await hub.client.subscribe(WATCH).next()).value).toMatchObject(unavailable);
    expect(performance.now() - began).toBeLessThan(6 * SILENCE_MS);
    hub.fixture.accounts.change('m1', '7');
    hub.way.passAgain();
    hub.way.cutAll();
    const resumed = hub.client.subscribe(WATCH, { after: version, epoch });
    expect((await resumed.next()).value.data.change).toMatchObject({ version: '1', isSnapshot: false });
  });

  it('would wait for as long as that lasts if nobody asked whether the other end is there (control)', async () => {
    await using hub = await open(2 ** 30 - 1);
    const stream = hub.client.subscribe(WATCH);
    await stream.next();
    void hub.way.swallow('everything');
    expect(await Promise.race([stream.next(), waiting()])).toBe('waiting');
    expect(await Promise.race([hub.client.subscribe(WATCH).next(), waiting()])).toBe('waiting');
  });

  it('stays open while nothing happens in it', async () => {
    await using hub = await open(SILENCE_MS);
    const stream = hub.client.subscribe(WATCH);
    await stream.next();
    const next = stream.next();
    expect(await Promise.race([next, waiting()])).toBe('waiting');
    hub.fixture.accounts.change('m1', '7');
    expect((await next).value.data.change).toMatchObject({ version: '1' });
  });
});

describe('a stream whose subgraph is there and says nothing', () => {
  const silent = ({ ledger }: Fixture): SubgraphLink => {
    const { name, execute, close } = localLink(ledger);
    return { name, execute, close, subscribe: async () => new PushStream(() => {}) };
  };

  it('is told that its time is up when it was to begin with a snapshot, and waits for a change when it was not', async () => {
    const fixture = openFixture();
    const links = () => ({ members: localLink(fixture.members), ledger: silent(fixture) });
    await using hub = await openTestGateway({ fixture, links, limits: { deadlineMs: 100 } });
    const client = hub.client();
    const resumed = client.subscribe(WATCH, { after: '1', epoch: 'e1' }).next();
    const { value } = await client.subscribe(WATCH).next();
    expect(value.errors[0].extensions).toMatchObject({ code: 'GATEWAY_DEADLINE_EXCEEDED', retryable: true });
    expect(await Promise.race([resumed, new Promise((resolve) => setTimeout(resolve, 100, 'waiting'))])).toBe(
      'waiting',
    );
    await client.close();
  });
});
