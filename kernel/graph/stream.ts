/** A stream of results that can be ended at any moment, also while a reader waits. */
export interface ResultStream<Value> extends AsyncIterableIterator<Value> {
  return(): Promise<IteratorResult<Value>>;
  throw(error?: unknown): Promise<IteratorResult<Value>>;
}

/** Told to a reader that let more wait than may wait: what came after that was not kept. */
export class FellBehind extends Error {
  constructor(most: number) {
    super(`more than ${most} messages wait to be read`);
    this.name = 'FellBehind';
  }
}

const DONE = { done: true, value: undefined } as const;

/**
 * A stream that somebody pushes into and one reader pulls from. Written by hand because the `return` of an async
 * generator waits for the `next` under way: a reader that leaves would keep its source open until the next event.
 *
 * @param onLeave called once when the reader leaves before the end, or is left because it fell behind
 * @param most    how many values may wait; with one more the stream ends, and `next` throws FellBehind after those that wait
 */
export class PushStream<Value> implements ResultStream<Value> {
  private readonly waiting: ((result: IteratorResult<Value>) => void)[] = [];
  private readonly ready: Value[] = [];
  private ended = false;
  private lost: FellBehind | null = null;

  constructor(
    private readonly onLeave: () => void,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  push(value: Value): void {
    if (this.ended) return;
    const reader = this.waiting.shift();
    if (reader !== undefined) return reader({ done: false, value });
    if (this.ready.length < this.most) return void this.ready.push(value);
    this.lost = new FellBehind(this.most);
    this.end();
    return this.onLeave();
  }

  /** No more will come; what is ready can still be read. */
  end(): void {
    this.ended = true;
    for (const reader of this.waiting.splice(0)) reader(DONE);
  }

  async next(): Promise<IteratorResult<Value>> {
    const value = this.ready.shift();
    if (value !== undefined) return { done: false, value };
    const { lost } = this;
    this.lost = null;
    if (lost !== null) throw lost;
    if (this.ended) return DONE;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async return(): Promise<IteratorResult<Value>> {
    const leaving = !this.ended;
    this.ready.length = 0;
    this.lost = null;
    this.end();
    if (leaving) this.onLeave();
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<Value>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** Another stream's values, each turned into one of ours; leaving it leaves the source at once. */
export function mapStream<From, To>(
  source: AsyncIterator<From>,
  turn: (value: From) => Promise<To>,
  onEnd: () => void = () => {},
): ResultStream<To> {
  let ended = false;
  const end = (): IteratorResult<To> => {
    if (!ended) onEnd();
    ended = true;
    return DONE;
  };
  const leave = async (): Promise<IteratorResult<To>> => {
    // The source may only end when its next event comes: nobody waits for that.
    void Promise.resolve(source.return?.()).catch(() => {});
    return end();
  };
  return {
    next: async () => {
      if (ended) return DONE;
      const { done, value } = await source.next();
      if (done === true || ended) return end();
      const turned = await turn(value);
      return ended ? DONE : { done: false, value: turned };
    },
    return: leave,
    throw: async (error) => {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  } as ResultStream<To>;
}

/** A stream of one value. */
export function streamOf<Value>(value: Value): ResultStream<Value> {
  const stream = new PushStream<Value>(() => {});
  stream.push(value);
  stream.end();
  return stream;
}
