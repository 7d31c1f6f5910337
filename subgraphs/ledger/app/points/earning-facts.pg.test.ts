import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { planPurchase } from '../../core/movements/purchase';
import type { RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import { announce, laneOptions } from '../../testkit/lane-book';
import { aPurchaseRule } from '../../testkit/rules';
import { documentOf, intentOf, NO_NEEDS, walletOf, type PostingOutcome } from './posting-command';
import { PostingLanes } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');

describe('earning under rules', () => {
  let database: TestDatabase;
  let lanes: PostingLanes;
  const plain = aRuleBook();
  const [shop] = plain.brands;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    await announce(database, plain);
  });
  afterEach(async () => {
    await lanes.close();
  });
  afterAll(async () => {
    await database.drop();
  });

  function open(books: { book: RuleBook; held: RuleBook | undefined }): void {
    lanes = new PostingLanes({
      ...laneOptions(database, plain, new FixedClock(NOW)),
      shelf: { book: async () => books.book, held: () => books.held },
    });
  }

  let receipts = 0;
  function earn(memberId: MemberId): Promise<PostingOutcome> {
    const externalRef = `r${(receipts += 1)}`;
    const sale = { partnerId: shop, externalRef, amountMinor: 1_000n, currency: 'EUR', occurredAt: NOW };
    return lanes.post({
      ...walletOf(memberId),
      programmeId: plain.programmeId,
      caller: 'test',
      intent: intentOf('test', { operation: 'test', idempotencyKey: externalRef, body: externalRef }),
      document: documentOf(shop, 'PURCHASE', externalRef),
      needs: NO_NEEDS,
      others: [],
      opensWallet: true,
      earns: { partnerId: shop, occurredAt: NOW, channel: null },
      plan: (wallet, facts) => planPurchase(wallet, { ...sale, branch: null, channel: null, lines: null }, facts),
    });
  }
  const firedIn = (outcome: PostingOutcome): string[] =>
    outcome.kind === 'posted' ? (outcome.own.plan.explained?.explanation.fired ?? []).map(({ ruleId }) => ruleId) : [];

  it('writes the list of rules that gave nothing once for all purchases that came out alike', async () => {
    const passed = Array.from({ length: 60 }, () => aPurchaseRule(shop, { branches: ['elsewhere'] }));
    const book = { ...plain, purchaseRules: [aPurchaseRule(shop), ...passed] };
    open({ book, held: book });
    await Promise.all(Array.from({ length: 100 }, () => earn(newId('mem'))));
    const { rows } = await database.pool.query<{ earns: string; lists: string; named: string; bytes: number }>(
      `select count(*) as earns, count(distinct r.id) as lists, min(jsonb_array_length(r.passed)) as named,
              max(length(x.explanation::text)) as bytes
         from earn_explanation x join passed_rules r on r.id = (x.explanation ->> 'p')::uuid`,
    );
    expect(rows).toEqual([{ earns: '100', lists: '1', named: 60, bytes: expect.any(Number) }]);
    expect(rows[0]!.bytes).toBeLessThan(400);
  });

  it.each([
    ['a version that asked nothing', plain],
    ['no version', undefined],
  ])('counts a member’s orders though the lane still holds %s', async (_, held) => {
    const second = aPurchaseRule(shop, { condition: 'orders.year == 2' });
    open({ book: { ...plain, purchaseRules: [second] }, held });
    const member = newId('mem');
    expect(firedIn(await earn(member))).not.toContain(second.id);
    expect(firedIn(await earn(member))).toContain(second.id);
    expect(firedIn(await earn(member))).not.toContain(second.id);
  });

  it('counts orders though the version held asked for other facts only', async () => {
    const forStudents = aPurchaseRule(shop, { segments: ['students'] });
    const second = aPurchaseRule(shop, { condition: 'orders.year == 2' });
    const held = { ...plain, purchaseRules: [forStudents] };
    open({ book: { ...plain, purchaseRules: [forStudents, second] }, held });
    const member = newId('mem');
    expect(firedIn(await earn(member))).not.toContain(second.id);
    expect(firedIn(await earn(member))).toContain(second.id);
  });
});
