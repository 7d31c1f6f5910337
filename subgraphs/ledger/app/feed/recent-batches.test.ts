import type { NumberedRow } from '../../core/points/journal-row';
import { RecentBatches } from './recent-batches';

const row = (batch: bigint, place: number) => ({ batch, place }) as NumberedRow;
const rows = (batch: bigint, count: number) => Array.from({ length: count }, (_, place) => row(batch, place));
const from = (batch: bigint, place: number) => ({ batch, place });

describe('the batches numbered last', () => {
  it('answer from any place they hold, in order and up to the limit', () => {
    const recent = new RecentBatches();
    recent.add(7n, rows(7n, 2));
    recent.add(8n, rows(8n, 3));
    expect(recent.read(from(7n, 1), 10)).toEqual([row(7n, 1), ...rows(8n, 3)]);
    expect(recent.read(from(7n, 0), 3)).toEqual([...rows(7n, 2), row(8n, 0)]);
    expect(recent.read(from(8n, 2), 10)).toEqual([row(8n, 2)]);
    expect(recent.read(from(8n, 3), 10)).toEqual([]);
  });

  it('know nothing of what came before them', () => {
    const recent = new RecentBatches();
    expect(recent.read(from(0n, 0), 10)).toBeNull();
    recent.add(7n, rows(7n, 2));
    expect(recent.read(from(6n, 5), 10)).toBeNull();
  });

  it('begin anew when a batch was numbered without them', () => {
    const recent = new RecentBatches();
    recent.add(7n, rows(7n, 2));
    recent.add(9n, rows(9n, 1));
    expect(recent.read(from(7n, 0), 10)).toBeNull();
    expect(recent.read(from(9n, 0), 10)).toEqual(rows(9n, 1));
    recent.clear();
    expect(recent.read(from(9n, 0), 10)).toBeNull();
  });

  it('let go of the oldest when they are many', () => {
    const recent = new RecentBatches();
    for (let batch = 1n; batch <= 30n; batch += 1n) recent.add(batch, rows(batch, 500));
    expect(recent.read(from(10n, 0), 1)).toBeNull();
    expect(recent.read(from(11n, 0), 1)).toEqual([row(11n, 0)]);
  });
});
