import type { WrittenBook } from '../books/book-format';
import type { ResultName } from '../books/present-book';

/** A small book, and what must come of it, worked out by hand. */
export interface BookCase {
  readonly book: WrittenBook;
  /** Whole files, or those of their keys that matter. */
  readonly expected: Partial<Record<ResultName, unknown>>;
}

type Partner = WrittenBook['partners'][number];
const A: Partner = { id: 'A', model: 'AT_REDEMPTION', reimbursementMicros: 8_000, feeMicros: 500 };
const B: Partner = { id: 'B', model: 'HYBRID', reimbursementMicros: '8000', feeMicros: 500, prefundBps: 4_000 };
const C: Partner = {
  ...{ id: 'C', model: 'AT_ISSUANCE', reimbursementMicros: 8_000, issuanceMicros: 8_500 },
  ...{ feeMicros: 0, prefundBps: 0, breakageShareBps: 5_000 },
};
/** D takes points and gives none of its own. */
const D: Partner = { id: 'D', model: 'AT_REDEMPTION', reimbursementMicros: 8_000 };

const day = (n: number, time = '12:00:00') => `2026-03-${String(n).padStart(2, '0')}T${time}Z`;
const LATE = '2028-01-01T00:00:00Z';

function aBook(name: string, events: WrittenBook['events'], change: Partial<WrittenBook> = {}): WrittenBook {
  return {
    ...{ book: 1, name, currency: 'EUR', timeZone: 'Europe/Warsaw', faceValueMicros: 10_000 },
    ...{ opensAt: day(1, '00:00:00'), closesAt: '2026-04-01T00:00:00Z', partners: [A, B, C, D] },
    ...{ events, ...change },
  };
}

type Event = WrittenBook['events'][number];
const earn = (id: string, n: number, lot: string, points: number, change: object = {}): Event => ({
  ...{ id, at: day(n), type: 'earn', member: 'M1', issuer: 'A', points, lot, expiresAt: LATE, ...change },
});
const redeem = (id: string, n: number, points: number, change: object = {}): Event => ({
  ...{ id, at: day(n), type: 'redeem', member: 'M1', redeemer: 'D', points, ...change },
});
const hold = (id: string, n: number, name: string, of: { points: number; expiresAt: string }): Event => ({
  ...{ id, at: day(n), type: 'hold', hold: name, member: 'M1', redeemer: 'D', ...of },
});
const goodwill = (id: string, n: number, lot: string, points: number): Event => ({
  ...{ id, at: day(n), type: 'goodwill', member: 'M2', by: 'H', points, lot, expiresAt: LATE },
});
const line = (kind: string, event: string, lot: string | null, micros: number, minor: number) => ({
  ...{ kind, event, lot, micros, minor },
});
const bill = (pair: string, lines: readonly ReturnType<typeof line>[], carryMicros = 0) => {
  const [debtor, creditor] = pair.split('>');
  const sum = (what: 'micros' | 'minor') => lines.reduce((total, one) => total + one[what], 0);
  return {
    debtor,
    creditor,
    exactMicros: sum('micros'),
    carryInMicros: 0,
    billedMinor: sum('minor'),
    carryMicros,
    lines,
  };
};
const fee = (event: string, micros: number, minor: number) => line('PROGRAMME_FEE', event, null, micros, minor);
const spent = (event: string, lot: string, micros: number, minor: number) =>
  line('REDEMPTION', event, lot, micros, minor);
const account = (available: number, change: object = {}) => ({
  available,
  pending: 0,
  held: 0,
  arrears: {},
  ...change,
});

