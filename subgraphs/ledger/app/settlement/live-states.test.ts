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

  it('say nothing of a version at which all is as it was', async () => {
    const { live, watch } = open(at(1n), { version: 2n, value: 'v1' }, at(3n));
    const stream = watch({});
    expect(await next(stream)).toMatchObject({ version: 1n, isSnapshot: true });
    expect(await next(stream)).toMatchObject({ version: 3n, previousVersion: 1n, value: 'v3' });
    await live.close();
  });
});
