import { Client } from 'pg';
import { newId, uuidOf } from '../../../kernel/values/id';
import { walletKeyOf, type WalletKey } from '../core/points/wallet';

/**
 * Writers of a journal that nobody plans: each commit locks some wallets and adds the next version of each, as postings do,
 * but with no points. It takes a moment between writing and committing, so that commits overtake one another.
 */
export class JournalWriters {
  readonly wallets: readonly WalletKey[];
  readonly programmeId = newId('prg');
  private static readonly all = new Set<JournalWriters>();
  private isStopped = false;

  /** @param url as a role that may write the journal */
  constructor(
    private readonly url: string,
    wallets: number,
  ) {
    JournalWriters.all.add(this);
    this.wallets = Array.from({ length: wallets }, () => walletKeyOf(newId('mem')));
  }

  /** So many writers at once; each goes on over a lost connection, whose last commit may or may not have come through. */
  async run(writers: number, commitsEach: number): Promise<void> {
    await Promise.all(Array.from({ length: writers }, (_, writer) => this.write(writer, commitsEach)));
  }

  /** For what a test that fails leaves behind. */
  static stopAll(): void {
    for (const writers of JournalWriters.all) writers.stop();
    JournalWriters.all.clear();
  }

  /** Lets every writer end after the commit it is at. */
  stop(): void {
    this.isStopped = true;
  }

  /** One commit: the next version of each of these wallets. */
  async commitOnce(client: Client, wallets: readonly WalletKey[], pauseMs = 0): Promise<void> {
    await client.query('begin');
    for (const { bucket, wallet } of wallets)
      await client.query(ADD_VERSION, [bucket, wallet, uuidOf(this.programmeId)]);
    if (pauseMs > 0) await client.query('/* test.writers.dawdle */ select pg_sleep($1)', [pauseMs / 1_000]);
    await client.query('commit');
  }

  private async write(writer: number, commits: number): Promise<void> {
    let client = await this.connect();
    for (let commit = 0; commit < commits && !this.isStopped; commit += 1) {
      const first = (writer * 7 + commit * 3) % this.wallets.length;
      const second = (first + 1 + (commit % 5)) % this.wallets.length;
      // In key order, as lanes lock them.
      const wallets = [first, second].toSorted((a, b) => a - b).map((at) => this.wallets[at]!);
      try {
        await this.commitOnce(client, wallets, (writer + commit) % 4);
      } catch {
        await client.end().catch(() => undefined);
        client = await this.connect();
      }
    }
    await client.end();
  }

  private async connect(): Promise<Client> {
    for (;;) {
      if (this.isStopped) throw new Error('JournalWriters: stopped');
      const client = new Client({ connectionString: this.url });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch {
        // The server is away; asking without a pause would leave no time for anybody else.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
}

const ADD_VERSION = `/* test.writers.addVersion */
with next as (
  insert into wallet (bucket, wallet, programme_id, seq) values ($1, $2, $3, 1)
  on conflict (bucket, wallet) do update set seq = wallet.seq + 1
  returning bucket, wallet, seq
)
insert into journal_transaction (bucket, wallet, seq, programme_id, kind, cycle_id, rule_book_version, points, available_after,
  pending_after, held_after, arrears_after, qualifying_after, caller, occurred_at, recorded_at, chain)
select bucket, wallet, seq, $3, 'NOTICE', $3, 1, 0, 0, 0, 0, 0, 0, 'test', now(), clock_timestamp(), '' from next`;
