import { newId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { convert, isRate } from './conversion';
import { paymentsOf } from './payment';
import { agreementPostings, paymentPostings } from './postings';

const code = (text: string) => text as CurrencyCode;
const EUR = code('EUR');

describe('a conversion', () => {
  it('of the worked example: C pays 43.94 PLN, 0.0026 of it rounding', () => {
    expect(convert(-1_032n, { from: EUR, to: code('PLN'), rate: '4.2575' })).toEqual({
      amountMinor: -4_394n,
      differenceMicros: -2_600n,
    });
  });

  it('rounds an exact half to the even unit, and knows currencies of no and of three decimals', () => {
    const to = (currency: string, rate: string, amount = 1n) =>
      convert(amount, { from: EUR, to: code(currency), rate }).amountMinor;
    expect([to('PLN', '0.5'), to('PLN', '1.5'), to('PLN', '2.5'), to('PLN', '0.5', -1n)]).toEqual([0n, 2n, 2n, 0n]);
    expect([to('JPY', '162.5', 100n), to('KWD', '0.3315', 100n)]).toEqual([162n, 332n]);
  });

  it.each(['0', '0.0', '-1', '1e3', '01', '.5', '1.', '1,5', '', '1.1234567890123'])(
    'takes no %p for a rate',
    (text) => {
      expect(isRate(text)).toBe(false);
    },
  );
});

describe('payments', () => {
  const [a, b] = [newId('ptr'), newId('ptr')];
  const terms = { currency: EUR, payFromMinor: 100n, carriedIn: new Map(), rates: [] };

  it('leave what is below the threshold for the next cycle, where it counts again', () => {
    const first = paymentsOf(
      [
        { partyId: a, netMinor: 60n },
        { partyId: b, netMinor: -160n },
        { partyId: null, netMinor: 100n },
      ],
      terms,
    );
    expect(first.map(({ payMinor, carryOutMinor }) => [payMinor, carryOutMinor])).toEqual([
      [0n, 60n],
      [-160n, 0n],
      [0n, 0n],
    ]);
    const carriedIn = new Map(first.map(({ partyId, carryOutMinor }) => [partyId, carryOutMinor]));
    const [next] = paymentsOf([{ partyId: a, netMinor: 40n }], { ...terms, carriedIn });
    expect(next).toMatchObject({ netMinor: 40n, carryInMinor: 60n, payMinor: 100n, carryOutMinor: 0n });
  });

  it('are posted in both books when converted, and each sums to zero', () => {
    const rates = [{ currency: code('PLN'), rate: '4.2575', source: 'ECB', rateId: '1', partnerIds: [a] }];
    const entries = paymentPostings(paymentsOf([{ partyId: a, netMinor: -1_032n }], { ...terms, rates }), EUR);
    expect(entries.map(({ debit, credit, micros, currency }) => [debit.kind, credit.kind, micros, currency])).toEqual([
      ['FX_CONVERSION', 'CLEARING', 10_320_000n, 'EUR'],
      ['SETTLEMENT_BANK', 'FX_CONVERSION', 43_937_400n, 'PLN'],
      ['SETTLEMENT_BANK', 'FX_ROUNDING', 2_600n, 'PLN'],
    ]);
  });
});

it('brings clearing accounts from what is owed exactly to what is billed, through carry and suspense', () => {
  const [a, c] = [newId('ptr'), newId('ptr')];
  const difference = { debtorId: a, creditorId: c, roundingMicros: 3_200n, suspenseMicros: 7_192_000n };
  const moved = agreementPostings([difference], EUR).map(
    ({ debit, credit, micros }) => `${debit.kind} → ${credit.kind} ${micros}`,
  );
  expect(moved).toEqual([
    'ROUNDING_CARRY → CLEARING 3200',
    'CLEARING → ROUNDING_CARRY 3200',
    'CLEARING → DISPUTE_SUSPENSE 7192000',
  ]);
});
