import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openLog } from '../../telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../testkit/database';
import { testServerUrl } from '../../testkit/test-server';
import type { DatabaseDefinition } from '../database';
import { asAdministrator } from '../provision';
import { ChangeStream } from './change-stream';
import type { CommittedRows } from './pgoutput';
import { examineReplication } from './standing';

class Diary1700000000000 implements MigrationInterface {
  name = 'Diary1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table page (id bigint primary key, at timestamptz, tags uuid[], note text, secret text);
      create table scrap (id bigint primary key);
      create publication pages for table page (id, at, tags, note) with (publish = 'insert')`);
  }

  async down(): Promise<void> {}
}

const diary: DatabaseDefinition = { name: 'streamed', rows: [], migrations: [Diary1700000000000], appendOnly: [] };

/** Waits for a state. It gives up before the test's own time limit, so that a test that fails ends and says what it waited for. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 25_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`never came: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the change stream', () => {
  let database: TestDatabase;
  let stream: ChangeStream | null = null;
  let commits: CommittedRows[];
  let connected: number;
  let disconnected: number;

  beforeEach(async () => {
    database = await openTestDatabase(diary);
    [commits, connected, disconnected] = [[], 0, 0];
  });
  afterEach(async () => {
    await stream?.stop();
    await database.drop();
  });

  async function follow(
    onCommit: (commit: CommittedRows) => void | Promise<void> = (commit) => void commits.push(commit),
    url = database.url,
  ): Promise<ChangeStream> {
    stream = new ChangeStream({
      url,
      publication: 'pages',
      purpose: 'stream',
      log: openLog('test', 'silent'),
      onConnected: () => (connected += 1),
      onDisconnected: () => (disconnected += 1),
      onCommit,
    });
    stream.start();
    return stream;
  }
  const ids = () => commits.flatMap(({ added }) => added.map(({ row }) => Number(row.id)));
  const add = (id: number) => database.pool.query('insert into page (id) values ($1)', [id]);
  const kill = () =>
    database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_type = 'walsender'`,
    );

  it('gives what is committed, whole and only that, with the values and columns a query gives', async () => {
    const following = await follow();
    await until(() => following.metrics.isConnected);
    const uuid = '0190c6f0-0000-7000-8000-000000000001';
    await database.pool.query(`begin; insert into page (id) values (99); rollback`);
    await database.pool
      .query(`begin; insert into page (id, at, tags, note, secret) values (1, '2026-03-10 12:00:00.123+01',
      '{${uuid}}', E'two\\nlines', 'hidden'); insert into scrap values (5); insert into page (id) values (2); commit`);
    await database.pool.query('update page set note = null where id = 2');
    await add(3);
    await until(() => ids().length === 3);
    const { rows } = await database.pool.query('select id, at, tags, note from page where id = 1');
    expect(commits.filter(({ added }) => added.length > 0).map(({ added }) => added.map(({ row }) => row))).toEqual([
      [rows[0], { id: '2', at: null, tags: null, note: null }],
      [{ id: '3', at: null, tags: null, note: null }],
    ]);
  });

  it('gives transactions in the order of their commits, not of their beginnings', async () => {
    const following = await follow();
    await until(() => following.metrics.isConnected);
    const first = new Client({ connectionString: database.url });
    await first.connect();
    await first.query('begin; insert into page (id) values (1)');
    await add(2);
    await first.query('commit');
    await first.end();
    await until(() => ids().length === 2);
    expect(ids()).toEqual([2, 1]);
  });

  it('begins anew after its connection was killed, says so, and does not repeat; what came between is the taker’s to read', async () => {
    const following = await follow();
    await until(() => following.metrics.isConnected);
    await add(1);
    await until(() => ids().length === 1);
    await kill();
    await until(() => disconnected === 1);
    await add(2);
    await until(() => connected === 2);
    await add(3);
    await until(() => ids().includes(3));
    expect(ids().filter((id) => id !== 2)).toEqual([1, 3]);
    expect(following.metrics).toMatchObject({ isConnected: true, connections: 2 });
  });

  it('confirms to the server only what was taken', async () => {
    let take!: () => void;
    const taking = new Promise<void>((resolve) => (take = resolve));
    const following = await follow(() => taking);
    await until(() => following.metrics.isConnected);
    const { rows } = await database.pool.query<{ lsn: string; at: Date }>(
      `insert into page (id) values (1) returning pg_current_wal_insert_lsn()::text as lsn, clock_timestamp() as at`,
    );
    const { lsn, at } = rows[0]!;
    const confirmed = async () => {
      const { rows: slots } = await asAdministrator(await testServerUrl(), (it) =>
        it.query<{ confirmed: boolean; saidSince: boolean }>(
          `select s.confirmed_flush_lsn >= $1::pg_lsn as confirmed, r.reply_time > $2 as "saidSince"
           from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid where s.database = $3`,
          [lsn, at, decodeURIComponent(new URL(database.url).pathname.slice(1))],
        ),
      );
      return slots[0];
    };
    await until(async () => (await confirmed())?.saidSince === true);
    expect([following.metrics.commits, (await confirmed())?.confirmed]).toEqual([0, false]);
    take();
    await until(async () => (await confirmed())?.confirmed === true);
  });

  it('holds the server up when commits are not taken, and takes them all in order afterwards', async () => {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const following = await follow((commit) => {
      commits.push(commit);
      return commits.length === 1 ? released : undefined;
    });
    await until(() => following.metrics.isConnected);
    for (let part = 0; part < 12; part += 1) {
      await database.pool.query(
        `insert into page (id, note) select n, repeat('x', 500) from generate_series($1::int, $1::int + 999) n`,
        [part * 1_000],
      );
    }
    await until(() => following.metrics.pauses > 0);
    expect(commits).toHaveLength(1);
    release();
    await until(() => ids().length === 12_000);
    expect(ids()).toEqual(Array.from({ length: 12_000 }, (_, n) => n));
  });

  it('begins anew when the taker fails', async () => {
    let failures = 0;
    await follow((commit) => {
      if (failures === 0 && commit.added.length > 0) {
        failures += 1;
        throw new Error('not now');
      }
      commits.push(commit);
    });
    await until(() => connected === 1);
    await add(1);
    await until(() => connected === 2);
    await add(2);
    await until(() => ids().includes(2));
    expect(failures).toBe(1);
  });

  it('says why there is none without the right to it, and ends at once when stopped meanwhile', async () => {
    const following = await follow(undefined, database.ownerUrl);
    await until(() => following.metrics.lastFailure !== null);
    expect(following.metrics.lastFailure).toMatch(/permission denied/);
    await following.stop();
    expect(connected).toBe(0);
  });

  it('leaves no slot behind', async () => {
    const following = await follow();
    await until(() => following.metrics.isConnected);
    await following.stop();
    expect((await examineReplication(database)).slots).toEqual([]);
  });
});
