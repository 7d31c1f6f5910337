import { EventEmitter, once } from 'node:events';

/** Wakes those who wait for something that may have happened: never the only way to learn of it. */
export class Hint {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  give(): void {
    this.emitter.emit('hint');
  }

  /** Waits for a hint, at most so long. */
  async wait(ms: number): Promise<void> {
    try {
      await once(this.emitter, 'hint', { signal: AbortSignal.timeout(ms) });
    } catch {
      // The time ran out without a hint: the caller looks for itself.
    }
  }
}
