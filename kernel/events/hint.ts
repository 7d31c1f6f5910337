/** How often a waiting reader looks without being hinted: other processes' commits may give no hint. */
const LOOK_EVERY_MS = 200;

/** Wakes those who wait for something that may have happened: never the only way to learn of it. */
export class Hint {
  private readonly waiting = new Set<() => void>();
  private count = 0;

  /** How many hints there have been. */
  get given(): number {
    return this.count;
  }

  give(): void {
    this.count += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** Reads until there is something or the time is up; looks again with every hint, and now and then without one. */
  async readUntilSome<Item>(waitMs: number, read: () => Promise<Item[]>): Promise<Item[]> {
    const until = Date.now() + waitMs;
    for (;;) {
      // A hint given while we read may be about what the reading just missed.
      const { given } = this;
      const items = await read();
      const left = until - Date.now();
      if (items.length > 0 || left <= 0) return items;
      await this.wait({ after: given, ms: Math.min(left, LOOK_EVERY_MS) });
    }
  }

  /** Waits until there have been more hints than so many, at most so long. */
  wait({ after, ms }: { after: number; ms: number }): Promise<void> {
    if (this.given !== after) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waiting.add(wake);
    });
  }
}
