import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
import { HttpLink } from '../../kernel/graph/http-link';
import type { SubgraphLink } from '../../kernel/graph/link';
import { graphClient, type GraphClient } from '../../kernel/testkit/graph-client';
import { openFixture, type Fixture, localLink } from '../testkit/fixture';
import { openTestGateway, testSecrets, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const BALANCE = `subscription ($id: ID!) {
  changed: balanceChanged(memberId: $id) { version account { available } ...Who }
}
fragment Who on BalanceChange { member { displayName perk } }`;

describe.each(['local', 'pool'] as const)('a subscription over %s links', (way) => {
  let hub: TestGateway;
  let client: GraphClient;
  let servers: SubgraphServer[] = [];
  const addresses: Record<string, string> = {};

  beforeAll(async () => {
    const fixture = openFixture();
    if (way === 'pool') {
      for (const subgraph of [fixture.members, fixture.ledger]) {
        const server = await serveSubgraph(subgraph, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
        servers.push(server);
        addresses[subgraph.name] = server.url;
      }
    }
    hub = await openTestGateway({
      fixture,
      links: (opened) => (way === 'local' ? localLinks(opened) : poolLinks(addresses)),
    });
  });
  beforeEach(() => {
    client = graphClient(hub.url);
  });
  afterEach(async () => client.close());
  afterAll(async () => {
    await hub.close();
    for (const server of servers) await server.close();
    servers = [];
  });

  it('joins each event with the other subgraphs, under the client’s aliases and fragments', async () => {
    const changes = client.subscribe(BALANCE, { id: 'm1' });
    const first = changes.next();
    await until(() => hub.fixture.readers() === 1);
    hub.fixture.publish(1, '250');
    hub.fixture.publish(2, '300');
    const member = { displayName: 'Anna', perk: 'perk of nick-m1' };
    expect((await first).value).toEqual({ data: { changed: { version: '1', account: { available: '250' }, member } } });
    expect((await changes.next()).value).toEqual({
      data: { changed: { version: '2', account: { available: '300' }, member } },
    });
    await changes.return();
    await until(() => hub.fixture.readers() === 0);
  });

  it('gives every reader an event of its own', async () => {
    const readers = ['m1', 'm2'].map((id) => client.subscribe(BALANCE, { id }));
    const firsts = readers.map((reader) => reader.next());
    await until(() => hub.fixture.readers() === 2);
    hub.fixture.publish(1, '1');
    const names = (await Promise.all(firsts)).map(({ value }) => value.data.changed.member.displayName as string);
    expect(names).toEqual(['Anna', 'Piotr']);
  });

  it('answers a syntax error of one operation and leaves the socket to the others', async () => {
    const changes = client.subscribe(BALANCE, { id: 'm1' });
    const first = changes.next();
    await until(() => hub.fixture.readers() === 1);
    const faulty = await client.subscribe('subscription { balanceChanged(').next();
    expect(faulty.value.errors[0].extensions.code).toBe('GATEWAY_SYNTAX');
    hub.fixture.publish(7, '7');
    expect((await first).value.data.changed.version).toBe('7');
  });
});

describe('a subscription with another subgraph down', () => {
  it('makes the fields of that subgraph null, says so, and goes on when it is back', async () => {
    const fixture = openFixture();
    let server = await serveSubgraph(fixture.members, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
    const { port } = new URL(server.url);
    const members = new HttpLink('members', { url: server.url, secret: testSecrets.internal });
    await using hub = await openTestGateway({ fixture, links: () => ({ members, ledger: localLink(fixture.ledger) }) });
    const client = graphClient(hub.url);
    const changes = client.subscribe(BALANCE, { id: 'm1' });
    const first = changes.next();
    await until(() => fixture.readers() === 1);

    await server.close();
    fixture.publish(1, '10');
    const { value } = await first;
    expect(value.data.changed).toEqual({
      version: '1',
      account: { available: '10' },
      member: { displayName: null, perk: null },
    });
    expect(value.errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toContain(
      'SUBGRAPH_UNAVAILABLE',
    );
    expect(JSON.stringify(value)).not.toMatch(/127\.0\.0\.1|ECONN|members/);

    server = await serveSubgraph(fixture.members, { secrets: testSecrets, host: '127.0.0.1', port: Number(port) });
    fixture.publish(2, '20');
    expect((await changes.next()).value.data.changed.member.displayName).toBe('Anna');
    await client.close();
    await members.close();
    await server.close();
  });

  it('tells its readers and ends when the subgraph of the stream goes away', async () => {
    const fixture = openFixture();
    const server = await serveSubgraph(fixture.ledger, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
    const ledger = new HttpLink('ledger', { url: server.url, secret: testSecrets.internal });
    await using hub = await openTestGateway({
      fixture,
      links: () => ({ ledger, members: localLink(fixture.members) }),
    });
    const client = graphClient(hub.url);
    const changes = client.subscribe(BALANCE, { id: 'm1' });
    const first = changes.next();
    await until(() => fixture.readers() === 1);
    await server.close();
    expect((await first).value.errors[0].extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
    expect((await changes.next()).done).toBe(true);
    await client.close();
    await ledger.close();
  });
});

function localLinks(fixture: Fixture): Record<string, SubgraphLink> {
  return { members: localLink(fixture.members), ledger: localLink(fixture.ledger) };
}

function poolLinks(urls: Record<string, string>): Record<string, SubgraphLink> {
  const link = (name: 'members' | 'ledger') =>
    new HttpLink(name, { url: urls[name] as string, secret: testSecrets.internal });
  return { members: link('members'), ledger: link('ledger') };
}
