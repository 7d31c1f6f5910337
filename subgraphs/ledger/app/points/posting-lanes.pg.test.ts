import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { inTransaction, sqlStateOf } from '../../../../kernel/db/transaction';
import { runInvariants } from '../../../../kernel/db/invariants';
import { openLog } from '../../../../kernel/telemetry/log';
import { CommitAnswers, FaultyProxy } from '../../../../kernel/testkit/faulty-proxy';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, uuidOf, type MemberId, type PartnerId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planRelease } from '../../core/movements/hold';
import { planPurchase } from '../../core/movements/purchase';
import { planRedemption } from '../../core/movements/redemption';
import { ledgerDatabase } from '../../data/database';
import { saveLink, type RunSql } from '../../data/directory.store';
import { TermsShelf } from '../../data/points/terms.store';
import { saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import {
  documentOf,
  intentOf,
  NO_NEEDS,
  walletOf,
  type LinkNeeded,
  type PostingCommand,
  type PostingOutcome,
} from './posting-command';
import { PostingLanes, type LanesOptions } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');
const INVARIANTS = 'subgraphs/ledger/invariants';

/** Timers never end by themselves; everything else goes on. */
const EVERYTHING_BUT_TIMERS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
];

describe('posting lanes', () => {
  const book = aRuleBook();
  const [issuer, redeemer] = book.brands;
  let database: TestDatabase;
  let lanes: PostingLanes;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    const { programmeId, version, isSandbox, currency, opensAt } = book;
    const payload = announcementOf(book);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    lanes = open();
  });
  afterEach(async () => {
    const red = (await runInvariants(database, INVARIANTS)).filter(({ total }) => total > 0);
    expect(red).toEqual([]);
  });
  afterAll(async () => {
    await lanes.close();
    await database.drop();
  });

  function open(change: Partial<LanesOptions> = {}): PostingLanes {
    return new PostingLanes({
      url: database.url,
      lanes: 2,
      batchMax: 500,
      shelf: { book: async () => book, held: () => book },
      terms: new TermsShelf(),
      clock: new FixedClock(NOW),
      log: openLog('test', 'silent'),
      onPosted: () => undefined,
      ...change,
    });
  }

  function command(
    memberId: MemberId,
    key: string,
    rest: Pick<PostingCommand, 'plan' | 'document'> & { body?: unknown },
  ): PostingCommand {
    return {
      ...walletOf(memberId),
      programmeId: book.programmeId,
      caller: 'test',
      intent: intentOf('test', { operation: 'test', idempotencyKey: key, body: rest.body ?? key }),
      document: rest.document,
      needs: { ...NO_NEEDS, lots: true },
      others: [],
      opensWallet: true,
      plan: rest.plan,
    };
  }
  function earn(memberId: MemberId, amount: bigint, ref: string, partnerId: PartnerId = issuer): PostingCommand {
    const purchase = {
      partnerId,
      externalRef: ref,
      amountMinor: amount * 100n,
      currency: 'EUR',
      occurredAt: NOW,
      branch: null,
      channel: null,
      lines: null,
    };
    return command(memberId, ref, {
      document: documentOf(partnerId, 'PURCHASE', ref),
      plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
      body: purchase,
    });
  }
  function redeem(memberId: MemberId, amount: bigint, ref: string): PostingCommand {
    const redemption = {
      kind: 'REDEEM' as const,
      partnerId: redeemer,
      externalRef: ref,
      points: points(amount),
      occurredAt: NOW,
      expectedVersion: null,
      isSteppedUp: false,
    };
    return command(memberId, ref, {
      document: documentOf(redeemer, 'REDEMPTION', ref),
      plan: (wallet, facts) => planRedemption(wallet, redemption, facts),
      body: redemption,
    });
  }
  const codeOf = (outcome: PostingOutcome): string =>
    outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
  async function balance(memberId: MemberId): Promise<{ available: string; seq: string }> {
    const { rows } = await database.pool.query('select available, seq from wallet where wallet = $1', [
      uuidOf(memberId),
    ]);
    return rows[0] as { available: string; seq: string };
  }

  it('gives every command of a crowd its own outcome and every version of a member exactly once', async () => {
    const member = newId('mem');
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => lanes.post(earn(member, 3n, `crowd-${n}`))),
    );
    const versions = outcomes.map((outcome) => (outcome.kind === 'posted' ? Number(outcome.own.after.seq) : -1));
    expect([...versions].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    expect(await balance(member)).toEqual({ available: '600', seq: '200' });
  });

  it('never spends more than there is when ten redemptions of one balance come at once', async () => {
    const member = newId('mem');
    await lanes.post(earn(member, 30n, 'ten-earn'));
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) => lanes.post(redeem(member, 10n, `ten-${n}`))),
    );
    expect(outcomes.map(codeOf).sort()).toEqual([
      ...Array.from({ length: 7 }, () => 'LEDGER_INSUFFICIENT_POINTS'),
      ...Array.from({ length: 3 }, () => 'posted'),
    ]);
    expect(await balance(member)).toEqual({ available: '0', seq: '4' });
  });

  it('never spends more than there is when two processes redeem the same balance', async () => {
    const other = open();
    const member = newId('mem');
    await lanes.post(earn(member, 50n, 'two-earn'));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? lanes : other).post(redeem(member, 10n, `two-${n}`))),
    );
    await other.close();
    expect(outcomes.filter(({ kind }) => kind === 'posted')).toHaveLength(5);
    expect(await balance(member)).toEqual({ available: '0', seq: '6' });
  });

  it('would be caught overspending: reading without the lock takes more than there is', async () => {
    // Negative control: the same race against a redemption that reads, decides and writes without locking first.
    const member = newId('mem');
    await lanes.post(earn(member, 30n, 'control-earn'));
    const clients = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()));
    const reads = await Promise.all(
      clients.map((client) => client.query('select available from wallet where wallet = $1', [uuidOf(member)])),
    );
    clients.forEach((client) => client.release());
    const granted = reads.filter(({ rows }) => BigInt((rows[0] as { available: string }).available) >= 10n);
    expect(granted.length * 10).toBeGreaterThan(30);
  });

  it('posts for a partner only over the link that is there under the lock, and makes no wallet for a stranger', async () => {
    const memberId = newId('mem');
    const { programmeId } = book;
    const link = { programmeId, memberId, partnerId: issuer, cardPresented: false, toSpend: false };
    const linked = (ref: string, needed: Partial<LinkNeeded> = {}) =>
      lanes.post({ ...earn(memberId, 5n, ref), link: { ...link, ...needed } });
    expect(await linked('stranger')).toEqual({ kind: 'stranger' });
    expect(await balance(memberId)).toBeUndefined();
    const run: RunSql = (text, values) => database.pool.query(text, [...values]);
    await saveLink(run, { ...link, state: 'CREDIT_ONLY' });
    // Of three at once, each is judged by its own link.
    const [credited, strangers, spending] = await Promise.all([
      linked('linked'),
      linked('of another partner', { partnerId: redeemer }),
      linked('spends', { toSpend: true }),
    ]);
    expect(credited).toMatchObject({ kind: 'posted', link: 'CREDIT_ONLY' });
    expect([codeOf(strangers), codeOf(spending)]).toEqual(['stranger', 'LEDGER_MEMBER_NOT_CONFIRMED']);
    expect(await linked('linked')).toEqual({ kind: 'replayed', seq: 1n, link: 'CREDIT_ONLY' });
    expect(codeOf(await linked('with the card', { toSpend: true, cardPresented: true }))).toBe('posted');
    expect(await balance(memberId)).toEqual({ available: '10', seq: '2' });
  });

  it('tells who repeats its key under another programme what a stranger is told', async () => {
    const memberId = newId('mem');
    const sale = earn(memberId, 5n, 'of one programme');
    expect(codeOf(await lanes.post(sale))).toBe('posted');
    expect(codeOf(await lanes.post({ ...sale, programmeId: newId('prg') }))).toBe('NOT_FOUND');
    expect(codeOf(await lanes.post(sale))).toBe('replayed');
  });

  it('keeps a lone caller waiting for nobody: no timer has to pass before its posting is committed', async () => {
    const member = newId('mem');
    await lanes.post(earn(member, 1n, 'warm'));
    jest.useFakeTimers({ doNotFake: EVERYTHING_BUT_TIMERS });
    try {
      for (let n = 0; n < 5; n += 1)
        expect(await lanes.post(earn(member, 1n, `lone-${n}`))).toMatchObject({ kind: 'posted' });
    } finally {
      jest.useRealTimers();
    }
    expect(await balance(member)).toEqual({ available: '6', seq: '6' });
  });

  it('lets callers that ask again at once share the next batch', async () => {
    const transactions = async () => {
      const { rows } = await database.pool.query<{ n: string }>(
        'select count(distinct xid) as n from journal_transaction',
      );
      return Number(rows[0]!.n);
    };
    const one = open({ lanes: 1 });
    const before = await transactions();
    const caller = async (n: number) => {
      const memberId = newId('mem');
      for (let turn = 0; turn < 5; turn += 1) {
        await one.post(earn(memberId, 1n, `share-${n}-${turn}`));
        // What a use case awaits between its answer and the caller's next command.
        for (let step = 0; step < 20; step += 1) await Promise.resolve();
      }
    };
    const crowd = (from: number) => Array.from({ length: 10 }, (_, n) => caller(from + n));
    const first = crowd(0);
    // The others come when the first batch is under way.
    await new Promise((resolve) => setImmediate(resolve)).then(() => new Promise((resolve) => setImmediate(resolve)));
    await Promise.all([...first, ...crowd(10)]);
    await one.close();
    // Not ten, as of two crowds that take turns.
    expect((await transactions()) - before).toBe(6);
  });

  it('answers a repeated key with the first transaction and moves nothing', async () => {
    const member = newId('mem');
    const [first, second] = await Promise.all([
      lanes.post(earn(member, 7n, 'again')),
      lanes.post(earn(member, 7n, 'again')),
    ]);
    const third = await lanes.post(earn(member, 7n, 'again'));
    expect([codeOf(first), second, third]).toEqual([
      'posted',
      { kind: 'replayed', seq: 1n },
      { kind: 'replayed', seq: 1n },
    ]);
    expect(await balance(member)).toEqual({ available: '7', seq: '1' });
  });

  it('refuses a repeated key with another body, and answers a decided refusal again as replayed', async () => {
    const member = newId('mem');
    await lanes.post(earn(member, 5n, 'body'));
    expect(codeOf(await lanes.post({ ...earn(member, 6n, 'body') }))).toBe('IDEMPOTENCY_MISMATCH');
    expect(codeOf(await lanes.post(redeem(member, 9n, 'short')))).toBe('LEDGER_INSUFFICIENT_POINTS');
    await lanes.post(earn(member, 50n, 'later'));
    const again = await lanes.post(redeem(member, 9n, 'short'));
    expect(again).toMatchObject({
      kind: 'refused',
      refusal: { code: 'LEDGER_INSUFFICIENT_POINTS', replayed: true, facts: { missingPoints: '4' } },
    });
  });

  it('credits one receipt to one member only, also when two send it at once from two lanes', async () => {
    const members = [newId('mem'), newId('mem'), newId('mem'), newId('mem')];
    const outcomes = await Promise.all(members.map((member) => lanes.post(earn(member, 5n, 'receipt-1'))));
    expect(outcomes.map(codeOf).sort()).toEqual([
      'LEDGER_DOCUMENT_ALREADY_RECORDED',
      'LEDGER_DOCUMENT_ALREADY_RECORDED',
      'LEDGER_DOCUMENT_ALREADY_RECORDED',
      'posted',
    ]);
  });

  it('lets no neighbour fail when one command of a batch throws in the database', async () => {
    const broken = command(newId('mem'), 'broken', {
      document: null,
      plan: (wallet, facts) => {
        const plan = planPurchase(
          wallet,
          {
            partnerId: issuer,
            externalRef: 'x',
            amountMinor: 100n,
            currency: 'EUR',
            occurredAt: NOW,
            branch: null,
            channel: null,
            lines: null,
          },
          facts,
        );
        // Points that come from where none may come from: the constraint of entries refuses the whole statement.
        return plan !== null && 'entries' in plan
          ? {
              ...plan,
              entries: plan.entries.map((entry) => ({
                ...entry,
                debit: { ...entry.debit, kind: 'CLAWED_BACK' as const },
              })),
            }
          : plan;
      },
    });
    const good = Array.from({ length: 8 }, (_, n) => earn(newId('mem'), 2n, `neighbour-${n}`));
    const [failed, ...rest] = await Promise.allSettled([broken, ...good].map((one) => lanes.post(one)));
    expect(failed?.status).toBe('rejected');
    expect(rest.map((one) => (one.status === 'fulfilled' ? codeOf(one.value) : 'rejected'))).toEqual(
      good.map(() => 'posted'),
    );
  });

  it('posts every command once when its connections are cut in the middle', async () => {
    const member = newId('mem');
    const cut = `select count(pg_terminate_backend(pid)) from pg_stat_activity
      where application_name like '%ledger-lane' and datname = current_database()`;
    for (let round = 0; round < 10; round++) {
      const posting = Promise.all(
        Array.from({ length: 20 }, (_, n) => lanes.post(earn(member, 1n, `cut-${round}-${n}`))),
      );
      await database.pool.query(cut);
      expect((await posting).every(({ kind }) => kind === 'posted' || kind === 'replayed')).toBe(true);
    }
    expect(await balance(member)).toEqual({ available: '200', seq: '200' });
  });

  it.each([
    ['posts', (command: PostingCommand) => command],
    ['posts what has no key', (command: PostingCommand) => ({ ...command, intent: null })],
  ])('%s to tables that got another column since its connection first wrote them', async (_what, asked) => {
    const member = newId('mem');
    const sale = (n: bigint) => lanes.post(asked(earn(member, n, `column-${member}-${n}`)));
    await sale(1n);
    for (const table of ['entry', 'wallet']) await database.asOwner(`alter table ${table} add column later text`);
    const outcome = await sale(2n);
    for (const table of ['entry', 'wallet']) await database.asOwner(`alter table ${table} drop column later`);
    expect(outcome.kind).toBe('posted');
    expect(codeOf(await sale(3n))).toBe('posted');
    expect(await balance(member)).toEqual({ available: '6', seq: '3' });
  });

  describe('on a network that swallows what is sent', () => {
    let proxy: FaultyProxy;
    let far: PostingLanes;
    beforeAll(async () => {
      const { hostname: host, port } = new URL(database.url);
      proxy = await FaultyProxy.open({ host, port: Number(port), reader: () => new CommitAnswers() });
      far = open({ url: proxy.through(database.url), patienceMs: 500 });
    });
    afterAll(async () => {
      await far.close();
      await proxy.close();
    });

    it('goes on over another connection', async () => {
      const member = newId('mem');
      await far.post(earn(member, 1n, 'before'));
      const swallowed = proxy.swallow('everything');
      const posting = far.post(earn(member, 1n, 'swallowed'));
      await swallowed;
      proxy.passAgain();
      expect((await posting).kind).toBe('posted');
      expect(codeOf(await far.post(earn(member, 1n, 'after')))).toBe('posted');
      expect(await balance(member)).toEqual({ available: '3', seq: '3' });
    });

    it('posts within ten seconds although a lost connection has locked the wallet and nobody told the server', async () => {
      const member = newId('mem');
      await far.post(earn(member, 1n, 'unlocked'));
      const begun = Date.now();
      const swallowed = proxy.swallow('answers');
      let posting = far.post(earn(member, 1n, 'locked'));
      await swallowed;
      proxy.passAgain();
      // As a caller does: asks again with the same key for as long as it is told of an outage.
      let outcome: PostingOutcome | null = null;
      while (outcome === null && Date.now() < begun + 10_000) {
        outcome = await posting.catch(() => null);
        if (outcome === null) posting = far.post(earn(member, 1n, 'locked'));
      }
      // Whether the answer that came was that of the posting or of one asked again: it was posted once.
      expect(['posted', 'replayed']).toContain(outcome?.kind);
      expect(await balance(member)).toEqual({ available: '2', seq: '2' });
    });
  });

  it('makes no wallet for a member who is only named by the id of a hold', async () => {
    const stranger = newId('mem');
    const release = { holdSeq: 1n, partnerId: redeemer };
    const plan: PostingCommand['plan'] = (wallet, facts) => planRelease(wallet, release, facts);
    const outcome = await lanes.post({
      ...command(stranger, 'no-hold', { document: null, plan }),
      needs: { ...NO_NEEDS, lots: true, holds: [1n] },
      opensWallet: false,
    });
    expect(codeOf(outcome)).toBe('NOT_FOUND');
    expect(await balance(stranger)).toBeUndefined();
  });

  it.each(['available', 'pending', 'held', 'arrears'])(
    'leaves it to the database that %s never falls below zero',
    async (kind) => {
      const member = newId('mem');
      await lanes.post(earn(member, 5n, `floor-${kind}`));
      const below = database.pool.query(`update wallet set ${kind} = -1 where wallet = $1`, [uuidOf(member)]);
      await expect(below.catch(sqlStateOf)).resolves.toBe('23514');
    },
  );

  it('refuses to change or delete what was posted, to the application by its rights and to the owner by a trigger', async () => {
    for (const table of ['journal_transaction', 'entry', 'lot', 'claim', 'purchase', 'document']) {
      await expect(database.pool.query(`delete from ${table}`).catch(sqlStateOf)).resolves.toBe('42501');
      await expect(database.asOwner(`delete from ${table}`)).rejects.toThrow('LEDGER_APPEND_ONLY');
    }
    const change = 'update entry set amount = amount + 1';
    await expect(database.pool.query(change).catch(sqlStateOf)).resolves.toBe('42501');
    await expect(database.asOwner(change)).rejects.toThrow('LEDGER_APPEND_ONLY');
  });
});
