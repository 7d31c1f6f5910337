import type { ReplicationSlot, ReplicationStanding } from '../../kernel/db/change-stream/standing';
import { judgeReplication } from './judge-replication';

const GOOD: ReplicationStanding = {
  walLevel: 'logical',
  mayReplicate: true,
  slotsFree: 3,
  keptAtMostBytes: 1_000_000_000n,
  slots: [],
};
const SLOT: ReplicationSlot = { name: 'one', isTemporary: true, isActive: true, isLost: false, keptBytes: 1_000n };
const warnings = (change: Partial<ReplicationStanding>) =>
  judgeReplication({ ...GOOD, ...change })
    .filter(({ state }) => state !== 'ok')
    .map(({ state, what, advice }) => [state, `${what} → ${advice}`]);
const warning = (text: RegExp) => ['warn', expect.stringMatching(text)];

describe('the doctor, on the ledger’s change stream', () => {
  it('finds nothing where the log is logical, the role may read it and readers keep up', () => {
    expect(judgeReplication({ ...GOOD, slots: [SLOT] })).toEqual([
      { state: 'ok', what: 'events of ledger follow the log' },
    ]);
  });

  it.each([
    ['the server keeps no logical log', { walLevel: 'replica' }, /later: wal_level is replica → Set wal_level/],
    ['the role has no right to it', { mayReplicate: false }, /no REPLICATION → Run hub migrate --provision/],
    ['there is no slot left', { slotsFree: 0 }, /no slot left → Raise max_replication_slots/],
    ['nothing limits what a slot keeps', { keptAtMostBytes: null }, /could fill the disk → Set max_slot_wal_keep_size/],
    ['a slot is lost', { slots: [{ ...SLOT, isLost: true }] }, /one .* is lost → .* loses nothing/],
    ['a slot lags', { slots: [{ ...SLOT, keptBytes: 600_000_000n }] }, /one .* is 572 MB behind, of 953 MB/],
    [
      'a slot outlived its reader',
      { slots: [{ ...SLOT, isTemporary: false, isActive: false }] },
      /pg_drop_replication_slot\('one'\)/,
    ],
  ])('warns when %s', (_, change, text) => {
    expect(warnings(change)).toEqual([warning(text)]);
  });

  it('does not miss a slot on a full server while the ledger has one', () => {
    expect(warnings({ slotsFree: 0, slots: [SLOT] })).toEqual([]);
  });
});
