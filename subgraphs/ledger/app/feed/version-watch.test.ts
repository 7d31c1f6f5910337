import { VersionWatch } from './version-watch';

const version = (wallet: string, seq: number) => ({ wallet, seq: String(seq) });

describe('the watch over versions', () => {
  it('notices a version left out, of that wallet alone', () => {
    const watch = new VersionWatch();
    expect(watch.follow([version('a', 1), version('b', 7), version('a', 2)])).toBe(true);
    expect(watch.follow([version('b', 8), version('a', 4)])).toBe(false);
    expect(watch.follow([version('b', 9), version('a', 5)])).toBe(true);
  });

  it('takes any version of a wallet it does not know, or no longer', () => {
    const watch = new VersionWatch();
    expect(watch.follow([version('a', 40)])).toBe(true);
    watch.forget();
    expect(watch.follow([version('a', 90)])).toBe(true);
  });
});
