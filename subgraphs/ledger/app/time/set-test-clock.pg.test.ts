import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, newOpaqueId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { RuleBook } from '../../core/rule-book';
import { memberScopedId } from '../../core/points/scoped-id';
import { walletKeyOf } from '../../core/points/wallet';
import { ledgerDatabase } from '../../data/database';
import { loadTestClock, moveTestClock, saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { openMembers } from '../../testkit/open-members';
import type { Ledger } from '../ledger';
import { openLedger, type RunningLedger } from '../open-ledger';
import { captureHold } from '../movements/capture-hold';
import { holdPoints } from '../movements/hold-points';
import type { Posted } from '../points/post';
import type { PostingLanes } from '../points/posting-lanes';
import { recordPurchase } from '../movements/record-purchase';
import { redeemPoints } from '../movements/redeem-points';
import { releaseHold } from '../movements/release-hold';
import { stopAccounts } from '../verify/stop-wrong-accounts';
import { unfreezeAccount } from '../verify/unfreeze-account';
import { doDueWork } from './due-work';
import { cancelPending } from '../movements/settle-pending';
import { setTestClock } from './set-test-clock';

const WALL = new Date('2025-12-31T12:00:00Z');
/** Days 90 after which end in Warsaw's winter and in its summer: the clocks go forward on 29 March 2026. */
const [BEFORE_CHANGE, AFTER_CHANGE] = [new Date('2025-12-28T12:00:00Z'), new Date('2025-12-28T23:30:00Z')];
const [FIRST_DUE, SECOND_DUE] = [new Date('2026-03-28T23:00:00Z'), new Date('2026-03-29T22:00:00Z')];
const LATER = new Date('2026-04-15T12:00:00Z');
const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };

