import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { expectedRedemptions, type RateOverride } from './chain-ladder';
import { indicatorsOf, netFlows } from './coalition';
import { recognisedToDate, rollForward, together, type EstimatedVintage } from './contract-liability';
import { monthAfter, monthNumber, standingsAt, type VintageFlow } from './vintage';

const [a, b] = [newId('ptr'), newId('ptr')];
const flow = (vintage: string, month: string, change: Partial<VintageFlow> = {}): VintageFlow => ({
  ...{ issuerId: a, vintage, month, issued: 0n, redeemed: 0n, clawedBack: 0n, expired: 0n, allocatedMicros: 0n },
  ...change,
});

describe('months', () => {
  it('follow each other over the turn of a year', () => {
    expect([monthAfter('2025-12'), monthAfter('2026-01', -1), monthAfter('2025-11', 14)]).toEqual([
      ...['2026-01', '2025-12', '2027-01'],
    ]);
    expect(monthNumber('2026-01') - monthNumber('2025-11')).toBe(2);
  });
});

describe('a vintage', () => {
  it('leaves outstanding what was neither redeemed, taken back nor expired by then', () => {
    const flows = [
      flow('2026-01', '2026-01', { issued: 1_000n, allocatedMicros: 8_000_000n }),
      flow('2026-01', '2026-02', { redeemed: 300n, clawedBack: 100n, allocatedMicros: -800_000n }),
      flow('2026-01', '2026-03', { redeemed: -50n, expired: 200n }),
    ];
    expect(standingsAt(flows, '2026-02')[0]).toMatchObject({ outstanding: 600n, allocatedMicros: 7_200_000n });
    expect(standingsAt(flows, '2026-03')[0]).toMatchObject({ redeemed: 250n, expired: 200n, outstanding: 450n });
    expect(standingsAt(flows, '2025-12')).toEqual([]);
  });
});

describe('the chain ladder', () => {
  // By hand. January 2025, 13 ages: 100 at once, 200 in all from age 1 on. February the same, so age 0 → 1 doubles. January 2026
  // redeemed 30 of 1,000 in its own month: 30 × (200 + 200 + …) ÷ (100 + 100 + …) = 60 in the end.
  const flows = [
    ...['2025-01', '2025-02'].flatMap((vintage) => [
      flow(vintage, vintage, { issued: 1_000n, redeemed: 100n }),
      flow(vintage, monthAfter(vintage), { redeemed: 100n }),
    ]),
    flow('2026-01', '2026-01', { issued: 1_000n, redeemed: 30n }),
  ];

  it('lets a young vintage grow as the older ones did from its age on', () => {
    const expected = expectedRedemptions(flows, '2026-01', []);
    expect(expected.get('2026-01')).toEqual({ points: 60n, rateBps: 600, basis: 'CHAIN_LADDER', reason: null });
    expect(expected.get('2025-01')).toMatchObject({ points: 200n, rateBps: 2_000 });
  });

  it('expects no breakage while its oldest vintage is younger than a year', () => {
    const young = flows.filter(({ vintage }) => vintage !== '2025-01' && vintage !== '2025-02');
    expect(expectedRedemptions(young, '2026-01', []).get('2026-01')).toMatchObject({ points: 1_000n, basis: 'NONE' });
    expect(expectedRedemptions(flows, '2025-12', []).get('2025-01')).toMatchObject({ points: 1_000n, basis: 'NONE' });
  });

  it('gives way to an override from its month on, and keeps the reason', () => {
    const override: RateOverride = {
      ...{ issuerId: a, vintage: '2026-01', rateBps: 9_700, reason: 'campaign', since: '2026-02' },
    };
    expect(expectedRedemptions(flows, '2026-01', [override]).get('2026-01')?.basis).toBe('CHAIN_LADDER');
    expect(expectedRedemptions(flows, '2026-02', [override]).get('2026-01')).toEqual({
      ...{ points: 970n, rateBps: 9_700, basis: 'OVERRIDE', reason: 'campaign' },
    });
  });

  it('never expects less than was redeemed, nor more than can still be', () => {
    const set = (rateBps: number): RateOverride => ({
      ...{ issuerId: a, vintage: '2025-01', rateBps, reason: 'r', since: '2025-01' },
    });
    expect(expectedRedemptions(flows, '2026-01', [set(0)]).get('2025-01')?.points).toBe(200n);
    const expired = [...flows, flow('2025-01', '2025-12', { expired: 300n })];
    expect(expectedRedemptions(expired, '2026-01', [set(10_000)]).get('2025-01')?.points).toBe(700n);
  });
});

