import type { NumberedRow } from '../../core/points/journal-row';

const ROWS_KEPT = 10_000;

/**
 * The batches this process numbered last, one after another without a gap: readers at the end of the feed are answered
 * without asking the database.
 */
export class RecentBatches {
  private batches: { readonly batch: bigint; readonly rows: readonly NumberedRow[] }[] = [];
  private rows = 0;

  /** Adds a batch. One that does not follow on the last makes a new beginning. */
  add(batch: bigint, rows: readonly NumberedRow[]): void {
    const last = this.batches.at(-1);
    if (last !== undefined && last.batch + 1n !== batch) this.clear();
    this.batches.push({ batch, rows });
    this.rows += rows.length;
    while (this.rows > ROWS_KEPT && this.batches.length > 1) this.rows -= this.batches.shift()!.rows.length;
  }

  clear(): void {
    this.batches = [];
    this.rows = 0;
  }

  /** Rows from a place on; null when that is not known here, and the database must be asked. */
  read(from: { batch: bigint; place: number }, limit: number): NumberedRow[] | null {
    const first = this.batches[0];
    // Batches follow without a gap, so the place just before the first one kept is known as well.
    if (first === undefined || from.batch < first.batch) return null;
    const found: NumberedRow[] = [];
    for (let at = Number(from.batch - first.batch); at < this.batches.length && found.length < limit; at += 1) {
      for (const row of this.batches[at]!.rows) {
        if ((row.batch > from.batch || row.place >= from.place) && found.length < limit) found.push(row);
      }
    }
    return found;
  }
}
