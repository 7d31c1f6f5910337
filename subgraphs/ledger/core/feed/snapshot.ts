/** What of the database was committed at one instant: PostgreSQL's `pg_snapshot`. */
export interface Snapshot {
  /** As PostgreSQL writes it: `xmin:xmax:running,…`. */
  readonly text: string;
  /** Every transaction below it had ended. */
  readonly xmin: bigint;
  /** No transaction from it on had ended. */
  readonly xmax: bigint;
  /** Transactions between the two that had not ended. */
  readonly running: ReadonlySet<bigint>;
}

/** @throws SyntaxError when the text is no snapshot */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '', xmax = '', running = ''] = text.split(':');
  if (xmin === '' || xmax === '') throw new SyntaxError(`parseSnapshot: ${text}`);
  const ids = running === '' ? [] : running.split(',');
  return { text, xmin: BigInt(xmin), xmax: BigInt(xmax), running: new Set(ids.map(BigInt)) };
}

/** Whether a snapshot sees what a transaction wrote, given that it committed. */
export function sees(snapshot: Snapshot, xid: bigint): boolean {
  return xid < snapshot.xmin || (xid < snapshot.xmax && !snapshot.running.has(xid));
}
