import { Breaker } from './breaker';

describe('a breaker', () => {
  const opened = (): Breaker => {
    const breaker = new Breaker({ failures: 3, restMs: 1_000 });
    for (let call = 0; call < 3; call += 1) breaker.failedOnce(0);
    return breaker;
  };

  it('lets everything through until so many calls in a row have failed', () => {
    const breaker = new Breaker({ failures: 3, restMs: 1_000 });
    breaker.failedOnce(0);
    breaker.failedOnce(0);
    breaker.succeeded();
    breaker.failedOnce(0);
    breaker.failedOnce(0);
    expect(breaker.allows(0)).toBe(true);
    breaker.failedOnce(0);
    expect(breaker.allows(0)).toBe(false);
  });

  it('lets one try when the rest is over, and the others wait for how it goes', () => {
    const breaker = opened();
    expect([breaker.allows(999), breaker.allows(1_000), breaker.allows(1_000)]).toEqual([false, true, false]);
    breaker.succeeded();
    expect([breaker.allows(1_001), breaker.allows(1_001)]).toEqual([true, true]);
  });

  it('says whether it rests without counting who asks as the one that tries', () => {
    const breaker = opened();
    expect([breaker.isResting(999), breaker.isResting(1_000), breaker.isResting(1_000)]).toEqual([true, false, false]);
    expect(breaker.allows(1_000)).toBe(true);
  });

  it('rests again when the one that tried has failed', () => {
    const breaker = opened();
    breaker.allows(1_000);
    breaker.failedOnce(1_500);
    expect([breaker.allows(2_499), breaker.allows(2_500)]).toEqual([false, true]);
  });
});
