import { points } from '../../../kernel/values/points';
import { aRuleBook } from '../testkit/book';
import type { TermsChange } from './rule-book';
import { bookAt, termsVersionOf } from './terms-in-force';

const founding = aRuleBook({ pointsValidityDays: 365 });
const termsOf = (pointsValidityDays: number): TermsChange['terms'] => {
  const { faceValueMicros, expiry, arrearsLimitPoints, stepUpAbovePoints, tiers } = founding;
  return { faceValueMicros, expiry, arrearsLimitPoints, stepUpAbovePoints, tiers, pointsValidityDays };
};
const [may, june] = [new Date('2026-05-01T00:00:00Z'), new Date('2026-06-01T00:00:00Z')];
const termsChanges: TermsChange[] = [
  { version: 2, takesEffectAt: may, ruleBookVersion: 5n, terms: { ...termsOf(100), stepUpAbovePoints: points(7n) } },
  { version: 3, takesEffectAt: june, ruleBookVersion: 9n, terms: termsOf(50) },
];
const book = { ...founding, version: 9n, termsChanges };
const before = (at: Date) => new Date(at.getTime() - 1);

describe('the terms in force', () => {
  it.each([
    [before(may), 1, 365, null],
    [may, 2, 100, 7n],
    [before(june), 2, 100, 7n],
    [june, 3, 50, null],
  ])('at %p are version %p, whole', (at, version, pointsValidityDays, stepUpAbovePoints) => {
    const found = bookAt(book, at);
    expect([found.termsVersion ?? 1, found.pointsValidityDays, found.stepUpAbovePoints]).toEqual([
      version,
      pointsValidityDays,
      stepUpAbovePoints,
    ]);
    expect([found.version, found.contracts]).toEqual([9n, book.contracts]);
  });

  it('are one book for all who ask, and asked again of any instant', () => {
    const later = bookAt(book, june);
    expect(bookAt(book, new Date(june.getTime() + 1))).toBe(later);
    expect(bookAt(later, may)).toBe(bookAt(book, may));
    expect(bookAt(later, before(may))).toBe(book);
  });

  it('that a posting went by follow from when it was recorded and by which book', () => {
    const of = (recordedAt: Date, ruleBookVersion: bigint) =>
      termsVersionOf({ recordedAt, ruleBookVersion }, termsChanges);
    expect([of(before(may), 9n), of(may, 5n), of(june, 8n), of(june, 9n)]).toEqual([1, 2, 2, 3]);
    // Posted after May began by a book that had not heard of it yet.
    expect(of(may, 4n)).toBe(1);
  });
});