let database: TestDatabase;
let running: RunningLedger;
let ledger: Ledger;
const partners = new Set<string>();
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  const link = openMembers(partners);
  const peers = { link: () => link, feed: () => ({ read: async () => [] }) };
  const surroundings = { database, clock: new FixedClock(WALL), secrets, peers };
  running = await openLedger(surroundings, { lanes: 2, batchMax: 500, reactions: {} });
  ({ ledger } = running);
});
afterEach(async () => {
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red).toEqual([]);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

/** A programme whose points are good for 90 days, and what its parties do there. */
async function aProgramme(change: Partial<RuleBook> = {}, pendingDays = 0) {
  const plain = aRuleBook({ pointsValidityDays: 90, ...change });
  const book = { ...plain, earningRules: plain.earningRules.map((rule) => ({ ...rule, pendingDays })) };
  const { programmeId, version, isSandbox, currency, opensAt } = book;
  const [issuer, redeemer] = book.brands;
  partners.add(issuer).add(redeemer);
  const payload = announcementOf(book);
  await inTransaction(database, (tx) =>
    saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
  );
  const admin: Principal = { kind: 'admin', programmeId, subject: 'adm' };
  const keyOf = (partnerId: typeof issuer): Principal => {
    return { kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes: ['points:earn', 'points:redeem'] };
  };
  const fresh = () => ({ idempotencyKey: newId('req'), externalRef: newId('txn') });
  const done = async (posting: Promise<object>): Promise<Posted> => {
    const outcome = await posting;
    if (isRefusal(outcome)) throw new Error(outcome.code);
    return outcome as Posted;
  };
  return {
    programmeId,
    admin,
    keyOf,
    brands: book.brands,
    move: (now: Date, by: Ledger = ledger) => setTestClock(by, admin, { now }),
    earn: (id: MemberId, euros: bigint, occurredAt: Date) => {
      const amount = { amountMinor: euros * 100n, currency: 'EUR' };
      return done(recordPurchase(ledger, keyOf(issuer), { ...fresh(), member: { id }, amount, occurredAt }));
    },
    redeem: (id: MemberId, amount: bigint, occurredAt = WALL) =>
      redeemPoints(ledger, keyOf(redeemer), { ...fresh(), member: { id }, points: points(amount), occurredAt }),
    hold: async (id: MemberId, amount: bigint, expiresAt = new Date('2027-01-01T00:00:00Z')) => {
      const wish = { idempotencyKey: newId('req'), member: { id }, points: points(amount), expiresAt };
      const { transaction } = await done(holdPoints(ledger, keyOf(redeemer), wish));
      return memberScopedId('hld', walletKeyOf(id).wallet, transaction.line.seq);
    },
    capture: (holdId: string) => done(captureHold(ledger, keyOf(redeemer), { ...fresh(), holdId })),
    cancel: (id: MemberId) =>
      cancelPending(ledger, keyOf(issuer), {
        idempotencyKey: newId('req'),
        lotId: memberScopedId('lot', walletKeyOf(id).wallet, 1n),
      }),
    release: (holdId: string) => done(releaseHold(ledger, keyOf(redeemer), { idempotencyKey: newId('req'), holdId })),
  };
}
type Programme = Awaited<ReturnType<typeof aProgramme>>;

/** What is written of a programme's expiries, in the order written. */
async function expiriesOf({ programmeId }: Programme, members: readonly MemberId[]) {
  const { rows } = await database.pool.query<{ wallet: string; seq: string; points: string; recorded_at: Date }>(
    `select wallet, seq, points, recorded_at from journal_transaction
      where programme_id = $1 and kind = 'EXPIRY' order by xid, recorded_at, wallet`,
    [uuidOf(programmeId)],
  );
  return rows.map(({ wallet, seq, points: change, recorded_at: at }) => {
    return { member: members.findIndex((id) => uuidOf(id) === wallet), seq, points: change, at: at.toISOString() };
  });
}
const availableOf = async (id: MemberId): Promise<string> => {
  const { rows } = await database.pool.query('select available from wallet where wallet = $1', [uuidOf(id)]);
  return (rows[0] as { available: string }).available;
};

describe('what falls due', () => {
  it('expires at midnight of the programme’s zone after day 90, in due order, each recorded at its instant', async () => {
    const programme = await aProgramme();
    const members = [newOpaqueId('mem'), newOpaqueId('mem')] as const;
    await programme.earn(members[0], 7n, AFTER_CHANGE);
    await programme.earn(members[0], 5n, BEFORE_CHANGE);
    await programme.earn(members[1], 3n, BEFORE_CHANGE);
    await programme.earn(members[1], 2n, WALL);
    expect(await programme.move(SECOND_DUE)).toEqual({ now: SECOND_DUE });
    const expiries = await expiriesOf(programme, members);
    const atFirst = expiries.slice(0, 2).sort((a, b) => a.member - b.member);
    expect([...atFirst, ...expiries.slice(2)]).toEqual([
      { member: 0, seq: '3', points: '-5', at: FIRST_DUE.toISOString() },
      { member: 1, seq: '3', points: '-3', at: FIRST_DUE.toISOString() },
      { member: 0, seq: '4', points: '-7', at: SECOND_DUE.toISOString() },
    ]);
    expect(await Promise.all(members.map(availableOf))).toEqual(['0', '2']);
    // The days between are 23 hours long: who counts days of 24 is an hour late.
    expect(SECOND_DUE.getTime() - FIRST_DUE.getTime()).toBe(23 * 3_600_000);
  });

  it.each([
    ['winter', BEFORE_CHANGE, FIRST_DUE],
    ['summer', AFTER_CHANGE, SECOND_DUE],
  ])('in %s time can be spent one millisecond before and not at the instant', async (_season, earnedAt, due) => {
    const programme = await aProgramme();
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, earnedAt);
    await programme.move(new Date(due.getTime() - 1));
    expect(await programme.redeem(member, 4n)).toMatchObject({
      transaction: { line: { balances: { available: 6n } } },
    });
    await programme.move(due);
    const facts = { missingPoints: 1n };
    expect(await programme.redeem(member, 1n)).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', facts });
    expect(await expiriesOf(programme, [member])).toMatchObject([{ points: '-6', at: due.toISOString() }]);
  });

  it('leaves held points alone: they can be captured after their lot’s day', async () => {
    const programme = await aProgramme();
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, BEFORE_CHANGE);
    const hold = await programme.hold(member, 6n);
    await programme.move(SECOND_DUE);
    expect(await expiriesOf(programme, [member])).toMatchObject([{ points: '-4', at: FIRST_DUE.toISOString() }]);
    const { transaction } = await programme.capture(hold);
    expect(transaction).toMatchObject({
      line: { balances: { available: 0n, held: 0n } },
      details: { draws: [{ points: 6n }] },
    });
  });

  it('expires what comes back from a hold too late, recorded where the clock stood', async () => {
    const programme = await aProgramme();
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, BEFORE_CHANGE);
    const hold = await programme.hold(member, 10n);
    await programme.move(SECOND_DUE);
    await programme.release(hold);
    expect(await programme.redeem(member, 1n)).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS' });
    await programme.move(LATER);
    expect(await expiriesOf(programme, [member])).toMatchObject([{ points: '-10', at: SECOND_DUE.toISOString() }]);
  });
});

