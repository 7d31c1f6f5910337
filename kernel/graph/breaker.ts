export interface BreakerOptions {
  /** So many calls in a row must fail before no more are sent. */
  readonly failures: number;
  /** How long nothing is sent then; after it one call tries. */
  readonly restMs: number;
}

/**
 * Keeps calls from a place that does not answer: without it each of them would hold its caller until the deadline, and would be one
 * more thing for the place to do when it comes back.
 */
export class Breaker {
  private failed = 0;
  private restsUntil = 0;
  private isTrying = false;

  constructor(private readonly options: BreakerOptions) {}

  /** Whether a call may be sent now; it must then be told how it went. */
  allows(now = Date.now()): boolean {
    if (this.failed < this.options.failures) return true;
    if (this.isTrying || now < this.restsUntil) return false;
    this.isTrying = true;
    return true;
  }

  /** Whether nothing is to be sent now, asked by who will not tell how a call went. */
  isResting(now = Date.now()): boolean {
    return this.failed >= this.options.failures && now < this.restsUntil;
  }

  succeeded(): void {
    this.failed = 0;
    this.isTrying = false;
  }

  failedOnce(now = Date.now()): void {
    this.failed += 1;
    this.isTrying = false;
    if (this.failed >= this.options.failures) this.restsUntil = now + this.options.restMs;
  }
}
