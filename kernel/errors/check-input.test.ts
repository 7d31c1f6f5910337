import { codeFault, firstFault, idempotencyKeyFault, ifGiven, slugFault, textFault, wholeFault } from './check-input';

describe('text a person will read', () => {
  it.each([
    'Anna',
    'Żółta Apteka',
    'نان داغ',
    'مخبز',
    '👩‍👩‍👧 Family',
    "Robert'); drop table member;--",
    '100% _off_',
    'ﷺ',
  ])('takes %j as it is', (text) => expect(textFault('input.name', text)).toBeNull());

  it.each([
    ['empty', ''],
    ['blanks only', ' \u00a0\u3000'],
    ['zero-width only', '\u200b\u200d\ufeff'],
    ['a filler that shows nothing', '\u3164'],
    ['a control character', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['half of a pair', 'a\ud83d'],
    ['201 characters', 'x'.repeat(201)],
  ])('refuses %s and names the field', (_, text) => {
    expect(textFault('input.name', text)).toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'input.name' } });
  });
});

it('takes idempotency keys of 1 to 255 characters', () => {
  expect(idempotencyKeyFault('k'.repeat(255))).toBeNull();
  expect(idempotencyKeyFault('k'.repeat(256))).not.toBeNull();
  expect(idempotencyKeyFault('')).not.toBeNull();
});

it('reads slugs in lower case and codes in any', () => {
  expect(slugFault('f', 'city-cards2')).toBeNull();
  expect([slugFault('f', 'City'), slugFault('f', '2city'), slugFault('f', 'ŝ')]).not.toContain(null);
  expect(codeFault('f', 'P01')).toBeNull();
  expect([codeFault('f', '-P'), codeFault('f', 'P 1'), codeFault('f', '')]).not.toContain(null);
});

it('takes whole numbers within their limits, both included', () => {
  expect([0n, 10n].map((n) => wholeFault('f', n, { min: 0n, max: 10n }))).toEqual([null, null]);
  expect([-1n, 11n].map((n) => wholeFault('f', n, { min: 0n, max: 10n }))).not.toContain(null);
});

it('tells the first fault in the order of the fields, and skips what was not given', () => {
  expect(firstFault(null, slugFault('a', '!'), slugFault('b', '!'))).toMatchObject({ facts: { field: 'a' } });
  expect(ifGiven(null, (value: string) => slugFault('a', value))).toBeNull();
  expect(ifGiven('!', (value: string) => slugFault('a', value))).not.toBeNull();
});