describe('what else time brings about', () => {
  const day = (n: number, hour = '12:00') => new Date(Date.parse(`2026-01-01T${hour}:00Z`) + (n - 1) * 86_400_000);
  const journalOf = async (id: MemberId) => {
    const { rows } = await database.pool.query<{
      kind: string;
      points: string;
      reason: string | null;
      recorded_at: Date;
    }>(`select kind, points, reason, recorded_at from journal_transaction where wallet = $1 order by seq`, [
      uuidOf(id),
    ]);
    return rows.map(({ kind, points: change, recorded_at: at }) => `${kind} ${change} ${at.toISOString()}`);
  };

  /** Why a member was told something, in order. */
  const reasonsOf = async (id: MemberId) => {
    const { rows } = await database.pool.query<{ reason: string }>(
      `select reason from journal_transaction where wallet = $1 and kind = 'NOTICE' order by seq`,
      [uuidOf(id)],
    );
    return rows.map(({ reason }) => reason);
  };

  it('releases points when their days have passed, at the hour they were earned', async () => {
    const programme = await aProgramme({}, 14);
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, BEFORE_CHANGE);
    const due = new Date('2026-01-11T12:00:00Z');
    await programme.move(new Date(due.getTime() - 1));
    expect(await availableOf(member)).toBe('0');
    await programme.move(LATER);
    expect(await journalOf(member)).toEqual([
      `PENDING 10 ${WALL.toISOString()}`,
      `RELEASE 10 ${due.toISOString()}`,
      `EXPIRY -10 ${FIRST_DUE.toISOString()}`,
    ]);
  });

  it('gives back what a hold set aside when its time has passed, and a capture after that comes too late', async () => {
    const programme = await aProgramme();
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, WALL);
    const hold = await programme.hold(member, 6n, day(2));
    await programme.move(day(2));
    expect((await journalOf(member)).at(-1)).toBe(`HOLD_RELEASE 6 ${day(2).toISOString()}`);
    await expect(programme.capture(hold)).rejects.toThrow('LEDGER_HOLD_NOT_OPEN');
  });

  it('captures or times out, never both, when both come at once', async () => {
    const programme = await aProgramme();
    const members = Array.from({ length: 20 }, () => newOpaqueId('mem'));
    const holds = await Promise.all(
      members.map(async (member) => {
        await programme.earn(member, 10n, WALL);
        return programme.hold(member, 6n, day(2));
      }),
    );
    await programme.move(new Date(day(2).getTime() - 1));
    const captures = Promise.allSettled(holds.map((hold) => programme.capture(hold)));
    await programme.move(day(2));
    await captures;
    for (const member of members) {
      const ends = (await journalOf(member)).filter((line) => /^(CAPTURE|HOLD_RELEASE)/u.test(line));
      expect(ends).toHaveLength(1);
    }
  });

  it('releases or cancels, never both, when both come at once', async () => {
    const programme = await aProgramme({}, 14);
    const members = Array.from({ length: 20 }, () => newOpaqueId('mem'));
    for (const member of members) await programme.earn(member, 10n, BEFORE_CHANGE);
    const due = new Date('2026-01-11T12:00:00Z');
    await programme.move(new Date(due.getTime() - 1));
    const cancelled = Promise.all(members.map((member) => programme.cancel(member)));
    await programme.move(due);
    const codes = (await cancelled).map((outcome) => (isRefusal(outcome) ? outcome.code : 'CANCEL'));
    for (const [n, member] of members.entries()) {
      const ends = (await journalOf(member)).flatMap((line) => /^(RELEASE|CANCEL)/u.exec(line)?.[0] ?? []);
      // Who comes too late is told so, and whoever is told that it was cancelled finds it cancelled.
      expect(ends).toEqual([codes[n] === 'CANCEL' ? 'CANCEL' : 'RELEASE']);
      expect(['CANCEL', 'LEDGER_LOT_NOT_PENDING']).toContain(codes[n]);
    }
  });

  it('tells a member who would drop, reviews after the year and its grace, and counts on from what came since', async () => {
    const tierPolicy = { period: 'CALENDAR_YEAR', graceDays: 10, noticeDays: 30 } as const;
    const programme = await aProgramme({ tierPolicy, pointsValidityDays: null });
    const [keeps, drops] = [newOpaqueId('mem'), newOpaqueId('mem')];
    await programme.move(day(5));
    for (const member of [keeps, drops]) await programme.earn(member, 600n, day(5));
    // A rung reached in 2026 is kept through 2027 and its grace. Who reaches it again in 2027 keeps it.
    await programme.move(day(400));
    await programme.earn(keeps, 700n, day(400));
    await programme.move(day(735));
    await programme.earn(drops, 50n, day(735));
    await programme.move(day(800));
    const standings = await database.pool.query<{ wallet: string; tier_code: string; qualifying: string }>(
      'select wallet, tier_code, qualifying from wallet where wallet = any($1)',
      [[uuidOf(keeps), uuidOf(drops)]],
    );
    const of = (id: MemberId) => standings.rows.find(({ wallet }) => wallet === uuidOf(id));
    expect(of(keeps)).toMatchObject({ tier_code: 'SILVER', qualifying: '0' });
    expect(of(drops)).toMatchObject({ tier_code: 'BASE', qualifying: '50' });
    const toldAt = (await journalOf(drops)).filter((line) => line.startsWith('NOTICE'));
    expect(toldAt).toEqual(['NOTICE 0 2027-12-11T23:00:00.000Z']);
    expect((await journalOf(keeps)).filter((line) => line.startsWith('NOTICE'))).toEqual([]);
    const reviews = (await journalOf(drops)).filter((line) => line.startsWith('TIER_REVIEW'));
    expect(reviews).toEqual(['TIER_REVIEW 0 2027-01-10T23:00:00.000Z', 'TIER_REVIEW 0 2028-01-10T23:00:00.000Z']);
  });

  it('tells of points about to expire, by the zone’s calendar, once, and not of days before they were earned', async () => {
    const expiry = { kind: 'FIXED', period: 'YEAR', warningDays: [30, 7, 1, 120] } as const;
    const programme = await aProgramme({ expiry });
    const [member, spender] = [newOpaqueId('mem'), newOpaqueId('mem')];
    for (const one of [member, spender]) await programme.earn(one, 10n, AFTER_CHANGE);
    await programme.move(day(50));
    await programme.redeem(spender, 10n, day(50));
    await programme.move(LATER);
    const told = [30, 7].map((days) => [days, new Date(SECOND_DUE.getTime() - days * 86_400_000 + 3_600_000)] as const);
    // The day before is one of 24 hours again: the clocks went forward at its beginning.
    const notices = [...told, [1, new Date(SECOND_DUE.getTime() - 23 * 3_600_000)] as const];
    expect(await journalOf(member)).toEqual([
      `EARN 10 ${WALL.toISOString()}`,
      ...notices.map(([, at]) => `NOTICE 0 ${at.toISOString()}`),
      `EXPIRY -10 ${SECOND_DUE.toISOString()}`,
    ]);
    expect(await reasonsOf(member)).toEqual(['points.expiring.30', 'points.expiring.7', 'points.expiring.1']);
    expect(await reasonsOf(spender)).toEqual([]);
  });

  describe('a warning of points about to expire', () => {
    /** Twelve members are due to be told; the first run breaks off, then two come at once and a third last. */
    async function toldOf(by: (own: Ledger) => Ledger) {
      const expiry = { kind: 'FIXED', period: 'YEAR', warningDays: [30] } as const;
      const programme = await aProgramme({ expiry });
      const members = Array.from({ length: 12 }, () => newOpaqueId('mem'));
      for (const one of members) await programme.earn(one, 10n, BEFORE_CHANGE);
      const now = new Date('2026-03-10T12:00:00Z');
      await inTransaction(database, (tx) => moveTestClock(tx, programme.programmeId, now));
      const work = (ledgerOfRun: Ledger) => doDueWork(by(ledgerOfRun), programme.programmeId, { now, batch: 5 });
      await expect(work(failingAt(8))).rejects.toThrow('the database went away');
      await Promise.all([work(ledger), work(ledger)]);
      expect(await work(ledger)).toEqual({ posted: 0, isDone: true });
      return Promise.all(members.map(reasonsOf));
    }

    it('is given once, though one run breaks off and two come at once', async () => {
      for (const reasons of await toldOf((own) => own)) expect(reasons).toEqual(['points.expiring.30']);
    });

    it('waits for a stopped account until it is allowed again, and the others are told once', async () => {
      const programme = await aProgramme({ expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [30] } });
      const [stopped, other] = [newOpaqueId('mem'), newOpaqueId('mem')];
      for (const one of [stopped, other]) await programme.earn(one, 10n, BEFORE_CHANGE);
      const finding = { key: walletKeyOf(stopped), found: 'chain', seq: null };
      await stopAccounts({ database, log: openLog('test', 'silent') }, [finding]);
      await programme.move(day(80));
      expect([await reasonsOf(stopped), await reasonsOf(other)]).toEqual([[], ['points.expiring.30']]);
      const wish = { idempotencyKey: newId('req'), memberId: stopped, reason: 'looked at' };
      expect(await unfreezeAccount({ database }, programme.admin, wish)).toMatchObject({ replayed: false });
      await programme.move(day(81));
      expect([await reasonsOf(stopped), await reasonsOf(other)]).toEqual([
        ['points.expiring.30'],
        ['points.expiring.30'],
      ]);
    });

    // Negative control: without a name of its own it is given as often as somebody comes.
    it('would be given again if it had no name', async () => {
      const told = await toldOf((own) => {
        const post: PostingLanes['post'] = (command) => own.lanes.post({ ...command, intent: null });
        return { ...own, lanes: Object.assign(Object.create(own.lanes) as PostingLanes, { post }) };
      });
      expect(Math.max(...told.map(({ length }) => length))).toBeGreaterThan(1);
    });
  });

  it('is done once when two do it at the same time', async () => {
    const programme = await aProgramme({}, 14);
    const members = Array.from({ length: 30 }, () => newOpaqueId('mem'));
    await Promise.all(members.map((member) => programme.earn(member, 10n, BEFORE_CHANGE)));
    await inTransaction(database, (tx) => moveTestClock(tx, programme.programmeId, LATER));
    const done = await Promise.all([1, 2].map(() => doDueWork(ledger, programme.programmeId, { now: LATER })));
    expect(done.reduce((sum, one) => sum + one.posted, 0)).toBe(30);
    for (const member of members) {
      expect((await journalOf(member)).map((line) => line.split(' ')[0])).toEqual(['PENDING', 'RELEASE', 'EXPIRY']);
    }
  });
});

