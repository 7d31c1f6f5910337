import { dayOf, endOfDay, instantOfLocal, isDay, isTimeZone, parseInstant, startOfDay } from './instant';

describe('an instant', () => {
  it.each([
    ['2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01t10:00:00.123456789z', '2026-03-01T10:00:00.123Z'],
    // Warsaw's clocks go from two to three: both offsets name an instant, and not the same one.
    ['2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00.000Z'],
  ])('is read from %s', (text, instant) => {
    expect(parseInstant(text)?.toISOString()).toBe(instant);
  });

  it.each([
    '2026-02-31T10:00:00Z',
    '2026-03-29T02:30:00',
    '2026-03-29T02:30:00[Europe/Warsaw]',
    '2026-03-01T10:00:60Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01',
    '+012026-03-01T10:00:00Z',
    '٢٠٢٦-٠٣-٠١T10:00:00Z',
    'now',
    '',
  ])('is none in %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe('a calendar day', () => {
  it('is what the calendar has, written as PostgreSQL takes it', () => {
    for (const day of ['2024-02-29', '2026-12-31', '0001-01-01']) expect(isDay(day)).toBe(true);
    for (const text of ['2026-02-31', '2026-02-29', '2017-13-01', '0000-01-01', '2026-3-1', '2026-03-01T00:00', ''])
      expect(isDay(text)).toBe(false);
  });
});

describe('a wall time without an offset', () => {
  it.each([
    ['in the hour left out in spring is the later reading', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
    ['in the doubled hour of autumn is the earlier one', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['on any other day is itself', '2026-07-01T02:30:00', '2026-07-01T00:30:00.000Z'],
  ])('%s', (_what, local, instant) => {
    expect(instantOfLocal(local, 'Europe/Warsaw')?.toISOString()).toBe(instant);
  });

  it.each(['2026-02-31T10:00:00', 'noon'])('is no instant in %j', (local) => {
    expect(instantOfLocal(local, 'Europe/Warsaw')).toBeNull();
  });
});

describe('a calendar day', () => {
  it.each([
    ['of 23 hours', '2026-03-29', 'Europe/Warsaw', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['of 25 hours', '2026-10-25', 'Europe/Warsaw', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'],
    ['without a midnight', '2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z', '2026-04-24T20:59:59.999Z'],
    ['with two midnights', '2025-11-02', 'America/Havana', '2025-11-02T04:00:00.000Z', '2025-11-03T04:59:59.999Z'],
  ])('%s begins and ends where clocks there say', (_what, day, timeZone, first, last) => {
    expect(startOfDay(day, timeZone).toISOString()).toBe(first);
    expect(endOfDay(day, timeZone).toISOString()).toBe(last);
    expect([first, last].map((instant) => dayOf(new Date(instant), timeZone))).toEqual([day, day]);
  });

  it('that a place left out altogether has no length', () => {
    expect(startOfDay('2011-12-30', 'Pacific/Apia')).toEqual(startOfDay('2011-12-31', 'Pacific/Apia'));
  });

  it('is counted by days, not by hours', () => {
    expect(startOfDay('2026-01-01', 'Europe/Warsaw', 90).toISOString()).toBe('2026-03-31T22:00:00.000Z');
  });

  it('belongs to a zone there is', () => {
    expect(['Europe/Warsaw', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, false, false]);
  });
});
