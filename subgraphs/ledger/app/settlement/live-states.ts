import type { ResultStream } from '../../../../kernel/graph/stream';

/** How something stands, at a version that only rises. */
export interface LiveState<T> {
  readonly version: bigint;
  readonly value: T;
}

/** One message of a live state: a snapshot first, then how it stands whenever it has changed. */
export interface StateChange<T> extends LiveState<T> {
  /** The version last sent to this reader; null for its first message. */
  readonly previousVersion: bigint | null;
  readonly epoch: string;
  readonly isSnapshot: boolean;
  readonly at: Date;
}

/**
 * What a reader asks for. `after` counts only with the epoch it was read in, and not when there is no such version yet, as after a
 * restore: then the reader begins anew with a snapshot.
 */
export interface WatchState {
  readonly key: string;
  readonly after: bigint | null;
  readonly epoch: string | null;
}

/** Between looks, while anybody watches. */
const LOOK_MS = 250;
const DONE = { done: true, value: undefined } as const;

/**
 * States that are watched by looking at their versions: of what changes a few times a day, or by the second, each look is one
 * query for all that is watched. Changes between two looks arrive as one, whose `previousVersion` says what was sent before, so
 * a reader knows that it missed nothing. One look is under way at a time, so that none is overtaken by an older one.
 */
export class LiveStates<T> {
  private readonly readers = new Map<string, Set<StateReader<T>>>();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  /** Whether somebody came while a look was under way. */
  private isAskedAgain = false;

  /** @param load how each key stands; a key that is not there is left out */
  constructor(
    private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, LiveState<T>>>,
    private readonly epoch: string,
  ) {}

  watch(request: WatchState): ResultStream<StateChange<T>> {
    const reader: StateReader<T> = new StateReader(this.epoch, request, () => this.forget(request.key, reader));
    this.readers.set(request.key, (this.readers.get(request.key) ?? new Set()).add(reader));
    this.lookSoon(0);
    return reader;
  }

  /** Ends all readers. */
  async close(): Promise<void> {
    for (const readers of [...this.readers.values()]) for (const reader of [...readers]) await reader.return();
    await this.looking;
  }

  private forget(key: string, reader: StateReader<T>): void {
    const readers = this.readers.get(key);
    readers?.delete(reader);
    if (readers?.size === 0) this.readers.delete(key);
    if (this.readers.size > 0 || this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
  }

  private lookSoon(ms: number): void {
    if (this.looking !== null) {
      this.isAskedAgain = true;
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.looking = this.look();
    }, ms).unref();
  }

  private async look(): Promise<void> {
    this.isAskedAgain = false;
    try {
      const states = await this.load([...this.readers.keys()]);
      for (const [key, state] of states) for (const reader of this.readers.get(key) ?? []) reader.offer(state);
    } catch {
      // The database is away: the next look finds what was missed.
    }
    this.looking = null;
    if (this.readers.size > 0) this.lookSoon(this.isAskedAgain ? 0 : LOOK_MS);
  }
}

/** One reader, pulled from: written by hand, because an async generator cannot be left while it waits. */
class StateReader<T> implements ResultStream<StateChange<T>> {
  private latest: LiveState<T> | null = null;
  private sent: bigint | null = null;
  /** Whether a look has shown a version before the one this reader has. */
  private wasAhead = false;
  private ended = false;
  private wake: (() => void) | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly epoch: string,
    { after, epoch: seenIn }: WatchState,
    private readonly onLeave: () => void,
  ) {
    if (after !== null && seenIn === epoch) this.sent = after;
  }

  offer(state: LiveState<T>): void {
    if (this.sent !== null && state.version < this.sent) {
      // The look that was under way when the reader came may be older than what it has; those after it are not.
      if (this.wasAhead) this.sent = null;
      this.wasAhead = true;
      if (this.sent !== null) return;
    }
    if (this.latest !== null && state.version <= this.latest.version) return;
    this.latest = state;
    this.wake?.();
  }

  next(): Promise<IteratorResult<StateChange<T>>> {
    const mine = this.last.then(() => this.pull());
    this.last = mine.catch(() => undefined);
    return mine;
  }

  async return(): Promise<IteratorResult<StateChange<T>>> {
    if (!this.ended) {
      this.ended = true;
      this.onLeave();
      this.wake?.();
    }
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<StateChange<T>>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private async pull(): Promise<IteratorResult<StateChange<T>>> {
    while (!this.ended) {
      const { latest, sent } = this;
      if (latest !== null && (sent === null || latest.version > sent)) {
        this.sent = latest.version;
        const { epoch } = this;
        const change = { ...latest, previousVersion: sent, epoch, isSnapshot: sent === null, at: new Date() };
        return { done: false, value: change };
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = null;
    }
    return DONE;
  }
}
