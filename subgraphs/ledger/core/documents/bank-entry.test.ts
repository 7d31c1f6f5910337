import { newId } from '../../../../kernel/values/id';
import { cycleNumberOf, holdEntries, minorOf, type BankEntry, type ExpectedPayment } from './bank-entry';

const [a, b] = [newId('ptr'), newId('ptr')];
const payment = (change: Partial<ExpectedPayment>): ExpectedPayment => ({
  ...{ partnerId: a, way: 'CREDIT_TRANSFER', endToEndId: 'STL-3-A', amountMinor: 657n, currency: 'EUR' },
  ...{ cycleId: 'cyc', isInstructed: true, isInDefault: false, ...change },
});
const expected = new Map(
  [payment({}), payment({ partnerId: b, way: 'DIRECT_DEBIT', endToEndId: 'STL-3-B', amountMinor: 146n })].map((one) => [
    one.endToEndId,
    one,
  ]),
);
const IBAN = 'PL61109010140000071219812874';
const entry = (change: Partial<BankEntry> = {}): BankEntry => ({
  ...{ endToEndId: 'STL-3-A', amount: '6.57', currency: 'EUR', direction: 'DEBIT', isBooked: true, isReversal: false },
  ...{ bankRef: null, bookedOn: '2026-04-22', iban: IBAN, ...change },
});
const hold = (entries: readonly BankEntry[], confirmed = new Map<string, string>()) =>
  holdEntries(entries, { expected, confirmed, operatorIban: IBAN });

describe('an entry of the bank', () => {
  it('confirms the payment it names when everything else is the same, too', () => {
    const theirs = entry({ endToEndId: 'STL-3-B', amount: '1.460', direction: 'CREDIT' });
    expect(hold([entry(), theirs]).map(({ outcome }) => outcome)).toEqual(['MATCHED', 'MATCHED']);
  });

  it.each([
    ['UNKNOWN_ID', { endToEndId: 'STL-3-Z' }],
    ['UNKNOWN_ID', { endToEndId: '' }],
    ['AMOUNT_DIFFERS', { amount: '6.58' }],
    ['AMOUNT_DIFFERS', { amount: '6.575' }],
    ['AMOUNT_DIFFERS', { amount: '' }],
    ['CURRENCY_DIFFERS', { currency: 'PLN' }],
    ['DIRECTION_DIFFERS', { direction: 'CREDIT' }],
    ['NOT_BOOKED', { isBooked: false }],
    ['REVERSED', { isReversal: true }],
    ['OTHER_ACCOUNT', { iban: 'DE89370400440532013000' }],
  ] as const)('is reported as %s with %j', (outcome, change) => {
    expect(hold([entry(change)])[0]?.outcome).toBe(outcome);
  });

  it('of payments that were never instructed is reported, and confirms nothing', () => {
    const early = new Map([['STL-3-A', payment({ isInstructed: false })]]);
    const [held] = holdEntries([entry()], { expected: early, confirmed: new Map(), operatorIban: null });
    expect(held?.outcome).toBe('NOT_INSTRUCTED');
  });

  it('confirms once: told again it was seen, and another of its name is a duplicate', () => {
    const [first] = hold([entry()]);
    const confirmed = new Map([['STL-3-A', first!.identity]]);
    expect(hold([entry()], confirmed)[0]?.outcome).toBe('SEEN');
    expect(hold([entry({ bookedOn: '2026-04-23' })], confirmed)[0]?.outcome).toBe('DUPLICATE');
    expect(hold([entry(), entry()]).map(({ outcome }) => outcome)).toEqual(['MATCHED', 'DUPLICATE']);
    expect(hold([entry(), entry()], confirmed).map(({ outcome }) => outcome)).toEqual(['SEEN', 'DUPLICATE']);
  });

  it('is the same one in a notification and a statement by the bank’s own name for it', () => {
    const told = entry({ bankRef: 'B-1', bookedOn: null });
    const stated = entry({ bankRef: 'B-1', bookedOn: '2026-04-22' });
    expect(hold([told, stated]).map(({ outcome }) => outcome)).toEqual(['MATCHED', 'SEEN']);
  });
});

describe('an amount of the bank', () => {
  it.each([
    ['6.57', 'EUR', 657n],
    ['6.5', 'EUR', 650n],
    ['7', 'JPY', 7n],
    ['7.00', 'JPY', 7n],
    ['0.001', 'KWD', 1n],
    ['7.5', 'JPY', null],
    ['-1', 'EUR', null],
    ['1e3', 'EUR', null],
  ])('%s %s is %s minor units', (amount, currency, minor) => expect(minorOf({ amount, currency })).toBe(minor));

  it('belongs to the cycle its payment names', () => {
    expect([cycleNumberOf('STL-12-P01'), cycleNumberOf('STL-0-P01'), cycleNumberOf('X')]).toEqual([12, null, null]);
  });
});
