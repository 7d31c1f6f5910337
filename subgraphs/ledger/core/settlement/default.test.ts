import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { defaultPostings, defaultRefusal, waterfallOf, type DefaultFacts } from './default';
import { guaranteeRefusal } from './guarantee';

const [a, b, c] = [newId('ptr'), newId('ptr'), newId('ptr')].sort() as [never, never, never];
const nothing = { depositMinor: 0n, fundMinor: 0n };
const facts: DefaultFacts = {
  ...{ state: 'INSTRUCTED', owedMinor: 1_032n, isConfirmed: false, isInDefault: false },
  ...{ today: '2026-04-09', dueOn: '2026-04-08' },
};

describe('what a partner did not pay', () => {
  // The nets of the worked example, SETTLEMENT §6: A +6.57, B −1.46, C −10.32, H +5.21.
  const receivers = [
    { partyId: a, minor: 657n },
    { partyId: null, minor: 521n },
    { partyId: b, minor: -146n },
  ];

  it('is paid by its deposit first, then by the default fund, then by those whom the cycle pays', () => {
    const held = { depositMinor: 400n, fundMinor: 300n };
    expect(waterfallOf(1_032n, held, receivers)).toEqual({
      ...{ owedMinor: 1_032n, depositMinor: 400n, fundMinor: 300n },
      // 332 by 657 to 521: 185.16 and 146.83.
      shares: [
        { partyId: a, minor: 185n },
        { partyId: null, minor: 147n },
      ],
    });
    expect(waterfallOf(400n, held, receivers)).toMatchObject({ depositMinor: 400n, fundMinor: 0n, shares: [] });
    expect(waterfallOf(700n, held, receivers)).toMatchObject({ depositMinor: 400n, fundMinor: 300n, shares: [] });
  });

  it('falls to the operator when nobody is paid', () => {
    expect(waterfallOf(5n, nothing, []).shares).toEqual([{ partyId: null, minor: 5n }]);
  });

  it('costs the operator what is more than all that is paid, where payments were left for later', () => {
    // Threshold 0.50, nets A −1.00, B +0.60, C +0.40: C is paid nothing yet.
    const small = [
      { partyId: b, minor: 60n },
      { partyId: c, minor: 0n },
      { partyId: null, minor: 0n },
    ];
    expect(waterfallOf(100n, nothing, small).shares).toEqual([
      { partyId: b, minor: 60n },
      { partyId: null, minor: 40n },
    ]);
    // The operator is paid too: its part and the rest are one share.
    const withHub = [...small.slice(0, 2), { partyId: null, minor: 10n }];
    expect(waterfallOf(100n, nothing, withHub).shares).toEqual([
      { partyId: b, minor: 60n },
      { partyId: null, minor: 40n },
    ]);
  });

  it('is always paid in full, by no partner more than it holds or is paid, and the money has two ends', () => {
    const amount = fc.bigInt({ min: 0n, max: 10_000n });
    const paid = fc.tuple(amount, amount, amount);
    fc.assert(
      fc.property(
        paid,
        amount,
        amount,
        fc.bigInt({ min: 1n, max: 10_000n }),
        ([ofA, ofB, ofH], depositMinor, fundMinor, owed) => {
          const all = [
            { partyId: null, minor: ofH },
            { partyId: b, minor: ofB },
            { partyId: a, minor: ofA },
          ];
          const waterfall = waterfallOf(owed, { depositMinor, fundMinor }, all);
          const loss = waterfall.shares.reduce((sum, { minor }) => sum + minor, 0n);
          expect(waterfall.depositMinor + waterfall.fundMinor + loss).toBe(owed);
          expect(waterfall.fundMinor === 0n || waterfall.depositMinor === depositMinor).toBe(true);
          expect(loss === 0n || waterfall.fundMinor === fundMinor).toBe(true);
          const unpaid = loss - (ofA + ofB + ofH);
          for (const { partyId, minor } of waterfall.shares) {
            const paidIn = all.find((one) => one.partyId === partyId)?.minor ?? 0n;
            expect(minor <= paidIn + (partyId === null && unpaid > 0n ? unpaid : 0n)).toBe(true);
          }
          const entries = defaultPostings(c, waterfall, { currency: 'EUR' as CurrencyCode, cause: 'x' });
          expect(entries.every(({ credit }) => credit.kind === 'CLEARING' && credit.owner === c)).toBe(true);
          expect(entries.reduce((sum, { micros }) => sum + micros, 0n)).toBe(owed * 10_000n);
        },
      ),
    );
  });
});

describe('a default', () => {
  it.each([
    ['LEDGER_CYCLE_STEP_NOT_ALLOWED', { state: 'NETTED' }],
    ['LEDGER_CYCLE_STEP_NOT_ALLOWED', { state: 'SETTLED', owedMinor: 0n }],
    ['LEDGER_NOTHING_TO_PAY', { owedMinor: 0n, isConfirmed: true }],
    ['LEDGER_NOTHING_TO_PAY', { owedMinor: -657n }],
    ['LEDGER_PAYMENT_CONFIRMED', { isConfirmed: true, isInDefault: true }],
    ['LEDGER_ALREADY_IN_DEFAULT', { isInDefault: true, today: '2026-04-08' }],
    ['LEDGER_PAYMENT_NOT_DUE', { today: '2026-04-08' }],
  ] as const)('is refused %s of %p', (code, change) => {
    expect(defaultRefusal({ ...facts, ...change })?.code).toBe(code);
  });

  it('may be declared the day after the payment was due', () => {
    expect(defaultRefusal(facts)).toBeNull();
  });
});

describe('a payment out of a guarantee', () => {
  const payment = { fund: 'DEPOSIT', partnerId: a, direction: 'PAID_OUT', amountMinor: 10n } as const;
  const codeOf = (change: object, held: { heldMinor: bigint; isRunningOff: boolean }) =>
    guaranteeRefusal({ ...payment, ...change }, held)?.code ?? null;

  it('takes no more than is there, and nothing of a deposit that stands for points', () => {
    expect(codeOf({}, { heldMinor: 10n, isRunningOff: false })).toBeNull();
    expect(codeOf({}, { heldMinor: 9n, isRunningOff: false })).toBe('LEDGER_GUARANTEE_TOO_SMALL');
    expect(codeOf({}, { heldMinor: 10n, isRunningOff: true })).toBe('LEDGER_RUN_OFF_NOT_ENDED');
    expect(codeOf({ fund: 'DEFAULT_FUND' }, { heldMinor: 10n, isRunningOff: true })).toBeNull();
    expect(codeOf({ direction: 'PAID_IN' }, { heldMinor: 0n, isRunningOff: true })).toBeNull();
  });
});