describe('the clock', () => {
  it('never moves back, and says where it stands', async () => {
    const programme = await aProgramme();
    await programme.move(SECOND_DUE);
    const facts = { clockNow: SECOND_DUE };
    expect(await programme.move(new Date(SECOND_DUE.getTime() - 1))).toMatchObject({
      ...{ code: 'LEDGER_CLOCK_MOVES_BACK', retryable: false, facts },
    });
    expect(await loadTestClock(database.pool, programme.programmeId)).toEqual(SECOND_DUE);
  });

  it('is a sandbox’s, and its admin’s', async () => {
    const live = await aProgramme({ isSandbox: false });
    expect(await live.move(LATER)).toMatchObject({ code: 'LEDGER_CLOCK_NOT_MOVABLE' });
    expect(await loadTestClock(database.pool, live.programmeId)).toBeNull();
    const sandbox = await aProgramme();
    for (const who of [sandbox.keyOf(sandbox.brands[0]), { kind: 'anonymous' } as const])
      expect(await setTestClock(ledger, who, { now: LATER })).toMatchObject({ code: 'FORBIDDEN' });
    const unheard: Principal = { kind: 'admin', programmeId: newId('prg'), subject: 'adm' };
    expect(await setTestClock(ledger, unheard, { now: LATER })).toMatchObject({ code: 'LEDGER_PROGRAMME_NOT_READY' });
  });

  it('moved to where it stands changes nothing', async () => {
    const programme = await aProgramme();
    const member = newOpaqueId('mem');
    await programme.earn(member, 10n, BEFORE_CHANGE);
    await programme.move(LATER);
    const once = await expiriesOf(programme, [member]);
    expect(await programme.move(LATER)).toEqual({ now: LATER });
    expect(await expiriesOf(programme, [member])).toEqual(once);
    expect(once).toHaveLength(1);
  });

  /** Two members with points of both days, before the clock moves. */
  async function twoSavers() {
    const programme = await aProgramme();
    const members = [newOpaqueId('mem'), newOpaqueId('mem')] as const;
    for (const [n, member] of members.entries()) {
      await programme.earn(member, 5n + BigInt(n), BEFORE_CHANGE);
      await programme.earn(member, 7n, AFTER_CHANGE);
    }
    return { programme, members };
  }
  async function resultOf({ programme, members }: Awaited<ReturnType<typeof twoSavers>>) {
    expect(await programme.move(LATER)).toEqual({ now: LATER });
    const expiries = await expiriesOf(programme, members);
    expiries.sort((a, b) => a.member - b.member || Number(a.seq) - Number(b.seq));
    return { expiries, clock: await loadTestClock(database.pool, programme.programmeId) };
  }

  it('goes on after an interruption to the same result as if there had been none', async () => {
    const uninterrupted = await resultOf(await twoSavers());
    expect(uninterrupted.expiries.map(({ at }) => new Date(at))).toEqual([
      FIRST_DUE,
      SECOND_DUE,
      FIRST_DUE,
      SECOND_DUE,
    ]);
    for (const failing of [1, 2, 3, 4]) {
      const savers = await twoSavers();
      await expect(savers.programme.move(LATER, failingAt(failing))).rejects.toThrow('the database went away');
      // It stands at the instant it was working at, so that what is left there is still recorded there.
      const standing = await loadTestClock(database.pool, savers.programme.programmeId);
      expect(standing).toEqual(failing < 3 ? FIRST_DUE : SECOND_DUE);
      expect(await resultOf(savers)).toEqual(uninterrupted);
    }
    // Negative control: a clock that goes ahead of the work, and is interrupted there, leads to another result.
    const ahead = await twoSavers();
    await inTransaction(database, (tx) => moveTestClock(tx, ahead.programme.programmeId, LATER));
    expect(await resultOf(ahead)).not.toEqual(uninterrupted);
  });
});

/** A ledger whose lanes break at the n-th posting. */
function failingAt(failing: number): Ledger {
  let posting = 0;
  const post: PostingLanes['post'] = async (command) => {
    posting += 1;
    if (posting === failing) throw new Error('the database went away');
    return ledger.lanes.post(command);
  };
  return { ...ledger, lanes: Object.assign(Object.create(ledger.lanes) as PostingLanes, { post }) };
}
