import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { termsAtRedemption } from '../../testkit/book';
import { compareDrawOrder, drawLots, spendableLots } from './draw';
import type { OpenLot } from './lot';

const issuerId = newId('ptr');
const terms = termsAtRedemption(issuerId);
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const lot = (lotSeq: number, remaining: number, expires: number | null, earned = 1): OpenLot => ({
  lotSeq: BigInt(lotSeq),
  issuerId,
  remaining: points(BigInt(remaining)),
  earnedAt: day(earned),
  expiresAt: expires === null ? null : day(expires),
  terms,
});

const someLots = fc
  .array(
    fc.record({
      remaining: fc.integer({ min: 1, max: 500 }),
      expires: fc.option(fc.integer({ min: 2, max: 60 })),
      earned: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) => drawn.map(({ remaining, expires, earned }, n) => lot(n + 1, remaining, expires, earned)));
const sum = (parts: readonly { readonly points: bigint }[]): bigint =>
  parts.reduce((total, part) => total + part.points, 0n);

describe('the order lots are drawn in', () => {
  it('is soonest expiry, never-expiring last, then earliest earned, then the older lot', () => {
    const lots = [lot(1, 1, null), lot(2, 1, 9), lot(3, 1, 5, 3), lot(4, 1, 5, 2), lot(5, 1, 5, 2), lot(6, 1, null)];
    expect(lots.sort(compareDrawOrder).map(({ lotSeq }) => Number(lotSeq))).toEqual([4, 5, 3, 2, 1, 6]);
  });

  it('is one order, however the lots are shuffled', () => {
    const shuffled = someLots.chain((lots) =>
      fc.tuple(fc.constant(lots), fc.shuffledSubarray(lots, { minLength: lots.length })),
    );
    fc.assert(
      fc.property(shuffled, ([lots, others]) => {
        expect([...others].sort(compareDrawOrder)).toEqual([...lots].sort(compareDrawOrder));
      }),
    );
  });
});

describe('drawing lots', () => {
  it('empties one lot before it touches the next', () => {
    const drawn = drawLots([lot(1, 30, 5), lot(2, 50, 9), lot(3, 10, null)], points(60n));
    expect(drawn).toMatchObject({ draws: [{ points: 30n }, { points: 30n }] });
  });

  it('says how many points are missing, and draws none', () => {
    expect(drawLots([lot(1, 30, 5)], points(31n))).toEqual({ missing: 1n });
  });

  it('refuses to draw nothing', () => expect(() => drawLots([], points(0n))).toThrow(RangeError));

  it('draws exactly what was asked, never more than a lot holds, or says exactly what is missing', () => {
    fc.assert(
      fc.property(someLots, fc.bigInt({ min: 1n, max: 7_000n }), (lots, asked) => {
        const held = lots.reduce((total, { remaining }) => total + remaining, 0n);
        const drawn = drawLots(lots, points(asked));
        if ('missing' in drawn) return expect(drawn.missing).toBe(asked - held);
        expect(sum(drawn.draws)).toBe(asked);
        for (const draw of drawn.draws) expect(draw.points > 0n && draw.points <= draw.lot.remaining).toBe(true);
        for (const draw of drawn.draws.slice(0, -1)) expect(draw.points).toBe(draw.lot.remaining);
      }),
    );
  });

  it('gives two spends in a row what one spend of both would give', () => {
    fc.assert(
      fc.property(
        someLots,
        fc.bigInt({ min: 1n, max: 200n }),
        fc.bigInt({ min: 1n, max: 200n }),
        (lots, first, second) => {
          const whole = drawLots(lots, points(first + second));
          fc.pre('draws' in whole);
          const one = drawLots(lots, points(first));
          if (!('draws' in one) || !('draws' in whole)) throw new Error('the part of what can be drawn can be drawn');
          const taken = new Map(one.draws.map((draw) => [draw.lot.lotSeq, draw.points]));
          const rest = lots
            .map((each) => ({ ...each, remaining: points(each.remaining - (taken.get(each.lotSeq) ?? 0n)) }))
            .filter(({ remaining }) => remaining > 0n);
          const two = drawLots(rest, points(second));
          if (!('draws' in two)) throw new Error('so can the rest');
          const byLot = new Map<bigint, bigint>();
          for (const { lot: from, points: part } of [...one.draws, ...two.draws]) {
            byLot.set(from.lotSeq, (byLot.get(from.lotSeq) ?? 0n) + part);
          }
          expect([...byLot]).toEqual(whole.draws.map((draw) => [draw.lot.lotSeq, draw.points]));
        },
      ),
    );
  });
});

it('a lot can be spent until, and not at, the instant it expires', () => {
  const lots = [lot(1, 1, 5), lot(2, 1, null)];
  expect(spendableLots(lots, new Date(day(5).getTime() - 1))).toHaveLength(2);
  expect(spendableLots(lots, day(5)).map(({ lotSeq }) => lotSeq)).toEqual([2n]);
});
