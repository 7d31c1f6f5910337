import { HttpLink } from '../../kernel/graph/http-link';
import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
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
