import { changePpm, ratePpm, stretchesOf } from './figures';

describe('figures of a campaign', () => {
  it('are rates in millionths, and none where nobody was asked', () => {
    expect(ratePpm(2n, 31n)).toBe(64_516n);
    expect(ratePpm(5n, 47n)).toBe(106_383n);
    expect(ratePpm(0n, 4n)).toBe(0n);
    expect(ratePpm(0n, 0n)).toBeNull();
  });

  it('are changes by what was there before, and none where nothing was', () => {
    expect(changePpm(97n, 50n)).toBe(940_000n);
    expect(changePpm(0n, 50n)).toBe(-1_000_000n);
    expect(changePpm(3n, 0n)).toBeNull();
  });

  it('compare as much of the window as has passed with as long a time before it', () => {
    const [from, until] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-11T00:00:00Z')];
    const at = (now: string) => stretchesOf({ from, until }, new Date(now));
    expect(at('2026-03-04T00:00:00Z')).toMatchObject({ beforeFrom: new Date('2026-02-26T00:00:00Z') });
    expect(at('2026-03-04T00:00:00Z').end).toEqual(new Date('2026-03-04T00:00:00.001Z'));
    expect(at('2026-05-01T00:00:00Z')).toEqual({
      from,
      through: until,
      end: until,
      beforeFrom: new Date('2026-02-19T00:00:00Z'),
    });
    expect(at('2026-02-01T00:00:00Z')).toEqual({ from, through: from, end: from, beforeFrom: from });
  });
});