/** Every sentence of the format that a whole month does not show, in a book as small as it can be. */
export const BOOK_CASES: readonly BookCase[] = [
  {
    // 600 of 1,000 are on hold when the lot expires: 400 cease at once, what the capture leaves when it comes back.
    book: aBook('a hold outlives its lot', [
      earn('T1', 2, 'L1', 1_000, { expiresAt: day(15, '00:00:00') }),
      { id: 'T2', at: day(10), type: 'hold', hold: 'h1', member: 'M1', redeemer: 'D', points: 600, expiresAt: day(20) },
      { id: 'T3', at: day(16), type: 'capture', hold: 'h1', points: 250 },
      redeem('T4', 17, 1),
    ]),
    expected: {
      totals: [bill('A>D', [spent('T3', 'L1', 2_000_000, 200)]), bill('A>H', [fee('T1', 500_000, 50)])],
      nets: { A: -250, B: 0, C: 0, D: 200, H: 50 },
      lots: [],
      balances: { M1: account(0) },
      accounts: { 'EXPIRED:A': 750, 'REDEEMED:D': 250, 'ISSUED:A': -1_000, 'AVAILABLE:M1': 0, 'HELD:M1': 0 },
      refused: [{ event: 'T4', code: 'LEDGER_INSUFFICIENT_POINTS' }],
    },
  },
  {
    // The hold took 60 of L1 (nearer expiry); at its time they are L1's again, and are drawn first.
    book: aBook('a hold times out', [
      earn('T1', 2, 'L1', 60, { expiresAt: day(30) }),
      earn('T2', 2, 'L2', 100, { issuer: 'B' }),
      hold('T3', 3, 'h1', { points: 80, expiresAt: day(5) }),
      hold('T4', 4, 'h2', { points: 80, expiresAt: day(6) }),
      { id: 'T5', at: day(4, '13:00:00'), type: 'releaseHold', hold: 'h2' },
      { id: 'T6', at: day(5), type: 'capture', hold: 'h1' },
      redeem('T7', 7, 70),
      hold('T8', 31, 'h3', { points: 5, expiresAt: '2026-04-09T00:00:00Z' }),
    ]),
    expected: {
      // L2 is HYBRID: 0.4 · 0.08 from the prefund, the rest from its issuer; 0.4 · 0.8 was paid in advance.
      totals: [
        bill('A>D', [spent('T7', 'L1', 480_000, 48)]),
        bill('A>H', [fee('T1', 30_000, 3)]),
        bill('B>D', [spent('T7', 'L2', 48_000, 5)], -2_000),
        bill('B>H', [fee('T2', 50_000, 5), line('ISSUANCE_FUNDING', 'T2', null, 320_000, 32)]),
        bill('H>D', [spent('T7', 'L2', 32_000, 3)], 2_000),
      ],
      lots: [{ lot: 'L2', member: 'M1', issuer: 'B', remaining: 90 }],
      balances: { M1: account(85, { held: 5 }) },
      accounts: { 'PREFUND:B': 288_000 },
      refused: [{ event: 'T6', code: 'LEDGER_HOLD_NOT_OPEN' }],
    },
  },
  {
    // 100 at B: 0.4 · 0.8 in advance. 40 spent: 0.128 from the prefund, 0.192 from B. 60 expire: their 0.192 goes back.
    book: aBook('a prefund goes back', [
      earn('T1', 2, 'L1', 100, { issuer: 'B', expiresAt: day(20) }),
      redeem('T2', 3, 40),
    ]),
    expected: {
      totals: [
        bill('B>D', [spent('T2', 'L1', 192_000, 19)], 2_000),
        bill(
          'B>H',
          [
            fee('T1', 50_000, 5),
            line('ISSUANCE_FUNDING', 'T1', null, 320_000, 32),
            line('ISSUANCE_REFUND', 'expiry', null, -192_000, -19),
          ],
          -2_000,
        ),
        bill('H>D', [spent('T2', 'L1', 128_000, 13)], -2_000),
      ],
      accounts: { 'PREFUND:B': 0, 'EXPIRED:B': 60 },
      lots: [],
    },
  },
  {
    // T3 takes back 300 of L1, which has 100 left: 200 are owed to A. T4's 150 of C fill 150; H's fund pays A 1.2. T5 brings 80
    // of the redemption back to L1 (A's own): they fill 50, for which nobody owes. 30 stay.
    book: aBook('arrears are filled from what comes', [
      earn('T1', 2, 'L1', 500),
      redeem('T2', 3, 400),
      { id: 'T3', at: day(4), type: 'clawback', lot: 'L1', points: 300 },
      redeem('T3b', 4, 1),
      earn('T4', 5, 'L2', 150, { issuer: 'C' }),
      { id: 'T5', at: day(6), type: 'reverse', of: 'T2', points: 80 },
      { id: 'T6', at: day(7), type: 'reverse', of: 'T2', points: 321 },
    ]),
    expected: {
      totals: [
        bill('A>D', [spent('T2', 'L1', 3_200_000, 320), line('REDEMPTION_REVERSAL', 'T5', 'L1', -640_000, -64)]),
        bill('A>H', [fee('T1', 250_000, 25), line('PROGRAMME_FEE_CREDIT', 'T3', null, -150_000, -15)]),
        bill('C>H', [line('ISSUANCE_FUNDING', 'T4', null, 1_275_000, 128)], -5_000),
        bill('H>A', [line('ARREARS_OFFSET', 'T4', 'L2', 1_200_000, 120)]),
      ],
      lots: [{ lot: 'L1', member: 'M1', issuer: 'A', remaining: 30 }],
      balances: { M1: account(30) },
      refused: [
        { event: 'T3b', code: 'LEDGER_MEMBER_IN_ARREARS' },
        { event: 'T6', code: 'LEDGER_REVERSAL_EXCEEDS_REDEMPTION' },
      ],
      accounts: { 'POINT_FUND:C': 0, 'DEFERRED_MARGIN:C': 0, MARGIN_INCOME: 75_000, 'CLAWED_BACK:A': 300 },
    },
  },
  {
    // What is never filled stays owed. Joint lot: A's 60 % and C's 40 % of 101 are owed by largest remainder: 61 and 40.
    book: aBook('arrears stay with those who paid', [
      earn('T1', 2, 'L1', 101, {
        funding: [
          { partner: 'C', bps: 4_000 },
          { partner: 'A', bps: 6_000 },
        ],
      }),
      redeem('T2', 3, 101),
      { id: 'T3', at: day(4), type: 'clawback', lot: 'L1', points: 101 },
      { id: 'T4', at: day(5), type: 'clawback', lot: 'L1', points: 1 },
    ]),
    expected: {
      // 0.808 and the fee of 0.0505, each 60 : 40; the fee comes back.
      totals: [
        bill('A>D', [spent('T2', 'L1', 484_800, 48)], 4_800),
        bill('A>H', [fee('T1', 30_300, 3), line('PROGRAMME_FEE_CREDIT', 'T3', null, -30_300, -3)]),
        bill('C>D', [spent('T2', 'L1', 323_200, 32)], 3_200),
        bill('C>H', [fee('T1', 20_200, 2), line('PROGRAMME_FEE_CREDIT', 'T3', null, -20_200, -2)]),
      ],
      balances: { M1: account(0, { arrears: { A: 61, C: 40 } }) },
      accounts: { 'ARREARS:M1:A': -61, 'ARREARS:M1:C': -40 },
      refused: [{ event: 'T4', code: 'LEDGER_CLAWBACK_EXCEEDS_LOT' }],
    },
  },
  {
    // The issuer need not pay: B's lot at A's whole cost. B is HYBRID and still pays its prefund; A pays the fee.
    book: aBook('goodwill and gifts', [
      { id: 'T1', at: day(2), type: 'goodwill', member: 'M1', by: 'B', points: 50, lot: 'G1', expiresAt: day(28) },
      { id: 'T2', at: day(2), type: 'goodwill', member: 'M1', by: 'H', points: 30, lot: 'G2' },
      { id: 'T3', at: day(3), type: 'transfer', from: 'M1', to: 'M2', points: 60 },
      { id: 'T4', at: day(4), type: 'transfer', from: 'M2', to: 'M3', points: 55 },
      { id: 'T5', at: day(4), type: 'transfer', from: 'M2', to: 'M1', points: 6 },
      redeem('T6', 5, 55, { member: 'M3', redeemer: 'B' }),
    ]),
    expected: {
      // B takes its own 50 for nothing; H pays for 5 of its 30.
      totals: [bill('H>B', [spent('T6', 'G2>T3>T4', 40_000, 4)])],
      lots: [
        { lot: 'G2', member: 'M1', issuer: 'H', remaining: 20 },
        { lot: 'G2>T3', member: 'M2', issuer: 'H', remaining: 5 },
      ],
      balances: { M1: account(20), M2: account(5), M3: account(0) },
      refused: [{ event: 'T5', code: 'LEDGER_INSUFFICIENT_POINTS' }],
      accounts: { 'ISSUED:H': -30, 'ISSUED:B': -50, GOODWILL_EXPENSE: -40_000, 'REDEEMED:B': 55 },
    },
  },
  {
    book: aBook('points that wait', [
      earn('T1', 2, 'L1', 100, { pending: true }),
      earn('T2', 2, 'L2', 40, { pending: true }),
      earn('T3', 2, 'L3', 7, { pending: true }),
      redeem('T4', 3, 1),
      { id: 'T5', at: day(4), type: 'cancel', lot: 'L2' },
      { id: 'T6', at: day(5), type: 'release', lot: 'L1' },
      { id: 'T7', at: day(6), type: 'release', lot: 'L1' },
      { id: 'T8', at: day(6), type: 'cancel', lot: 'never' },
    ]),
    expected: {
      totals: [bill('A>H', [fee('T6', 50_000, 5)])],
      lots: [
        { lot: 'L1', member: 'M1', issuer: 'A', remaining: 100 },
        { lot: 'L3', member: 'M1', issuer: 'A', remaining: 7 },
      ],
      balances: { M1: account(100, { pending: 7 }) },
      refused: [
        { event: 'T4', code: 'LEDGER_INSUFFICIENT_POINTS' },
        { event: 'T7', code: 'LEDGER_LOT_NOT_PENDING' },
        { event: 'T8', code: 'NOT_FOUND' },
      ],
      accounts: { 'CLAWED_BACK:A': 40, 'PENDING:M1': 7, PROGRAMME_FEES: 50_000 },
    },
  },
  {
    // LB0 and LC0 were paid before: their prefund and fund are there and nobody is billed. LA0's fee was paid before too.
    book: aBook(
      'lots from before',
      [redeem('T1', 3, 150, { redeemer: 'A' }), { id: 'T2', at: day(4), type: 'clawback', lot: 'LC0', points: 10 }],
      {
        openingLots: [
          { lot: 'LC0', member: 'M1', issuer: 'C', points: 100, earnedAt: day(1, '00:00:00'), expiresAt: LATE },
          {
            lot: 'LB0',
            member: 'M1',
            issuer: 'B',
            points: '60',
            earnedAt: '2024-05-06T07:08:09+02:00',
            expiresAt: day(20),
          },
          { lot: 'LA0', member: 'M2', issuer: 'A', points: 5, earnedAt: '2024-05-06T07:08:09+02:00' },
        ],
      },
    ),
    expected: {
      // LB0 first (nearer expiry): 60 · 0.008, 0.4 of it from the prefund; then 90 of LC0 from the fund. T2 takes LC0's last 10.
      totals: [
        bill('B>A', [spent('T1', 'LB0', 288_000, 29)], -2_000),
        bill('C>H', [line('ISSUANCE_REFUND', 'T2', null, -85_000, -8)], -5_000),
        bill('H>A', [spent('T1', 'LB0', 192_000, 19), spent('T1', 'LC0', 720_000, 72)], 2_000),
      ],
      lots: [{ lot: 'LA0', member: 'M2', issuer: 'A', remaining: 5 }],
      accounts: {
        ...{
          SETTLEMENT_BANK: -1_042_000,
          'PREFUND:B': 0,
          'POINT_FUND:C': 0,
          'DEFERRED_MARGIN:C': 0,
          MARGIN_INCOME: 45_000,
        },
      },
    },
  },
  {
    // At the instant of T2 the lot has expired; T4 and T3 are of one instant and run as the file has them; the file's order of
    // instants does not matter.
    book: aBook('one instant', [
      redeem('T5', 9, 1),
      earn('T1', 2, 'L1', 10, { expiresAt: day(5) }),
      redeem('T2', 5, 10),
      redeem('T4', 6, 10),
      earn('T3', 6, 'L2', 10),
      redeem('T3b', 6, 4),
    ]),
    expected: {
      totals: [
        bill('A>D', [spent('T3b', 'L2', 32_000, 3), spent('T5', 'L2', 8_000, 1)]),
        bill('A>H', [fee('T1', 5_000, 1), fee('T3', 5_000, 0)]),
      ],
      lots: [{ lot: 'L2', member: 'M1', issuer: 'A', remaining: 5 }],
      refused: [
        { event: 'T2', code: 'LEDGER_INSUFFICIENT_POINTS' },
        { event: 'T4', code: 'LEDGER_INSUFFICIENT_POINTS' },
      ],
    },
  },
  {
    // Nobody else's points come between: T2 and T3 draw L1 then L2; 5 come back to L2, then 2 more to L2 and 4 to L1.
    book: aBook('last drawn is first restored', [
      earn('T1', 2, 'L1', 10, { expiresAt: day(30) }),
      earn('T1b', 2, 'L2', 10, { issuer: 'C', expiresAt: day(31) }),
      hold('T2', 3, 'h', { points: 20, expiresAt: day(9) }),
      { id: 'T3', at: day(4), type: 'capture', hold: 'h', member: 'M1', redeemer: 'D', points: 17 },
      { id: 'T4', at: day(5), type: 'reverse', of: 'T3', points: 5 },
      { id: 'T5', at: day(6), type: 'reverse', of: 'T3', points: 6 },
      { id: 'T6', at: day(30, '12:00:01'), type: 'reverse', of: 'T3' },
      { id: 'T7', at: day(30, '12:00:02'), type: 'reverse', of: 'T3' },
    ]),
    expected: {
      // 6 are left of T3, all of L1, which has expired: back for no time at all, and gone with the next tick.
      totals: [
        bill('A>D', [
          spent('T3', 'L1', 80_000, 8),
          line('REDEMPTION_REVERSAL', 'T5', 'L1', -32_000, -3),
          line('REDEMPTION_REVERSAL', 'T6', 'L1', -48_000, -5),
        ]),
        bill('A>H', [fee('T1', 5_000, 0)], 5_000),
        bill('C>H', [line('ISSUANCE_FUNDING', 'T1b', null, 85_000, 8)], 5_000),
        bill('H>C', [line('BREAKAGE_SHARE', 'expiry', 'L2', 40_000, 4)]),
        bill('H>D', [
          spent('T3', 'L2', 56_000, 6),
          line('REDEMPTION_REVERSAL', 'T4', 'L2', -40_000, -4),
          line('REDEMPTION_REVERSAL', 'T5', 'L2', -16_000, -2),
        ]),
      ],
      lots: [],
      accounts: { 'EXPIRED:A': 10, 'EXPIRED:C': 10, MARGIN_INCOME: 5_000, BREAKAGE_INCOME: 40_000, 'POINT_FUND:C': 0 },
      refused: [{ event: 'T7', code: 'LEDGER_REVERSAL_EXCEEDS_REDEMPTION' }],
    },
  },
  {
    // A yen has no smaller unit: 2.5 yen are 2, and half a yen is carried. −2 yen at 0.0064 are −0.0128 euro, which is −0.01.
    book: aBook('a currency without cents', [earn('T1', 2, 'L1', 5), redeem('T2', 3, 5)], {
      ...{ currency: 'JPY', timeZone: 'Asia/Tokyo', faceValueMicros: 1_000_000 },
      partners: [
        { id: 'A', model: 'AT_REDEMPTION', reimbursementMicros: 500_000, settlesIn: 'EUR' },
        { id: 'D', model: 'AT_REDEMPTION', reimbursementMicros: 500_000 },
      ],
      rates: [{ from: 'JPY', to: 'EUR', rate: '0.0064' }],
    }),
    expected: {
      totals: [bill('A>D', [spent('T2', 'L1', 2_500_000, 2)], 500_000)],
      settlements: {
        A: { currency: 'EUR', amountMinor: -1, rate: '0.0064', differenceMicros: -2_800 },
        D: { currency: 'JPY', amountMinor: 2, rate: '1', differenceMicros: 0 },
      },
    },
  },
  {
    // A dinar has a thousand fils: 3 points at 0.0005 are 1.5 fils, and go to the even 2.
    book: aBook('a currency of three places', [earn('T1', 2, 'L1', 3), redeem('T2', 3, 3)], {
      ...{ currency: 'KWD', timeZone: 'Asia/Kuwait', faceValueMicros: 1_000 },
      partners: [
        { id: 'A', model: 'AT_REDEMPTION', reimbursementMicros: 500 },
        { id: 'D', model: 'AT_REDEMPTION', reimbursementMicros: 500 },
      ],
    }),
    expected: {
      totals: [bill('A>D', [spent('T2', 'L1', 1_500, 2)], -500)],
      nets: { A: -2, D: 2, H: 0 },
    },
  },
  {
    // D's claims wait: 3.2 of A and 0.48 of H in suspense, neither billed nor carried. The fee is disputed too; no other line is there.
    book: aBook(
      'disputes',
      [
        earn('T1', 2, 'L1', 500),
        redeem('T2', 3, 400),
        redeem('T3', 4, 10),
        goodwill('T4', 5, 'L2', 60),
        redeem('T5', 6, 60, { member: 'M2' }),
      ],
      {
        disputes: [
          { debtor: 'H', creditor: 'D', event: 'T5', lot: 'L2' },
          { debtor: 'A', creditor: 'D', event: 'T2', lot: 'L1' },
          { debtor: 'A', creditor: 'H', event: 'T1' },
          { debtor: 'A', creditor: 'D', event: 'T3', lot: 'L9' },
        ],
      },
    ),
    expected: {
      totals: [bill('A>D', [spent('T3', 'L1', 80_000, 8)]), bill('A>H', []), bill('H>D', [])],
      nets: { A: -8, B: 0, C: 0, D: 8, H: 0 },
      accounts: { 'DISPUTE_SUSPENSE:A>D': 3_200_000, 'DISPUTE_SUSPENSE:H>D': 480_000 },
      refused: [{ event: 'T3', code: 'NOT_FOUND' }],
    },
  },
];
