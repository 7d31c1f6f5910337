import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { inTransaction, type Tx } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, uuidOf, type PartnerId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planHold } from '../../core/movements/hold';
import { planPurchase } from '../../core/movements/purchase';
import { planRedemption } from '../../core/movements/redemption';
import type { RuleBook } from '../../core/rule-book';
import type { BudgetPurpose } from '../../core/rules/purchase-rule';
import { ledgerDatabase } from '../../data/database';
import { saveRuleBook } from '../../data/programme.store';
import { moveExposure } from '../../data/settlement/exposure.store';
import { TermsShelf } from '../../data/points/terms.store';
import { aContract, announcementOf, aRuleBook } from '../../testkit/book';
import { aCampaign, aPurchaseRule } from '../../testkit/rules';
import { documentOf, intentOf, NO_NEEDS, walletOf, type PostingCommand, type PostingOutcome } from './posting-command';
import { PostingLanes } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');
const TILLS = 64;

describe('caps under concurrency', () => {
  let database: TestDatabase;
  let lanes: PostingLanes;
  let book: RuleBook & { brands: [PartnerId, PartnerId] };
  const clock = new FixedClock(NOW);

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
  });
  afterAll(async () => {
    await database.drop();
  });
  afterEach(async () => {
    await lanes.close();
  });

  async function open(terms: Parameters<typeof aContract>[1]): Promise<void> {
    const plain = aRuleBook();
    const [issuer, redeemer] = plain.brands;
    book = { ...plain, contracts: [aContract(issuer, terms), aContract(redeemer)] };
    const { programmeId, version, isSandbox, currency, opensAt } = book;
    const payload = announcementOf(book);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    lanes = new PostingLanes({
      url: database.url,
      lanes: 4,
      batchMax: 500,
      shelf: { book: async () => book, held: () => book },
      terms: new TermsShelf(),
      clock,
      log: openLog('test', 'silent'),
      onPosted: () => undefined,
    });
  }

  const command = (
    memberId: ReturnType<typeof newId<'mem'>>,
    ref: string,
    plan: PostingCommand['plan'],
  ): PostingCommand => ({
    earns: { partnerId: book.brands[0], occurredAt: NOW, channel: null },
    ...walletOf(memberId),
    programmeId: book.programmeId,
    caller: 'test',
    intent: intentOf('test', { operation: 'test', idempotencyKey: ref, body: ref }),
    document: documentOf(book.brands[0], 'PURCHASE', `${book.programmeId} ${ref}`),
    needs: { ...NO_NEEDS, lots: true },
    others: [],
    opensWallet: true,
    plan,
  });
  let receipts = 0;
  function earn(amount: bigint, memberId = newId('mem')): Promise<PostingOutcome> {
    const externalRef = `r${(receipts += 1)}`;
    const sale = {
      partnerId: book.brands[0],
      externalRef,
      amountMinor: amount * 100n,
      currency: 'EUR',
      occurredAt: NOW,
    };
    const purchase = { ...sale, branch: null, channel: null, lines: null };
    return lanes.post(command(memberId, externalRef, (wallet, facts) => planPurchase(wallet, purchase, facts)));
  }
  function redeem(memberId: ReturnType<typeof newId<'mem'>>, amount: bigint): Promise<PostingOutcome> {
    const externalRef = `r${(receipts += 1)}`;
    const spend = { kind: 'REDEEM', partnerId: book.brands[1], externalRef, points: points(amount) } as const;
    const redemption = { ...spend, occurredAt: NOW, expectedVersion: null, isSteppedUp: false };
    return lanes.post(command(memberId, externalRef, (wallet, facts) => planRedemption(wallet, redemption, facts)));
  }
  function hold(memberId: ReturnType<typeof newId<'mem'>>, amount: bigint): Promise<PostingOutcome> {
    const expiresAt = new Date('2027-01-01T00:00:00Z');
    const request = { partnerId: book.brands[1], points: points(amount), expiresAt, isSteppedUp: false };
    return lanes.post(command(memberId, `r${(receipts += 1)}`, (wallet, facts) => planHold(wallet, request, facts)));
  }
  const codeOf = (outcome: PostingOutcome): string =>
    outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
  async function issued(): Promise<bigint> {
    const { rows } = await database.pool.query<{ sum: string }>(
      "select coalesce(sum(amount), 0)::text as sum from entry where debit_kind = 'ISSUED' and debit_owner = $1",
      [uuidOf(book.brands[0])],
    );
    return BigInt(rows[0]?.sum ?? 0);
  }

  /** Until so many wait for a lock. */
  async function waiting(count: number): Promise<void> {
    const find = `select count(*)::int as n from pg_locks where not granted
      and pid in (select pid from pg_stat_activity where datname = current_database())`;
    while ((await database.pool.query<{ n: number }>(find)).rows[0]?.n !== count)
      await new Promise((resolve) => setImmediate(resolve));
  }

  it('issues a nearly spent cap to the point from 64 tills at once, and not one point more', async () => {
    await open({ issuanceCap: { points: points(1_000n), period: 'MONTH' } });
    expect(codeOf(await earn(700n))).toBe('posted');
    const outcomes = await Promise.all(Array.from({ length: TILLS }, () => earn(7n)));
    const posted = outcomes.filter(({ kind }) => kind === 'posted').length;
    expect(posted).toBe(42);
    expect(outcomes.filter((one) => codeOf(one) === 'LEDGER_ISSUANCE_CAP_REACHED')).toHaveLength(TILLS - 42);
    expect(await issued()).toBe(994n);
    expect(codeOf(await earn(6n))).toBe('posted');
    expect(await issued()).toBe(1_000n);
  });

  it('refuses what a spent cap does not hold while its shares are locked: its tills hold up nobody', async () => {
    await open({ issuanceCap: { points: points(100n), period: 'MONTH' } });
    expect(codeOf(await earn(98n))).toBe('posted');
    await inTransaction(database, async (tx) => {
      await tx.query('/* test.cap.lock */ select from cap_share for update');
      const codes = await Promise.all(Array.from({ length: TILLS }, async () => codeOf(await earn(3n))));
      expect(new Set(codes)).toEqual(new Set(['LEDGER_ISSUANCE_CAP_REACHED']));
    });
    expect(codeOf(await earn(2n))).toBe('posted');
    expect(await issued()).toBe(100n);
  });

  it('would catch shares that grant more than the limit (control)', async () => {
    await open({ issuanceCap: { points: points(1_000n), period: 'MONTH' } });
    await Promise.all(Array.from({ length: 16 }, () => earn(1n)));
    await database.pool.query('update cap_share set granted = cap_limit where programme_id = $1', [
      uuidOf(book.programmeId),
    ]);
    await Promise.all(Array.from({ length: TILLS }, () => earn(50n)));
    expect((await issued()) > 1_000n).toBe(true);
  });

  describe('budgets', () => {
    const campaign = (budgetPoints: bigint | null, purpose: BudgetPurpose = 'EARNING') => {
      const [issuer, payer] = book.brands;
      return aPurchaseRule(issuer, {
        effect: { kind: 'BONUS', points: 7n },
        campaign: aCampaign(payer, { budgetPoints, purpose }),
      });
    };
    async function spentBy(campaignId: string): Promise<number> {
      const { rows } = await database.pool.query<{ count: string }>(
        `select count(*) from earn_explanation x cross join jsonb_array_elements(x.explanation -> 'f') f where f ->> 'c' = $1`,
        [campaignId],
      );
      return Number(rows[0]?.count) * 7;
    }

    it('give a nearly spent budget to the point to 64 tills at once, and every purchase its base points', async () => {
      await open({});
      const rule = campaign(301n);
      book = { ...book, purchaseRules: [rule] };
      const outcomes = await Promise.all(Array.from({ length: TILLS }, () => earn(10n)));
      expect(outcomes.map(codeOf)).toEqual(Array(TILLS).fill('posted'));
      expect(await spentBy(rule.campaign!.id)).toBe(301);
      expect(await issued()).toBe(10n * BigInt(TILLS) + 301n);
      const later = await earn(10n);
      expect(later.kind === 'posted' && later.own.plan.explained?.explanation.passed).toEqual([
        { ruleId: rule.id, campaignId: rule.campaign!.id, reason: 'BUDGET_SPENT' },
      ]);
    });

    it('would catch shares of a budget that grant more than it holds (control)', async () => {
      await open({});
      const rule = campaign(301n);
      book = { ...book, purchaseRules: [rule] };
      await Promise.all(Array.from({ length: 16 }, () => earn(10n)));
      await database.pool.query('update cap_share set granted = cap_limit where programme_id = $1', [
        uuidOf(book.programmeId),
      ]);
      await Promise.all(Array.from({ length: TILLS }, () => earn(10n)));
      expect((await spentBy(rule.campaign!.id)) > 301).toBe(true);
    });

    it('are spent by no command for which they were not read', async () => {
      await open({});
      book = { ...book, purchaseRules: [campaign(301n)] };
      const sale = {
        partnerId: book.brands[0],
        externalRef: 'unread',
        amountMinor: 100n,
        currency: 'EUR',
        occurredAt: NOW,
      };
      const purchase = { ...sale, branch: null, channel: null, lines: null };
      const { earns: _, ...unread } = command(newId('mem'), 'unread', (wallet, facts) =>
        planPurchase(wallet, purchase, facts),
      );
      await expect(lanes.post(unread)).rejects.toThrow('does not say what it earns for');
      expect(await issued()).toBe(0n);
    });

    it('and caps are written in the order in which others lock them: no two lanes wait for each other', async () => {
      await open({ issuanceCap: { points: points(1_000n), period: 'MONTH' } });
      book = { ...book, purchaseRules: [campaign(301n)] };
      const memberId = newId('mem');
      await earn(10n, memberId);
      // Two shares, in the order of all who ask for all.
      const lockNext = (tx: Tx, kind: string) =>
        tx.query(
          `/* test.cap.lockNext */ select from cap_share where programme_id = $1 and kind like $2 for no key update nowait`,
          [uuidOf(book.programmeId), kind],
        );
      const blocked = await inTransaction(database, async (tx) => {
        await lockNext(tx, 'CAMPAIGN:%');
        const second = earn(10n, memberId);
        await waiting(1);
        await lockNext(tx, 'ISSUANCE');
        return { second };
      });
      expect(codeOf(await blocked.second)).toBe('posted');
    });

    it('of one purpose that is overspent leave the other purposes alone', async () => {
      await open({});
      const [earning, offers] = [campaign(null), campaign(null, 'PERSONAL_OFFERS')];
      const budget = { partnerId: book.brands[0], period: 'MONTH' } as const;
      book = {
        ...book,
        purchaseRules: [earning, offers],
        purposeBudgets: [
          { ...budget, purpose: 'EARNING', points: 20n },
          { ...budget, purpose: 'PERSONAL_OFFERS', points: 100n },
        ],
      };
      for (let n = 0; n < 4; n += 1) await earn(1n);
      expect(await spentBy(earning.campaign!.id)).toBe(14);
      expect(await spentBy(offers.campaign!.id)).toBe(28);
    });
  });

  it('counts a cap anew in the next period of the programme’s calendar', async () => {
    await open({ issuanceCap: { points: points(10n), period: 'DAY' } });
    expect(codeOf(await earn(10n))).toBe('posted');
    expect(codeOf(await earn(1n))).toBe('LEDGER_ISSUANCE_CAP_REACHED');
    clock.set(new Date('2026-03-11T00:00:00Z'));
    expect(codeOf(await earn(10n))).toBe('posted');
    clock.set(NOW);
  });

  it('stops issuing when what others redeemed brought the partner to its net-debit cap, and never stops a redemption', async () => {
    await open({ netDebitCapMicros: 5_000_000n });
    const members = Array.from({ length: 16 }, () => newId('mem'));
    await Promise.all(members.map((memberId) => earn(50n, memberId)));
    // 16 × 40 points at 10,000 micro-units: 6.4 of 5.0 are owed when all have redeemed.
    const outcomes = await Promise.all(members.map((memberId) => redeem(memberId, 40n)));
    expect(outcomes.every(({ kind }) => kind === 'posted')).toBe(true);
    const refused = await Promise.all(Array.from({ length: TILLS }, () => earn(1n)));
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['LEDGER_NET_DEBIT_CAP_REACHED']));
  });

  describe('a net-debit cap agreed later', () => {
    const APRIL = new Date('2026-03-31T22:00:00Z');
    const agreed = (change: Parameters<typeof aContract>[1]) => {
      book = { ...book, contracts: [...book.contracts, aContract(book.brands[0], { version: 2, ...change })] };
    };
    const used = async (): Promise<bigint[]> => {
      const { rows } = await database.pool.query<{ used: string }>(
        `select sum(used)::text as used from cap_share where programme_id = $1 and kind = 'NET_DEBIT' group by period order by period`,
        [uuidOf(book.programmeId)],
      );
      return rows.map((row) => BigInt(row.used));
    };
    const paid = (micros: bigint) =>
      inTransaction(database, (tx) =>
        moveExposure(tx, book.programmeId, [{ partnerId: book.brands[0], micros: -micros }]),
      );
    afterEach(() => clock.set(NOW));

    it('is moved in the order in which lanes lock shares, whatever PostgreSQL would take first', async () => {
      await open({});
      const partners = [newId('ptr'), newId('ptr')].sort((a, b) => (uuidOf(a) < uuidOf(b) ? -1 : 1));
      const [first, second] = partners as [PartnerId, PartnerId];
      for (const partnerId of [second, first])
        await database.pool.query(
          `insert into cap_share (programme_id, shard, partner_id, kind, period, cap_limit, granted)
           values ($1, 0, $2, 'NET_DEBIT', 'EVER', 100, 100)`,
          [uuidOf(book.programmeId), uuidOf(partnerId)],
        );
      const lockNext = (tx: Tx, partnerId: PartnerId) =>
        tx.query('/* test.cap.lockOne */ select from cap_share where partner_id = $1 for no key update nowait', [
          uuidOf(partnerId),
        ]);
      const move = () =>
        inTransaction(database, async (tx) => {
          for (const way of ['nestloop', 'indexscan', 'bitmapscan']) await tx.query(`set local enable_${way} = off`);
          const moves = partners.map((partnerId) => ({ partnerId, micros: 5n }));
          await moveExposure(tx, book.programmeId, moves);
        });
      const blocked = await inTransaction(database, async (tx) => {
        await lockNext(tx, first);
        const moved = move();
        await waiting(1);
        await lockNext(tx, second);
        return { moved };
      });
      await blocked.moved;
      expect(await used()).toEqual([10n]);
    });

    it('counts what the partner owed before, and has room again when that is paid', async () => {
      await open({});
      const memberId = newId('mem');
      await earn(2_000n, memberId);
      await redeem(memberId, 1_000n);
      await hold(memberId, 50n);
      agreed({ validFrom: APRIL, netDebitCapMicros: 5_000_000n });
      expect(codeOf(await earn(1n))).toBe('posted');
      clock.set(APRIL);
      expect(codeOf(await earn(1n))).toBe('LEDGER_NET_DEBIT_CAP_REACHED');
      await redeem(memberId, 100n);
      expect(await used()).toEqual([11_500_000n]);
      await paid(10_000_000n);
      expect(codeOf(await earn(1n))).toBe('posted');
      expect(await used()).toEqual([1_500_000n]);
    });

    it('counts anew what is owed when it was dropped and is agreed again', async () => {
      await open({ netDebitCapMicros: 5_000_000n });
      const memberId = newId('mem');
      await earn(2_000n, memberId);
      await redeem(memberId, 100n);
      agreed({ validFrom: NOW, netDebitCapMicros: null });
      await redeem(memberId, 900n);
      expect(codeOf(await earn(1n, memberId))).toBe('posted');
      agreed({ version: 3, validFrom: APRIL, netDebitCapMicros: 5_000_000n });
      clock.set(APRIL);
      expect(codeOf(await earn(1n))).toBe('LEDGER_NET_DEBIT_CAP_REACHED');
      expect((await used()).at(-1)).toBe(10_000_000n);
    });

    it('counts a claim that was decided before it began and is written after', async () => {
      await open({});
      const lanesApart: ReturnType<typeof newId<'mem'>>[] = [];
      while (lanesApart.length < 2) {
        const one = newId('mem');
        if (lanesApart.every((other) => (walletOf(other).key.bucket - walletOf(one).key.bucket) % 4 !== 0))
          lanesApart.push(one);
      }
      const [early, late] = lanesApart as [(typeof lanesApart)[0], (typeof lanesApart)[0]];
      for (const memberId of [early, late]) await earn(100n, memberId);
      agreed({ validFrom: APRIL, netDebitCapMicros: 1_000_000_000n });
      const blocked = await inTransaction(database, async (tx) => {
        await tx.query('lock table claim in share mode');
        const first = redeem(early, 10n);
        await waiting(1);
        clock.set(APRIL);
        const second = redeem(late, 20n);
        await waiting(2);
        return { outcomes: Promise.all([first, second]) };
      });
      expect((await blocked.outcomes).map(codeOf)).toEqual(['posted', 'posted']);
      expect(await used()).toEqual([300_000n]);
    });
  });

  it('keeps the order of one member’s commands when one of them has to wait for all shares', async () => {
    await open({ issuanceCap: { points: points(100n), period: 'EVER' } });
    const memberId = newId('mem');
    const [earned, spent] = await Promise.all([earn(60n, memberId), redeem(memberId, 60n)]);
    expect([codeOf(earned), codeOf(spent)]).toEqual(['posted', 'posted']);
  });
});
