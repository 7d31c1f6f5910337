/** Tells how far long work has come: counts, rate and time left, at most every other second. */
export class Progress {
  private readonly startedAt = Date.now();
  private done = 0;
  private toldAt = Date.now();

  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly tell: (line: string) => void,
  ) {}

  advance(by: number): void {
    this.done += by;
    if (Date.now() - this.toldAt < 2_000) return;
    this.toldAt = Date.now();
    this.tell(this.line());
  }

  /** How many a second, so far. */
  get perSecond(): number {
    return (this.done * 1_000) / Math.max(1, Date.now() - this.startedAt);
  }

  finish(): void {
    this.tell(
      `${count(this.done)} ${this.what} in ${((Date.now() - this.startedAt) / 1_000).toFixed(1)} s · ${this.rate}/s`,
    );
  }

  private get rate(): string {
    return count(Math.round(this.perSecond));
  }

  private line(): string {
    const left = Math.ceil((this.total - this.done) / Math.max(1, this.perSecond));
    return `${count(this.done)} of ${count(this.total)} ${this.what} · ${this.rate}/s · ${left} s left`;
  }
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
