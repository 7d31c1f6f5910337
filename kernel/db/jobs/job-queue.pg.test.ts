import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openLog } from '../../telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../testkit/database';
import { openDatabase, type DatabaseDefinition } from '../database';
import { sqlStateOf } from '../transaction';
import { JobQueue, type Job } from './job-queue';
import { installJobQueue } from './job-schema';

class Jobs1700000000000 implements MigrationInterface {
  readonly name = 'Jobs1700000000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await installJobQueue(runner);
  }

  async down(): Promise<void> {}
}

const definition: DatabaseDefinition = { name: 'queued', rows: [], migrations: [Jobs1700000000000], appendOnly: [] };
const log = openLog('test', 'silent');

let database: TestDatabase;
let queue: JobQueue | null = null;
beforeEach(async () => {
  database = await openTestDatabase(definition);
});
afterEach(async () => {
  await queue?.stop();
  queue = null;
  await database.drop();
});

function start(jobs: Readonly<Record<string, Job>>, everyMinute: readonly string[] = []): void {
  queue = new JobQueue({ url: database.url, log, jobs, everyMinute });
  queue.start();
}
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it never happened');
    await pause(10);
  }
};
const stateOf = (statement: string): Promise<string | undefined> =>
  database.pool.query(statement).then(() => 'done', sqlStateOf);

it('runs as a role that owns nothing of it, begins what comes every minute at once, and hands over payloads', async () => {
  const ran: unknown[] = [];
  const look: Job = (_payload, { add }) => add({ task: 'work', key: 'work:1', payload: { n: 1 } });
  start({ look, work: async (payload) => void ran.push(payload) }, ['look']);
  await until(() => ran.length > 0);
  expect(ran).toEqual([{ n: 1 }]);
  for (const statement of [
    'drop table jobs._private_jobs',
    'create table jobs.mine (id int)',
    'alter table jobs._private_jobs add column mine int',
    'insert into jobs.migrations (id) values (99)',
  ])
    expect(await stateOf(statement)).toBe('42501');
});

it('adds a job once under one key, however often it is asked to', async () => {
  for (const n of [1, 2, 3])
    await database.pool.query(`select jobs.add_job('work', json_build_object('n', $1::int), job_key => 'one')`, [n]);
  const ran: unknown[] = [];
  start({ work: async (payload) => void ran.push(payload) });
  await until(async () => (await database.pool.query('select 1 from jobs.jobs')).rowCount === 0);
  expect(ran).toEqual([{ n: 3 }]);
});

it('runs a job again that failed, and goes on when its connections are cut', async () => {
  let failures = 0;
  const ran: string[] = [];
  const flaky: Job = async () => {
    if (failures++ === 0) throw new Error('not yet');
    ran.push('flaky');
  };
  start({ flaky, after: async () => void ran.push('after') }, ['flaky']);
  await until(() => ran.includes('flaky'));
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and application_name like '%:jobs'`,
  );
  await database.pool.query(`select jobs.add_job('after', job_key => 'after')`);
  await until(() => ran.includes('after'));
});

it('waits, when it is to stop, for the job under way, which is told', async () => {
  const told: string[] = [];
  let begun = false;
  const long: Job = async (_payload, { stopping }) => {
    begun = true;
    await new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve(), { once: true }));
    told.push('stopped');
  };
  start({ long }, ['long']);
  await until(() => begun);
  await queue?.stop();
  queue = null;
  expect(told).toEqual(['stopped']);
  expect((await database.pool.query('select 1 from jobs.jobs')).rowCount).toBe(0);
});

it('is installed again without harm, and no row of it is hidden from the application', async () => {
  const owner = await openDatabase({ ...definition, url: database.ownerUrl, poolSize: 1 });
  const runner = owner.dataSource.createQueryRunner();
  const installed = () => owner.pool.query('select id from jobs.migrations order by id');
  const before = (await installed()).rows as unknown[];
  await installJobQueue(runner);
  await runner.release();
  expect((await installed()).rows).toEqual(before);
  await owner.close();
  const { rows } = await database.pool.query(
    `select relname from pg_class where relnamespace = 'jobs'::regnamespace and relrowsecurity`,
  );
  expect(rows).toEqual([]);
});
