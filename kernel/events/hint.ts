import { EventEmitter, once } from 'node:events';

/** How often a waiting reader looks without being hinted: other processes' commits give no hint. */
const LOOK_EVERY_MS = 200;

/** Wakes those who wait for something that may have happened: never the only way to learn of it. */
export class Hint {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  give(): void {
    this.emitter.emit('hint');
  }

  /** Reads until there is something or the time is up; looks again with every hint, and now and then without one. */
  async readUntilSome<Item>(waitMs: number, read: () => Promise<Item[]>): Promise<Item[]> {
    const until = Date.now() + waitMs;
    for (;;) {
      const items = await read();
      const left = until - Date.now();
      if (items.length > 0 || left <= 0) return items;
      await this.wait(Math.min(left, LOOK_EVERY_MS));
    }
  }

  /** Waits for a hint, at most so long. */
  private async wait(ms: number): Promise<void> {
    try {
      await once(this.emitter, 'hint', { signal: AbortSignal.timeout(ms) });
    } catch {
      // The time ran out without a hint: the caller looks for itself.
    }
  }
}
