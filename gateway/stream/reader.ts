import type { ExecutionResult } from 'graphql';

/** One message of a stream, made once for all its readers. */
export class Message {
  private written: string | null = null;

  constructor(readonly result: ExecutionResult) {}

  /** The result as JSON. */
  get text(): string {
    this.written ??= JSON.stringify(this.result);
    return this.written;
  }
}

/** One who reads a stream, over whichever transport. */
export interface StreamReader {
  /** Takes a message to send on. */
  take(message: Message): void;
  /** Whether so much waits to be sent to it that it must not be given more. */
  readonly isFull: boolean;
  /** No more will come. */
  end(): void;
}
