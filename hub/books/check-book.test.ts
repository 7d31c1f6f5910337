import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WrittenBook } from './book-format';
import { checkBook, readBookFile } from './check-book';

const good: WrittenBook = {
  ...{ book: 1, name: 'x', currency: 'EUR', timeZone: 'Europe/Warsaw', faceValueMicros: '10000' },
  ...{ opensAt: '2026-03-01T00:00:00+01:00', closesAt: '2026-04-01T00:00:00+02:00' },
  partners: [
    { id: 'A', model: 'AT_REDEMPTION', reimbursementMicros: 8_000, settlesIn: 'PLN' },
    { id: 'B', model: 'HYBRID', reimbursementMicros: 8_000, prefundBps: 5_000 },
  ],
  rates: [{ from: 'EUR', to: 'PLN', rate: '4.25' }],
  events: [
    { id: 'T2', at: '2026-03-03T00:00:00Z', type: 'redeem', member: 'M', redeemer: 'B', points: 1 },
    { id: 'T1', at: '2026-03-02T00:00:00Z', type: 'earn', member: 'M', issuer: 'A', points: '7', lot: 'L' },
    { id: 'T0', at: '2026-03-02T01:00:00+01:00', type: 'transfer', from: 'M', to: 'N', points: 1 },
  ],
};
const faultsOf = (change: object) => {
  const checked = checkBook({ ...good, ...change });
  return 'faults' in checked ? checked.faults.map(({ path, message }) => `${path}: ${message}`) : [];
};
const [redeem, earn] = good.events;
const [a, b] = good.partners;

describe('a book', () => {
  it('is read with amounts as whole numbers, its events by instant and then as the file has them', () => {
    const checked = checkBook(good);
    expect('book' in checked && checked.book.faceValueMicros).toBe(10_000n);
    expect('book' in checked && checked.book.events.map(({ id }) => id)).toEqual(['T1', 'T0', 'T2']);
  });

  it('is read from a file, whether or not it begins with a mark of its encoding, and told when it is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-book-'));
    const file = join(folder, 'book.json');
    const read = (text: string) => {
      writeFileSync(file, text);
      return readBookFile(file).events.length;
    };
    expect([read(JSON.stringify(good)), read(`\ufeff${JSON.stringify(good)}`)]).toEqual([3, 3]);
    for (const text of ['', '// a book', JSON.stringify(good).slice(0, 50), '[]'])
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'HUB_BOOK_INVALID' }) as Error);
    rmSync(folder, { recursive: true });
  });

  it.each<[string, object]>([
    ['colour', { colour: 'red' }],
    ['partners[0]: Unrecognized key: "fee"', { partners: [{ ...a, fee: 1 }, b] }],
    ['events[0]: Unrecognized key: "lot"', { events: [{ ...redeem, lot: 'L' }] }],
    ['events[0].type', { events: [{ ...redeem, type: 'burn' }] }],
    ['events[0].points', { events: [{ ...redeem, points: 1.5 }] }],
    ['events[0].points', { events: [{ ...redeem, points: -1 }] }],
    ['events[0].at', { events: [{ ...redeem, at: '2026-03-03T00:00:00' }] }],
    ['events[0].at: must lie within', { events: [{ ...redeem, at: good.closesAt }] }],
    ['events[0].redeemer: names a partner Z', { events: [{ ...redeem, redeemer: 'Z' }] }],
    ['events[1].id: T2 is there twice', { events: [redeem, redeem] }],
    ['events[1].lot: L is there twice', { events: [earn, { ...earn, id: 'T3' }] }],
    ['events[0].id: expiry is there twice', { events: [{ ...redeem, id: 'expiry' }] }],
    ['events[0].funding', { events: [{ ...earn, funding: [{ partner: 'A', bps: 9_999 }] }] }],
    ['partners[0].settlesIn: has no rate from EUR', { rates: [] }],
    ['partners[1].id: A is there twice', { partners: [a, a] }],
    ['partners[0].id: H is the operator', { partners: [{ ...b, id: 'H' }] }],
    ['rates[0].rate', { rates: [{ from: 'EUR', to: 'PLN', rate: '0' }] }],
    ['rates[1]: EUR to PLN is there twice', { rates: [4, 5].map((rate) => ({ from: 'EUR', to: 'PLN', rate })) }],
    ['currency', { currency: 'ZZZ', rates: [{ from: 'ZZZ', to: 'PLN', rate: 1 }] }],
    ['timeZone', { timeZone: 'Europe/Atlantis' }],
    ['closesAt', { closesAt: good.opensAt, events: [] }],
    ['disputes[0].debtor', { disputes: [{ debtor: 'Z', creditor: 'A', event: 'T1' }] }],
    [
      'openingLots[0].earnedAt',
      { openingLots: [{ lot: 'L0', member: 'M', issuer: 'A', points: 1, earnedAt: '2026-03-05T00:00:00Z' }] },
    ],
  ])('is told %s', (told, change) => {
    expect(faultsOf(change).join('\n')).toContain(told);
  });
});
