import { setImmediate as turn, setTimeout as afterTimers } from 'node:timers/promises';
import { LiveStates, type LiveState, type StateChange, type WatchState } from './live-states';

describe('live states', () => {
  const EPOCH = 'this book';
  const at = (version: bigint): LiveState<string> => ({ version, value: `v${version}` });
  /** Answers each look with the next of these, and then with the last of them. */
  function open(...answers: LiveState<string>[]) {
    const live = new LiveStates(
      async () => new Map([['cycle', answers.length > 1 ? answers.shift()! : answers[0]!]]),
      EPOCH,
    );
    const watch = (rest: Partial<WatchState>) => live.watch({ key: 'cycle', after: null, epoch: EPOCH, ...rest });
    return { live, watch };
  }
  const next = async (stream: AsyncIterator<StateChange<string>>) => (await stream.next()).value as StateChange<string>;

  it('begin anew with a snapshot for a reader whose version is from the future, as of a book that was restored', async () => {
    const { live, watch } = open(at(3n));
    const change = await next(watch({ after: 9n }));
    expect(change).toMatchObject({ version: 3n, previousVersion: null, isSnapshot: true, value: 'v3' });
    await live.close();
  });

  it('go on after the version of a reader that came while an older look was under way', async () => {
    const { live, watch } = open(at(8n), at(9n), at(10n));
    const change = await next(watch({ after: 9n }));
    expect(change).toMatchObject({ version: 10n, previousVersion: 9n, isSnapshot: false });
    await live.close();
  });

  it('are looked at by one look at a time, so that no reader is told twice of what was before it', async () => {
    let version = 8n;
    const answers: (() => void)[] = [];
    const live = new LiveStates<string>(() => {
      const seen = new Map([['cycle', at(version)]]);
      return new Promise((resolve) => answers.push(() => resolve(seen)));
    }, EPOCH);
    const watch = (after: bigint | null) => live.watch({ key: 'cycle', after, epoch: EPOCH });
    const looked = async () => {
      while (answers.length === 0) await turn();
      for (const answer of answers.splice(0)) answer();
    };
    watch(null);
    while (answers.length === 0) await turn();
    watch(null);
    // After the timer by which a second look would begin.
    await afterTimers();
    version = 9n;
    const reader = watch(9n);
    await looked();
    await looked();
    version = 10n;
    const told = next(reader);
    await looked();
    expect(await told).toMatchObject({ version: 10n, previousVersion: 9n, isSnapshot: false });
    const closing = live.close();
    for (const answer of answers) answer();
    await closing;
  });
});
