import { setImmediate as turn } from 'node:timers/promises';
import { HttpLink } from '../../kernel/graph/http-link';
import type { SubgraphLink } from '../../kernel/graph/link';
import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
import type { AnyResult } from '../../kernel/testkit/graph-client';
import { localLink, openFixture, type Fixture } from '../testkit/fixture';
import { openTestGateway, testSecrets, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const CHANGES = 400;
const WAITING = 32;
const MOVED = `subscription { change: moved(memberId: "m1") { version previousVersion member { displayName } } }`;
const PLAIN = `subscription { change: balanceChanged(memberId: "m1") { version member { displayName } } }`;

/** A subgraph that answers when it is told to: meanwhile no event can be joined with it. */
function heldLink(link: SubgraphLink) {
  const gate = { isHeld: false, waiting: [] as (() => void)[] };
  const execute: SubgraphLink['execute'] = async (request) => {
    if (gate.isHeld) await new Promise<void>((go) => gate.waiting.push(go));
    return link.execute(request);
  };
  return { gate, link: { name: link.name, execute, subscribe: link.subscribe.bind(link), close: () => link.close() } };
}

describe('a gateway that takes a subgraph’s events more slowly than they come', () => {
  let hub: TestGateway;
  let fixture: Fixture;
  let server: SubgraphServer;
  let ledger: HttpLink;
  let members: ReturnType<typeof heldLink>;

  async function open(waiting: number): Promise<void> {
    fixture = openFixture();
    server = await serveSubgraph(fixture.ledger, { secrets: testSecrets, host: '127.0.0.1', port: 0 });
    ledger = new HttpLink('ledger', { url: server.url, secret: testSecrets.internal, waiting });
    members = heldLink(localLink(fixture.members));
    // An event waits for the held subgraph, however long it takes.
    hub = await openTestGateway({
      fixture,
      limits: { deadlineMs: 20_000 },
      links: () => ({ ledger, members: members.link }),
    });
  }
  afterEach(async () => {
    release();
    await hub.close();
    await ledger.close();
    await server.close();
  });

  const release = () => {
    members.gate.isHeld = false;
    for (const go of members.gate.waiting.splice(0)) go();
  };
  /** Opens a stream, holds the other subgraph, and lets all changes come meanwhile. */
  async function behind(query: string, change: (number: number) => void): Promise<AsyncIterator<AnyResult>> {
    const stream = hub.client().subscribe(query);
    const first = query === MOVED ? await stream.next() : null;
    expect(first?.value?.errors).toBeUndefined();
    await until(() => fixture.accounts.readers + fixture.readers() === 1);
    members.gate.isHeld = true;
    for (let number = 1; number <= CHANGES; number += 1) {
      change(number);
      await turn();
    }
    return stream;
  }

  it('keeps a bounded number of them, lets the subgraph go, and misses and repeats none', async () => {
    await open(WAITING);
    const stream = await behind(MOVED, (number) => fixture.accounts.change('m1', String(number)));
    await until(() => fixture.accounts.readers === 0);
    release();
    for (let version = 1; version <= CHANGES; version += 1) {
      const { value } = await stream.next();
      expect(value.data?.change).toMatchObject({ version: String(version), previousVersion: String(version - 1) });
    }
    expect(fixture.accounts.opened).toBeGreaterThan(1);
    await stream.return?.();
  });

  it('would keep them all without the bound (control)', async () => {
    await open(Number.POSITIVE_INFINITY);
    const stream = await behind(MOVED, (number) => fixture.accounts.change('m1', String(number)));
    expect(fixture.accounts.readers).toBe(1);
    release();
    for (let version = 1; version <= CHANGES; version += 1) await stream.next();
    expect(fixture.accounts.opened).toBe(1);
    await stream.return?.();
  });

  it('ends a stream without versions, of which nobody could say what was missed', async () => {
    await open(WAITING);
    const stream = await behind(PLAIN, (number) => fixture.publish(number, '1'));
    await until(() => fixture.readers() === 0);
    release();
    let last: AnyResult | undefined;
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) last = next.value;
    expect(last?.errors?.[0]?.extensions).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryable: true });
  });
});
