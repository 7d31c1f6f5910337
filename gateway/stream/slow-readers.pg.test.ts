import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RawSocket } from '../../kernel/testkit/graph-client';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const EVENTS = 20_000;
/** What the system itself holds for a connection is a few megabytes; all events together are 40. */
const EVENT_BYTES = 2_000;
/** What this process may hold more for a paused reader that is bounded than it holds for none: what is left of the measurement. */
const HELD_MB_MAX = 10;
/** Whoever reads nothing answers no ping: what ends a reader here is to be what it does not read, however slow the machine is. */
const PING_MS = 3_600_000;
const watch = (field: string) => ({
  type: 'subscribe',
  id: '1',
  payload: {
    query: `subscription { change: ${field}(memberId: "m1") { version previousVersion epoch account { available } } }`,
  },
});

interface Told {
  readonly type: string;
  readonly payload?: {
    readonly data?: { readonly change: { readonly version: string; readonly previousVersion: string | null } };
    readonly errors?: readonly { readonly extensions: Record<string, unknown> }[];
  };
}

describe('a reader that takes nothing while twenty thousand events come', () => {
  let hub: TestGateway;
  /** Megabytes that came to be held while the events came. */
  let heldForReader = 0;
  afterEach(async () => hub.close());

  /** Reads the snapshot, stops reading, and lets the events come. */
  async function paused(field: string, bufferedBytes: number): Promise<RawSocket> {
    hub = await openTestGateway({ limits: { bufferedBytes, pingMs: PING_MS } });
    const socket = await hub.client().socket();
    await socket.init();
    socket.send(watch(field));
    await socket.next();
    socket.socket.pause();
    const before = heldMb();
    for (let event = 0; event < EVENTS; event += 1) {
      hub.fixture.accounts.change('m1', String(event).padStart(EVENT_BYTES, '0'));
      await turn();
    }
    // What happened to the account is kept by the subgraph, in this process as well.
    heldForReader = heldMb() - before - (EVENTS * EVENT_BYTES) / 1_048_576;
    return socket;
  }
  /** What it is told once it reads again, up to a message that is the last looked for. */
  async function told(socket: RawSocket, isLast: (message: Told) => boolean): Promise<Told[]> {
    const messages: Told[] = [];
    socket.socket.resume();
    for (;;) {
      const message = (await socket.next()) as Told | null;
      if (message === null) return messages;
      messages.push(message);
      if (isLast(message)) return messages;
    }
  }
  const isLatest = ({ payload }: Told) => payload?.data?.change.version === String(EVENTS);
  const versions = (messages: readonly Told[]) =>
    messages.flatMap(({ payload }) => (payload?.data ? [payload.data.change] : []));

  it('holds no source meanwhile, and of a state goes on without a gap', async () => {
    const socket = await paused('accountChanged', 64 * 1024);
    await until(() => hub.fixture.accounts.readers === 0);
    const changes = versions(await told(socket, isLatest));
    let before = '0';
    for (const { version, previousVersion } of changes) {
      expect(previousVersion).toBe(before);
      before = version;
    }
    expect(before).toBe(String(EVENTS));
    expect(hub.fixture.accounts.opened).toBeGreaterThan(1);
    expect(heldForReader).toBeLessThan(HELD_MB_MAX);
    socket.close();
  });

  it('is sent away from a stream of changes, and told where to go on', async () => {
    const socket = await paused('moved', 64 * 1024);
    await until(() => hub.fixture.accounts.readers === 0);
    const messages = await told(socket, ({ type }) => type === 'complete');
    const changes = versions(messages);
    const { code, resume, retryable } = messages.at(-2)!.payload!.errors![0]!.extensions;
    expect([code, retryable]).toEqual(['GATEWAY_READER_TOO_SLOW', true]);
    const last = changes.at(-1)!.version;
    expect(Number(last)).toBeLessThan(EVENTS);
    expect(resume).toEqual({ after: last, epoch: 'e1' });
    expect(heldForReader).toBeLessThan(HELD_MB_MAX);
    socket.close();
  });

  it('without a bound would be kept everything for (control)', async () => {
    const socket = await paused('moved', Number.MAX_SAFE_INTEGER);
    expect(hub.fixture.accounts.readers).toBe(1);
    expect(heldForReader).toBeGreaterThan(2 * HELD_MB_MAX);
    const changes = versions(await told(socket, isLatest));
    expect(changes).toHaveLength(EVENTS);
    process.stderr.write(`without the bound ${heldForReader.toFixed(1)} MB are held for a paused reader\n`);
    socket.close();
  });
});

/** What this process holds now, after what is garbage is gone. */
function heldMb(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}
