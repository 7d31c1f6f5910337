import { nextWidth } from './loop-lag';

describe('the width of a lane', () => {
  it('is whole while the event loop keeps up', () => expect(nextWidth(1, 5)).toBe(1));

  it('falls quickly while it is behind, and never to nothing', () => {
    expect(nextWidth(1, 100)).toBeCloseTo(0.7);
    let width = 1;
    for (let look = 0; look < 50; look += 1) width = nextWidth(width, 500);
    expect(width).toBe(1 / 16);
  });

  it('comes back in small steps', () => {
    expect(nextWidth(0.5, 0)).toBeCloseTo(0.55);
    let width = 1 / 16;
    for (let look = 0; look < 20; look += 1) width = nextWidth(width, 0);
    expect(width).toBe(1);
  });
});
