import { points } from '../../kernel/values/points';
import { splitOverPool } from './core/movements/pool';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, REDEEM_POOL, REVERSE } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook({ stepUpAbovePoints: points(600n) });
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];

const together = (ids: readonly string[], amount: string, change: object = {}) => {
  const { member: _, ...rest } = spend(ids[0]!, amount);
  return { ...rest, members: ids.map((id) => ({ id })), ...change };
};
/** Members who have so many points of the baker's, and are open to the florist. */
async function household(...amounts: readonly bigint[]): Promise<string[]> {
  const ids = amounts.map(() => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' }));
  for (const [n, amount] of amounts.entries()) {
    if (amount > 0n) await graph.run(bakerKey, RECORD, sale(ids[n]!, amount * 100n));
  }
  return ids;
}
const available = async (ids: readonly string[]): Promise<string[]> =>
  Promise.all(ids.map(async (id) => (await graph.lookAt(id as never, 'available')).available));

describe('a spend by several members', () => {
  it('takes of each in proportion to what they can spend: 1,000, 333 and 1 give 375, 125 and 0 of 500', async () => {
    const ids = await household(1_000n, 333n, 1n);
    const input = together(ids, '500');
    const first = await graph.run(floristKey, REDEEM_POOL, input);
    expect(first).toMatchObject({ __typename: 'RedeemPoolSuccess', replayed: false });
    expect(first.parts).toMatchObject([
      {
        redemption: { points: '375', draws: [{ points: '375', lot: { issuer: { id: baker } } }] },
        account: { memberId: ids[0], available: '625' },
      },
      { redemption: { points: '125' }, account: { memberId: ids[1], available: '208' } },
    ]);
    expect(first.parts.map((part: never) => part['redemption']['draws'][0]['claim'])).toEqual([
      { amountMinor: '375' },
      { amountMinor: '125' },
    ]);
    expect(await available(ids)).toEqual(['625', '208', '1']);
    const again = await graph.run(floristKey, REDEEM_POOL, input);
    expect(again).toEqual({ ...first, replayed: true });
    expect(await available(ids)).toEqual(['625', '208', '1']);
  });

  it('is undone part by part, each like a redemption of its own', async () => {
    const ids = await household(300n, 100n);
    const { parts } = await graph.run(floristKey, REDEEM_POOL, together(ids, '200'));
    expect(await available(ids)).toEqual(['150', '50']);
    const back = { idempotencyKey: 'back', redemptionId: parts[1].redemption.id, reason: 'broken cup' };
    expect(await graph.run(floristKey, REVERSE, back)).toMatchObject({ redemption: { points: '50' } });
    expect(await available(ids)).toEqual(['150', '100']);
  });

  it('is whole or not at all', async () => {
    const ids = await household(100n, 50n);
    const before = await Promise.all(ids.map((id) => graph.story(id as never)));
    const tooMuch = await graph.run(floristKey, REDEEM_POOL, together(ids, '151'));
    expect(tooMuch).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS' });
    const shut = graph.enrol({ [baker]: 'OPEN', [florist]: 'CREDIT_ONLY' });
    await graph.run(bakerKey, RECORD, sale(shut, 5_000n));
    const closed = await graph.run(floristKey, REDEEM_POOL, together([...ids, shut], '60'));
    expect(closed).toMatchObject({ code: 'LEDGER_MEMBER_NOT_CONFIRMED' });
    const stranger = graph.enrol({ [baker]: 'OPEN' });
    expect(await graph.run(floristKey, REDEEM_POOL, together([...ids, stranger], '60'))).toMatchObject({
      code: 'NOT_FOUND',
    });
    const rich = await household(2_000n, 10n);
    expect(await graph.run(floristKey, REDEEM_POOL, together(rich, '700'))).toMatchObject({
      code: 'LEDGER_STEP_UP_REQUIRED',
    });
    expect(await available(rich)).toEqual(['2000', '10']);
    expect(await Promise.all(ids.map((id) => graph.story(id as never)))).toEqual(before);
  });

  it('is led by a member who gives something, and names each once', async () => {
    const [rich, poor] = (await household(100n, 0n)) as [string, string];
    const led = await graph.run(floristKey, REDEEM_POOL, together([poor, rich], '10'));
    expect(led).toMatchObject({ code: 'LEDGER_POOL_LEAD_GIVES_NOTHING', retryable: false });
    expect(await graph.run(floristKey, REDEEM_POOL, together([rich, rich], '10'))).toMatchObject({
      __typename: 'InvalidInput',
      field: 'input.members',
    });
    expect(await graph.run(floristKey, REDEEM_POOL, together([], '10', { members: [] }))).toMatchObject({
      field: 'input.members',
    });
    const alone = await graph.run(floristKey, REDEEM_POOL, together([rich], '10'));
    expect(alone.parts).toMatchObject([{ redemption: { points: '10' }, account: { available: '90' } }]);
    const receipt = { externalRef: 'POOL-1' };
    await graph.run(floristKey, REDEEM_POOL, together([rich, poor], '10', receipt));
    expect(await graph.run(floristKey, REDEEM, spend(rich, '10', receipt))).toMatchObject({
      code: 'LEDGER_DOCUMENT_ALREADY_RECORDED',
    });
    expect(
      await graph.run(graph.partner(florist, { scopes: ['points:earn'] }), REDEEM_POOL, together([rich], '1')),
    ).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('spends of households that overlap, all at once', () => {
  const ROUNDS = 24;
  /** What each answer says was given, in all. */
  const givenBy = ({ parts = [] }: { parts?: { redemption: { points: string } }[] }) =>
    parts.reduce((sum, { redemption }) => sum + Number(redemption.points), 0);

  it('each give what they were asked for or nothing, and no point is given twice', async () => {
    const ids = await household(200n, 100n, 50n);
    const orders = [ids, [...ids].reverse(), [ids[1]!, ids[2]!, ids[0]!]];
    const answers = await Promise.all([
      ...Array.from({ length: ROUNDS }, (_, n) => graph.run(floristKey, REDEEM_POOL, together(orders[n % 3]!, '30'))),
      ...Array.from({ length: ROUNDS }, (_, n) => graph.run(bakerKey, REDEEM, spend(ids[n % 3]!, '3'))),
    ]);
    const pooled = answers.slice(0, ROUNDS).map(givenBy);
    expect(new Set(pooled)).toEqual(new Set([0, 30]));
    const alone = answers.slice(ROUNDS).filter(({ __typename }) => __typename === 'RedeemPointsSuccess').length * 3;
    const spent = pooled.reduce((sum, one) => sum + one, 0) + alone;
    const left = (await available(ids)).reduce((sum, one) => sum + Number(one), 0);
    expect(left + spent).toBe(350);
  });

  it('control: a till that splits by what it read before, and redeems one by one, is left with halves', async () => {
    const ids = await household(40n, 40n);
    const halves = async () => {
      const shares = splitOverPool(
        (await available(ids)).map((one) => points(BigInt(one))),
        points(30n),
      );
      if (!Array.isArray(shares)) return 0;
      const answers = await Promise.all(
        shares.flatMap((share, n) =>
          share === 0n ? [] : [graph.run(floristKey, REDEEM, spend(ids[n]!, String(share)))],
        ),
      );
      return answers.reduce(
        (sum, { redemption }) => sum + (redemption === undefined ? 0 : Number(redemption.points)),
        0,
      );
    };
    const given = await Promise.all([
      ...Array.from({ length: 8 }, halves),
      ...Array.from({ length: 8 }, () => graph.run(bakerKey, REDEEM, spend(ids[0]!, '4')).then(() => 30)),
    ]);
    expect(given.some((sum) => sum !== 0 && sum !== 30)).toBe(true);
  });
});

expectTheBookToAddUp(graph);
