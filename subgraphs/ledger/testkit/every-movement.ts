import type { TestDatabase } from '../../../kernel/testkit/database';
import { newId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { planDirectAccrual } from '../core/movements/direct-accrual';
import { planReinstatement } from '../core/movements/expiry';
import { planPurchaseReturn } from '../core/movements/purchase-return';
import { planReversal } from '../core/movements/reversal';
import type { Contract } from '../core/rule-book';
import { aContract, aRuleBook } from './book';
import { TestBook } from './test-book';

const PAID = { reimbursementMicros: 8_013n, feeMicros: 501n, issuanceMicros: 8_500n };

/** What the two brands agreed, unless something else is said: one paid at issuance, one in part. */
export const OF_EVERY_MODEL: readonly [Partial<Contract>, Partial<Contract>] = [
  { ...PAID, settlementModel: 'AT_ISSUANCE', breakageShareBps: 3_333 },
  { ...PAID, reimbursementMicros: 7_501n, settlementModel: 'HYBRID', prefundBps: 3_333 },
];

/**
 * Points that wait, come back, are taken back, owed, expire and are given again, over three months.
 *
 * @param between called between movements
 * @param terms   what each of the two brands agreed
 * @returns the open book
 */
export async function postEveryMovement(
  at: TestDatabase,
  between: () => Promise<void> = async () => undefined,
  terms: readonly [Partial<Contract>, Partial<Contract>] = OF_EVERY_MODEL,
): Promise<TestBook> {
  const rules = aRuleBook({ pointsValidityDays: 30, reversalGraceDays: 3 });
  const [fund, hybrid] = rules.brands;
  const contracts = [aContract(fund, terms[0]), aContract(hybrid, terms[1])];
  const book = await TestBook.open(at, { ...rules, contracts }, new Date('2026-03-10T12:00:00Z'));
  const why = { reason: 'test' };
  for (const brand of rules.brands) {
    const other = brand === fund ? hybrid : fund;
    const member = newId('mem');
    const bought = await book.buy(member, brand, 100n);
    const spent = await book.redeem(member, other, 71n, { amountMinor: 999n, currency: 'EUR' });
    await book.redeem(member, brand, 3n);
    await between();
    const undo = (amount: bigint) => ({ redemptionSeq: spent, partnerId: other, points: points(amount), ...why });
    for (const amount of [7n, 13n]) {
      await book.post(member, (wallet, facts) => planReversal(wallet, undo(amount), facts), {
        needs: { redemptions: [spent] },
      });
    }
    const back = { purchaseSeq: bought, partnerId: brand, externalRef: newId('txn'), amountMinor: 6_000n };
    const goods = { ...back, currency: 'EUR', occurredAt: book.clock.now() };
    await book.post(member, (wallet, facts) => planPurchaseReturn(wallet, goods, facts), {
      needs: { purchases: [bought] },
      document: [brand, 'RETURN', goods.externalRef],
    });
    await between();
    await book.buy(member, other, 5n);
    const gift = { issuerId: brand, points: points(30n), occurredAt: book.clock.now(), expiresAt: null, funding: null };
    const waiting = { ...gift, kind: 'EARN', isPending: true, externalRef: null, ...why } as const;
    await book.post(newId('mem'), (wallet, facts) => planDirectAccrual(wallet, waiting, facts));
    const late = newId('mem');
    await book.buy(late, brand, 11n);
    await between();
    book.clock.set(new Date(book.clock.now().getTime() + 40 * 86_400_000));
    await book.expire(late);
    await between();
    const again = { lotSeq: 1n, points: points(4n), expiresAt: new Date('2027-01-01T00:00:00Z'), ...why };
    await book.post(late, (wallet, facts) => planReinstatement(wallet, again, facts), { needs: { pastLots: [1n] } });
  }
  return book;
}
