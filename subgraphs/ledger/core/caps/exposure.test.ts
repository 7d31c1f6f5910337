import { aContract, aRuleBook } from '../../testkit/book';
import { exposureOf } from './exposure';

const rules = aRuleBook();
const [partnerId] = rules.brands;
const of = (micros: bigint, netDebitCapMicros: bigint | null) =>
  exposureOf(micros, {
    book: { ...rules, contracts: [aContract(partnerId, { netDebitCapMicros })] },
    partnerId,
    now: new Date('2026-03-10T12:00:00Z'),
  });

it('is shown in minor units beside its cap, and alerts from the threshold of the contract on', () => {
  expect(of(79_999_999n, 100_000_000n)).toMatchObject({
    ...{ exposure: { amountMinor: 8_000n }, netDebitCap: { amountMinor: 10_000n }, usedBps: 7_999, isAlert: false },
  });
  expect(of(80_000_000n, 100_000_000n)).toMatchObject({ usedBps: 8_000, isAlert: true });
  expect(of(130_000_000n, 100_000_000n)).toMatchObject({ usedBps: 13_000, isAlert: true });
});

it('never alerts who is owed more than it owes, nor whom no cap binds', () => {
  expect(of(-5_000n, 100_000_000n)).toMatchObject({ usedBps: 0, isAlert: false, exposure: { amountMinor: 0n } });
  expect(of(10n ** 12n, null)).toMatchObject({ usedBps: null, netDebitCap: null, isAlert: false });
});
