import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { projectRoot } from '../../../../kernel/config/project-root';
import type { Principal } from '../../../../kernel/context/principal';
import { JobQueue } from '../../../../kernel/db/jobs/job-queue';
import { runInvariants } from '../../../../kernel/db/invariants';
import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openLog } from '../../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, newOpaqueId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import type { PostingRule } from '../../core/movements/carry-out';
import type { PostingPlan } from '../../core/points/posting';
import type { RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { moveTestClock, saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { openMembers } from '../../testkit/open-members';
import { recordPurchase } from '../movements/record-purchase';
import { openLedger, type RunningLedger } from '../open-ledger';
import type { PostingLanes } from '../points/posting-lanes';
import { DO_DUE_WORK, LOOK_FOR_DUE_WORK, dueJobs } from './due-jobs';
import { doDueWork, type DueLedger } from './due-work';

const EARNED = new Date('2025-12-28T12:00:00Z');
const DUE = new Date('2026-03-28T23:00:00Z');
const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
const log = openLog('test', 'silent');
const CROWD = 2_000;
const SMALLER_CROWD = 1_000;
// Each makes a crowd's purchases first.
jest.setTimeout(120_000);

let database: TestDatabase;
let running: RunningLedger;
let clock: FixedClock;
const partners = new Set<string>();

/** A ledger of this process on the database; one lane, so that whoever queues behind something is seen to. */
function open(): Promise<RunningLedger> {
  const link = openMembers(partners);
  const peers = { link: () => link, feed: () => ({ read: async () => [] }) };
  return openLedger({ database, clock, secrets, peers }, { lanes: 1, batchMax: 500, reactions: {} });
}

beforeEach(async () => {
  database = await openTestDatabase(ledgerDatabase);
  clock = new FixedClock(EARNED);
  running = await open();
});
afterEach(async () => {
  await running.stop();
  await database.drop();
});

/** Every sentence about the book, true once more. */
async function expectSoundBook(): Promise<void> {
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red).toEqual([]);
}

/** A programme whose points are good for 90 days, and its members' purchases there. */
async function aProgramme(change: Partial<RuleBook> = {}, pendingDays = 0) {
  const plain = aRuleBook({ pointsValidityDays: 90, isSandbox: false, ...change });
  const book = { ...plain, earningRules: plain.earningRules.map((rule) => ({ ...rule, pendingDays })) };
  const { programmeId, version, isSandbox, currency, opensAt, brands } = book;
  for (const brand of brands) partners.add(brand);
  const payload = announcementOf(book);
  await inTransaction(database, (tx) =>
    saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
  );
  const till: Principal = {
    kind: 'partner',
    programmeId,
    partnerId: brands[0],
    keyId: newId('key'),
    scopes: ['points:earn'],
  };
  const earn = async (id: MemberId, euros: bigint, ledger = running.ledger): Promise<void> => {
    const amount = { amountMinor: euros * 100n, currency: 'EUR' };
    const receipt = { idempotencyKey: newId('req'), externalRef: newId('txn'), occurredAt: clock.now() };
    const outcome = await recordPurchase(ledger, till, { ...receipt, member: { id }, amount });
    if (isRefusal(outcome)) throw new Error(outcome.code);
  };
  const crowd = async (size: number): Promise<MemberId[]> => {
    const members = Array.from({ length: size }, () => newOpaqueId('mem'));
    await Promise.all(members.map((member) => earn(member, 10n)));
    return members;
  };
  return { programmeId, earn, crowd };
}

/** How often each of the members' accounts had a posting of a kind; members with none are left out. */
async function timesOf(kind: string): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ wallet: string; times: number }>(
    'select wallet, count(*)::int as times from journal_transaction where kind = $1 group by wallet',
    [kind],
  );
  return new Map(rows.map(({ wallet, times }) => [wallet, times]));
}
/** How many accounts had something expire. */
async function expired(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(distinct wallet)::int as count from journal_transaction where kind = 'EXPIRY'`,
  );
  return rows[0]?.count ?? 0;
}

const WAIT_MS_MAX = 60_000;

/** Looks again and again until it is so. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await pause(10);
  }
}

it('does what is due where the wall’s time rules, and leaves a sandbox to its clock', async () => {
  const [live, sandbox] = [await aProgramme(), await aProgramme({ isSandbox: true })];
  const [saver] = await live.crowd(1);
  const [tester] = await sandbox.crowd(1);
  await inTransaction(database, (tx) => moveTestClock(tx, sandbox.programmeId, EARNED));
  clock.set(DUE);
  await running.start();
  await until('an expiry', async () => (await expired()) > 0);
  await until('an end of the jobs', async () => (await waitingJobs()).length === 0);
  expect([...(await timesOf('EXPIRY'))]).toEqual([[uuidOf(saver as MemberId), 1]]);
  expect((await timesOf('EXPIRY')).has(uuidOf(tester as MemberId))).toBe(false);
  await expectSoundBook();
});

/** Keys of jobs that wait or run. */
async function waitingJobs(): Promise<string[]> {
  const { rows } = await database.pool.query<{ key: string }>('select key from jobs.jobs');
  return rows.map(({ key }) => key);
}

describe('a till', () => {
  it('goes on while thousands of accounts fall due, its own member’s among them', async () => {
    const programme = await aProgramme();
    const members = await programme.crowd(CROWD);
    const newcomer = newOpaqueId('mem');
    clock.set(DUE);
    await running.start();
    await until('the first expiries', async () => (await expired()) > 0);
    await Promise.all([programme.earn(newcomer, 5n), programme.earn(members.at(-1) as MemberId, 5n)]);
    expect(await expired()).toBeLessThan(CROWD);
    await until('all expiries', async () => (await expired()) === CROWD);
    expect(new Set((await timesOf('EXPIRY')).values())).toEqual(new Set([1]));
    await expectSoundBook();
  });

  // Negative control: what is due in the till's own lane, all at once, is what a till waits for.
  it('waits for all of them where they share its lane', async () => {
    const programme = await aProgramme();
    await programme.crowd(CROWD);
    clock.set(DUE);
    const sweep = doDueWork(running.ledger, programme.programmeId, { now: DUE, batch: CROWD });
    await until('the first expiries', async () => (await expired()) > 0);
    await programme.earn(newOpaqueId('mem'), 5n);
    expect(await expired()).toBe(CROWD);
    await sweep;
  });

  it('that keeps a wallet locked delays nobody else’s, and that one is done when it is free', async () => {
    const programme = await aProgramme();
    const members = await programme.crowd(250);
    const slow = new Client({ connectionString: database.url });
    await slow.connect();
    await slow.query('begin');
    await slow.query('select 1 from wallet where wallet = $1 for update', [uuidOf(members[0] as MemberId)]);
    clock.set(DUE);
    await running.start();
    await until('the others’ expiries', async () => (await expired()) === members.length - 1);
    expect((await timesOf('EXPIRY')).has(uuidOf(members[0] as MemberId))).toBe(false);
    await slow.query('rollback');
    await slow.end();
    await until('an end of the jobs', async () => (await waitingJobs()).length === 0);
    await lookAgain();
    await until('the last expiry', async () => (await expired()) === members.length);
  });
});

/** What every minute brings. */
async function lookAgain(): Promise<void> {
  await database.pool.query('select jobs.add_job($1, job_key => $1)', [LOOK_FOR_DUE_WORK]);
}

const KILLED = `
  const { openDatabase } = require('./kernel/db/database');
  const { FixedClock } = require('./kernel/values/clock');
  const { openLedger } = require('./subgraphs/ledger/app/open-ledger');
  const { ledgerDatabase } = require('./subgraphs/ledger/data/database');
  const { url, now, secrets } = JSON.parse(process.argv[1]);
  const peers = { link: () => ({}), feed: () => ({ read: async () => [] }) };
  openDatabase({ ...ledgerDatabase, url })
    .then((database) => openLedger({ database, peers, secrets, clock: new FixedClock(new Date(now)) },
                                   { lanes: 1, batchMax: 500, reactions: {} }))
    .then((running) => running.start());
`;

describe('a process that is killed while it does what is due', () => {
  async function killedHalfway() {
    const programme = await aProgramme();
    await programme.crowd(SMALLER_CROWD);
    clock.set(DUE);
    const given = JSON.stringify({ url: database.url, now: DUE, secrets });
    const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', KILLED, given], {
      cwd: projectRoot(),
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: WAIT_MS_MAX,
    });
    const ended = once(child, 'exit');
    await until('the first expiries', async () => (await expired()) > 0);
    child.kill('SIGKILL');
    await ended;
    expect(await expired()).toBeLessThan(SMALLER_CROWD);
    return programme;
  }

  it('leaves a job that the next one takes up, and nothing is done twice', async () => {
    await killedHalfway();
    await running.start();
    await until('all expiries', async () => (await expired()) === SMALLER_CROWD);
    expect(new Set((await timesOf('EXPIRY')).values())).toEqual(new Set([1]));
    await expectSoundBook();
  });

  // Negative control: the dead process still holds the lease, so a queue that begins no job of its own waits for hours.
  it('would keep what is left undone if nobody began the job anew', async () => {
    await killedHalfway();
    const done = await expired();
    const jobs = dueJobs(running.ledger, log);
    const idle = new JobQueue({ url: database.url, log, ...jobs, everyMinute: [] });
    idle.start();
    await allRunnableHaveRun();
    expect(await expired()).toBe(done);
    await idle.stop();
  });

  /** When a job added last has been run, every one before it that could be run has been. */
  async function allRunnableHaveRun(): Promise<void> {
    await database.pool.query(`select jobs.add_job($1, $2, job_key => 'last')`, [
      DO_DUE_WORK,
      JSON.stringify({ programmeId: newId('prg') }),
    ]);
    await until('the last job', async () => !(await waitingJobs()).includes('last'));
  }
});

describe('two at once', () => {
  /** Members with points that are due for release and with others that are not yet. */
  async function twiceAtOnce(lanes: (own: PostingLanes) => PostingLanes) {
    const programme = await aProgramme({}, 14);
    const members = await programme.crowd(40);
    clock.set(new Date('2026-01-05T12:00:00Z'));
    await Promise.all(members.map((member) => programme.earn(member, 10n)));
    const due = new Date('2026-01-11T12:00:00Z');
    clock.set(due);
    const other = await open();
    const workers = [running, other].map(({ ledger }): DueLedger => ({ ...ledger, lanes: lanes(ledger.lanes) }));
    const ends = await Promise.allSettled(
      workers.map((worker) => doDueWork(worker, programme.programmeId, { now: due, batch: 7 })),
    );
    await other.stop();
    const released = await timesOf('RELEASE');
    return { ends, times: members.map((member) => released.get(uuidOf(member)) ?? 0) };
  }

  it('do each thing once', async () => {
    const { ends, times } = await twiceAtOnce((own) => own);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(new Set(times)).toEqual(new Set([1]));
    await expectSoundBook();
  });

  // Negative control: a rule that goes by what was seen first decides to do it again, and the book has to stop it.
  it('would do it again if the rule did not look at what stands under the lock', async () => {
    const seen = new Map<string, PostingPlan>();
    const { ends } = await twiceAtOnce((own) => {
      const post: PostingLanes['post'] = (command) => {
        const remembering: PostingRule = (wallet, facts) => {
          const before = seen.get(command.memberId);
          const plan = before ?? command.plan(wallet, facts, []);
          if (before === undefined && plan !== null) seen.set(command.memberId, plan as PostingPlan);
          return plan as PostingPlan;
        };
        return own.post({ ...command, plan: remembering as typeof command.plan });
      };
      return Object.assign(Object.create(own) as PostingLanes, { post });
    });
    expect(ends).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({
        message: expect.stringMatching(/^applyPlan: pending lot/u) as string,
      }) as Error,
    });
  });
});
