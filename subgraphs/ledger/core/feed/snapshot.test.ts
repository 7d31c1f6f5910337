import { parseSnapshot, sees } from './snapshot';

describe('a snapshot', () => {
  const snapshot = parseSnapshot('10:20:12,15');

  it.each([
    [9n, true],
    [10n, true],
    [11n, true],
    [12n, false],
    [15n, false],
    [19n, true],
    [20n, false],
    [21n, false],
  ])('of 10:20:12,15 says of transaction %s whether it sees it: %s', (xid, expected) => {
    expect(sees(snapshot, xid)).toBe(expected);
  });

  it('sees nothing when it is the first one of all', () => {
    expect(sees(parseSnapshot('1:1:'), 1n)).toBe(false);
  });

  it('is not read from any other text', () => {
    expect(() => parseSnapshot('')).toThrow(SyntaxError);
    expect(() => parseSnapshot('12')).toThrow(SyntaxError);
  });
});
