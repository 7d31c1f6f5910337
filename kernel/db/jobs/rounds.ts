export interface RoundsOptions {
  /** Milliseconds from the end of a round to the beginning of the next. */
  readonly everyMs: number;
  /** One round. Long work asks between its pieces whether it goes on. */
  readonly round: (goesOn: () => boolean) => Promise<void>;
  /** Told of a round that failed, such as one that found the database away; the next one makes up for it. */
  readonly onFailed: (error: unknown) => void;
}

/** Work of a process done again and again behind everything else: never two rounds at once, and none fails anything but itself. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly options: RoundsOptions) {}

  start(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.round().then(() => this.start());
    }, this.options.everyMs);
  }

  /** Waits for the round under way; what is left is done after the next start. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.options.round(() => !this.isStopped);
    } catch (error) {
      // A database that stops with us is no news.
      if (!this.isStopped) this.options.onFailed(error);
    }
  }
}
