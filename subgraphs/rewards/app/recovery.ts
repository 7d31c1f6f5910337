import { setTimeout as pause } from 'node:timers/promises';
import type { RewardsParts } from './parts';
import { resumeOrders } from './resume-orders';

const EVERY_MS = 3_000;

/** Resumes unfinished orders at start and every few seconds until stopped. */
export class Recovery {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RewardsParts) {}

  start(): void {
    this.running = this.repeat();
  }

  /** Waits for the round under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        while ((await resumeOrders(this.parts)) > 0 && !this.stopping.signal.aborted);
      } catch (error) {
        this.parts.log.error({ event: 'recovery.failed', err: error });
      }
      await pause(EVERY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }
}