describe('breakage in proportion to rights exercised (IFRS 15 B44 to B47)', () => {
  it('gives the check figures: 4,175, then 3,552, or 4,140 with another expectation', () => {
    const second = recognisedToDate(9_000n, { redeemed: 4_500n, expected: 9_700n });
    expect(second).toBe(4_175n);
    expect(recognisedToDate(9_000n, { redeemed: 8_500n, expected: 9_900n }) - second).toBe(3_552n);
    expect(recognisedToDate(9_000n, { redeemed: 8_500n, expected: 9_200n }) - second).toBe(4_140n);
  });

  const at = (redeemed: bigint, expected: bigint): EstimatedVintage => ({
    standing: {
      ...{ issuerId: a, vintage: '2026-01', issued: 10_000n, redeemed, clawedBack: 0n, expired: 0n },
      ...{ outstanding: 10_000n - redeemed, allocatedMicros: 9_000n },
    },
    expected: { points: expected, rateBps: 0, basis: 'OVERRIDE', reason: 'r' },
  });

  it('rolls the liability forward by the same figures, each with its cause', () => {
    const first = rollForward(null, at(0n, 9_500n));
    expect(first).toMatchObject({ openingMicros: 0n, allocatedMicros: 9_000n, closingMicros: 9_000n });
    const second = rollForward(at(0n, 9_500n), at(4_500n, 9_700n));
    // 4,500 × 0.90 for the points; 125 more because 300 of them are expected to be lost.
    expect(second).toEqual({
      ...{ openingMicros: 9_000n, allocatedMicros: 0n, recognisedMicros: 4_050n, breakageMicros: 125n },
      ...{ changeOfEstimateMicros: 0n, closingMicros: 4_825n },
    });
    // 3,600 + 36; less 84 of the second year, whose points turned out worth less: 4,091 of 9,900 against 4,175 of 9,700.
    const third = rollForward(at(4_500n, 9_700n), at(8_500n, 9_900n));
    expect(third).toEqual({
      ...{ openingMicros: 4_825n, allocatedMicros: 0n, recognisedMicros: 3_600n, breakageMicros: 36n },
      ...{ changeOfEstimateMicros: -84n, closingMicros: 1_273n },
    });
  });

  it('always adds up: opening + allocated − recognised − breakage − change = closing, vintage by vintage and together', () => {
    const points = fc.bigInt(0n, 10_000n);
    fc.assert(
      fc.property(points, points, points, points, (one, two, three, four) => {
        const [r0, r1] = one < two ? [one, two] : [two, one];
        const moved = rollForward(at(r0, r0 > three ? r0 : three), at(r1, r1 > four ? r1 : four));
        for (const it of [moved, together([moved, moved])]) {
          const closing =
            it.openingMicros + it.allocatedMicros - it.recognisedMicros - it.breakageMicros - it.changeOfEstimateMicros;
          expect(closing).toBe(it.closingMicros);
        }
        expect(moved.closingMicros).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});

describe('the indicators of a coalition', () => {
  const burns = [
    { issuerId: a, redeemerId: b, points: 300n, micros: 2_400_000n },
    { issuerId: b, redeemerId: a, points: 100n, micros: 800_000n },
    { issuerId: a, redeemerId: a, points: 600n, micros: 0n },
  ];

  it('of the worked example: 11.78 paid for 49.19 is an efficiency of 76.05 %', () => {
    const billedMinors = [816n, 144n, 240n, 1_279n, 46n, 272n, 34n, 2_040n, 48n];
    const indicators = indicatorsOf({ burns, billedMinors, netMinors: [657n, -146n, -1_032n, 521n] });
    expect(indicators).toMatchObject({ grossMinor: 4_919n, netPaidMinor: 1_178n, nettingEfficiencyBps: 7_605 });
    expect(indicators).toMatchObject({ redeemedPoints: 1_000n, crossBrandPoints: 400n, crossBrandBps: 4_000 });
    expect(indicatorsOf({ burns: [], billedMinors: [], netMinors: [] }).nettingEfficiencyBps).toBeNull();
  });

  it('offset both ways between two partners', () => {
    expect(netFlows(burns)).toEqual([{ fromId: a, toId: b, points: 200n, micros: 1_600_000n }]);
  });
});
