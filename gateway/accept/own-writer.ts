import type { ResultStream } from '../../kernel/graph/stream';
import type { Message, StreamReader } from '../stream/reader';
import type { Leave } from '../stream/shared-streams';

const DONE = { done: true, value: undefined } as const;

/**
 * A subscription that writes its messages to its connection by itself, around the text that all readers of the stream share; to the
 * protocol's library it is an iterator that gives nothing and ends when the stream does.
 */
export abstract class OwnWriter implements StreamReader, ResultStream<never> {
  private leave: Leave | null = null;
  private isEnded = false;
  private wake: (() => void) | null = null;

  abstract get isFull(): boolean;
  abstract take(message: Message): void;

  /** How it leaves its stream. */
  left(leave: Leave): void {
    this.leave = leave;
    if (this.isEnded) leave();
  }

  end(): void {
    this.isEnded = true;
    this.leave?.();
    this.wake?.();
  }

  async next(): Promise<IteratorResult<never>> {
    if (!this.isEnded) await new Promise<void>((resolve) => (this.wake = resolve));
    return DONE;
  }

  async return(): Promise<IteratorResult<never>> {
    this.end();
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<never>> {
    this.end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}
