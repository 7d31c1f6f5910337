import type { ExecutionResult } from 'graphql';
import { graphClient, type GraphClient } from '../../kernel/testkit/graph-client';
import { newId } from '../../kernel/values/id';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const WATCH = `subscription ($id: ID!, $after: BigInt, $epoch: ID) {
  change: accountChanged(memberId: $id, after: $after, epoch: $epoch) { version previousVersion isSnapshot member { displayName } }
}`;
const programme = newId('prg');

interface Change {
  readonly version: string;
  readonly previousVersion: string | null;
  readonly isSnapshot: boolean;
}

describe('streams that several ask for', () => {
  let hub: TestGateway;
  let clients: GraphClient[];
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());
  beforeEach(() => {
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await until(() => hub.fixture.accounts.readers === 0);
  });

  const client = (credential?: string) => {
    const one = graphClient(hub.url, credential);
    clients.push(one);
    return one;
  };
  const admin = (subject: string) => hub.issuer.mint({ role: 'admin', programme, subject });
  const take = async (stream: AsyncIterator<ExecutionResult>, count = 1): Promise<Change[]> => {
    const taken: Change[] = [];
    while (taken.length < count) taken.push(((await stream.next()).value.data as { change: Change }).change);
    return taken;
  };
  const entityCalls = () => hub.fixture.asked.length;
  const member = (name: string) => `${name}-${Math.random()}`;

  it('read one source, and an event is joined once for all of them', async () => {
    const id = member('m');
    const streams = await Promise.all(Array.from({ length: 20 }, async () => client().subscribe(WATCH, { id })));
    await Promise.all(streams.map((stream) => take(stream)));
    await until(() => hub.fixture.accounts.readers === 1);
    const before = entityCalls();
    hub.fixture.accounts.change(id, '5');
    const changes = await Promise.all(streams.map((stream) => take(stream)));
    expect(new Set(changes.flat().map(({ version }) => version))).toEqual(new Set(['1']));
    // One context for the event at its subgraph, one for the call of the other and one for the entity there.
    expect(entityCalls() - before).toBe(3);
  });

  it('gives who comes later a snapshot first, then every change, while changes go on', async () => {
    const id = member('m');
    const first = client().subscribe(WATCH, { id });
    await take(first);
    let goesOn = true;
    const writing = (async () => {
      while (goesOn) {
        hub.fixture.accounts.change(id, '1');
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const readers = [first, ...Array.from({ length: 8 }, () => client().subscribe(WATCH, { id }))];
    const told = await Promise.all(readers.map((reader) => take(reader, 40)));
    goesOn = false;
    await writing;
    for (const [place, changes] of told.entries()) {
      expect(changes[0]!.isSnapshot).toBe(place !== 0);
      for (const [n, change] of changes.entries()) {
        if (n > 0) expect(change.previousVersion).toBe(changes[n - 1]!.version);
        if (n > 0) expect(change.isSnapshot).toBe(false);
      }
    }
  });

  it('lets who comes back go on after what it saw, and share again', async () => {
    const id = member('m');
    for (const value of ['1', '2', '3']) hub.fixture.accounts.change(id, value);
    const stays = client().subscribe(WATCH, { id });
    await take(stays);
    const back = client().subscribe(WATCH, { id, after: '1', epoch: 'e1' });
    expect((await take(back, 2)).map(({ version, isSnapshot }) => [version, isSnapshot])).toEqual([
      ['2', false],
      ['3', false],
    ]);
    await until(() => hub.fixture.accounts.readers === 1);
    const opened = hub.fixture.accounts.opened;
    const there = client().subscribe(WATCH, { id, after: '3', epoch: 'e1' });
    const [heard] = [there.next()];
    await until(() => entityCalls() > 0);
    // Nothing says that a reader has joined: it is told the change after it has.
    const changing = setInterval(() => hub.fixture.accounts.change(id, '4'), 20);
    const { data } = (await heard).value as { data: { change: Change } };
    clearInterval(changing);
    expect(data.change.isSnapshot).toBe(false);
    expect(hub.fixture.accounts.opened - opened).toBeLessThanOrEqual(1);
  });

  it('starts who comes back from another epoch with a snapshot', async () => {
    const id = member('m');
    hub.fixture.accounts.change(id, '9');
    const back = client().subscribe(WATCH, { id, after: '7', epoch: 'before the restore' });
    expect(await take(back)).toMatchObject([{ version: '1', isSnapshot: true }]);
  });

  it.each<[string, () => Promise<[string | undefined, string | undefined]>]>([
    ['different callers', async () => [await admin('kim'), await admin('lee')]],
    ['a caller and nobody', async () => [await admin('kim'), undefined]],
    [
      'two keys of one partner',
      async () => [hub.partners.issueKey().text, hub.partners.issueKey({ scopes: ['members:read'] }).text],
    ],
  ])('are never shared between %s', async (_who, credentials) => {
    const id = member('m');
    const [one, other] = await credentials();
    const before = hub.fixture.accounts.readers;
    await take(client(one).subscribe(WATCH, { id }));
    await take(client(other).subscribe(WATCH, { id }));
    expect(hub.fixture.accounts.readers - before).toBe(2);
    // The control: the same caller once more costs no source.
    await take(client(one).subscribe(WATCH, { id }));
    await until(() => hub.fixture.accounts.readers - before === 2);
  });

  it('are not shared when the documents ask for different fields or different members', async () => {
    const [id, other] = [member('m'), member('n')];
    await take(client().subscribe(WATCH, { id }));
    await take(client().subscribe(WATCH, { id: other }));
    const less = client().subscribe('subscription ($id: ID!) { change: accountChanged(memberId: $id) { version } }', {
      id,
    });
    expect(await take(less)).toEqual([{ version: '0' }]);
    expect(hub.fixture.accounts.readers).toBe(3);
  });

  it('show the client only what it asked for, whatever is read besides', async () => {
    const stream = client().subscribe('subscription { moved(memberId: "m1") { account { available } } }');
    expect((await stream.next()).value).toEqual({ data: { moved: { account: { available: '0' } } } });
  });

  it('go on when the supergraph is replaced, while new ones follow the new', async () => {
    const id = member('m');
    const open = client().subscribe(WATCH, { id });
    await take(open);
    const more = '  companion: Member @join__field(graph: MEMBERS)\n  friend: Member';
    hub.reload(hub.fixture.supergraphSdl.replace('  friend: Member', more));
    hub.fixture.accounts.change(id, '3');
    expect(await take(open)).toMatchObject([{ version: '1' }]);
    const later = client().subscribe(WATCH, { id });
    await take(later);
    expect(hub.fixture.accounts.readers).toBe(2);
    const asked = await client().query('query Asked { __type(name: "Member") { fields { name } } }');
    expect(JSON.stringify(asked.body)).toContain('companion');
    hub.reload(hub.fixture.supergraphSdl);
  });
});
