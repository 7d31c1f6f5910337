import { asAdministrator } from '../../kernel/db/provision';
import { SUBGRAPHS } from '../../kernel/context/principal';
import { REFUSAL } from '../../hub/client/graph';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { PartsHub, type PartsShape } from './testkit/parts';
import { untilSo, Watcher, type WatchWay } from './testkit/watcher';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;

const SHAPES: Readonly<Record<string, PartsShape>> = {
  'everything in the gateway’s process': { local: SUBGRAPHS },
  'the ledger in the first of two gateways, all others alone': { local: ['ledger'], gateways: 2 },
  'the ledger alone, all others in the first of two gateways': {
    local: SUBGRAPHS.filter((name) => name !== 'ledger'),
    gateways: 2,
  },
  'every part alone, two gateways': { gateways: 2 },
};
const WAYS: readonly WatchWay[] = ['socket', 'events'];

describe('streams of a hub', () => {
  let parts: PartsHub;
  let coalition: Coalition;
  let watchers: Watcher[] = [];
  let receipts = 0;

  beforeAll(async () => {
    parts = await PartsHub.open({ local: SUBGRAPHS });
    coalition = await foundCoalition(parts.hub);
  });
  afterAll(() => parts?.hub.close(), 60_000);
  afterEach(() => {
    for (const watcher of watchers) watcher.cut();
    watchers = [];
  });

  const told = () =>
    watchers.map(({ seen, faults, ends }) => `${seen?.version}; ${faults.join()}; ${ends.join()}`).join('\n');
  /** Until everybody was told a version. */
  const allAt = (version: bigint) => untilSo(() => watchers.every((watcher) => watcher.isAt(version)), told);
  const allConnect = () => Promise.all(watchers.map((watcher) => watcher.connect()));
  const sell = async (memberId: string, times: number): Promise<void> => {
    for (let sale = 0; sale < times; sale += 1) {
      const ref = `streams ${(receipts += 1)}`;
      await coalition.bakery.caller.must(RECORD, { input: purchase(ref, memberId, 1) });
    }
  };
  /** One watcher for each gateway and way of one new member; each comes to the other gateway after a cut. */
  async function watched(options: { forgets?: boolean } = {}): Promise<string> {
    const { id: memberId, token } = await coalition.enrol(`STREAM-${(receipts += 1)}`);
    const { urls } = parts;
    watchers = urls.flatMap((_url, number) =>
      WAYS.map((way) => {
        const from = [...urls.slice(number), ...urls.slice(0, number)];
        return new Watcher({ urls: from, token, memberId, way, ...options });
      }),
    );
    await allConnect();
    await allAt(0n);
    return memberId;
  }

  describe.each(Object.entries(SHAPES))('with %s', (_name, shape) => {
    beforeAll(() => parts.reshape(shape), 60_000);

    it('begin with a snapshot, tell every version in order, and go on after a cut at any gateway', async () => {
      const memberId = await watched();
      await sell(memberId, 4);
      await allAt(4n);
      for (const watcher of watchers) watcher.cut();
      await sell(memberId, 3);
      await allConnect();
      await allAt(7n);
      await sell(memberId, 2);
      await allAt(9n);
      for (const { faults, snapshots, changes, ends, seen } of watchers)
        expect({ faults, snapshots, changes, ends, available: seen?.available }).toEqual({
          faults: [],
          snapshots: 1,
          changes: 9,
          ends: [],
          available: '9',
        });
    });

    it('begin anew when the book was restored, which the epoch tells', async () => {
      const memberId = await watched();
      await sell(memberId, 2);
      await allAt(2n);
      const before = watchers[0]!.seen!.epoch;
      const home = parts.homeOf('ledger');
      await parts.end(home);
      await untilSo(() => watchers.every(({ ends }) => ends.length > 0), told);
      await asNewBook(parts);
      await parts.reopen(home);
      for (const watcher of watchers) watcher.cut();
      await allConnect();
      await untilSo(() => watchers.every(({ seen }) => seen?.epoch !== before), told);
      await sell(memberId, 1);
      await allAt(3n);
      for (const { faults, snapshots, changes } of watchers)
        expect({ faults, snapshots, changes }).toEqual({ faults: [], snapshots: 2, changes: 3 });
    });
  });

  it('are found to have a gap where a client comes back without saying what it has seen (control)', async () => {
    const memberId = await watched({ forgets: true });
    await sell(memberId, 1);
    await allAt(1n);
    for (const watcher of watchers) watcher.cut();
    await sell(memberId, 3);
    await allConnect();
    await allAt(4n);
    for (const { faults } of watchers) expect(faults).toEqual([expect.stringMatching(/^a gap: version 4 after 1/)]);
  });
});

/** What a restore does to the ledger's book, as far as streams can see. */
async function asNewBook({ postgres }: PartsHub): Promise<void> {
  // Where everything was in one process, the server went with it.
  await postgres.restart();
  const url = new URL(postgres.superuserUrl);
  url.pathname = '/hub_ledger';
  await asAdministrator(url.href, (client) => client.query('update ledger_epoch set epoch = md5(epoch)'));
}
