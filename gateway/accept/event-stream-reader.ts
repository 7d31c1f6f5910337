import type { ServerResponse } from 'node:http';
import type { ResultStream } from '../../kernel/graph/stream';
import type { Message, StreamReader } from '../stream/reader';
import type { Leave } from '../stream/shared-streams';

const DONE = { done: true, value: undefined } as const;

/**
 * A subscription over server-sent events. It writes its messages to the connection by itself, around the text that all readers of
 * the stream share; to the protocol's library it is an iterator that gives nothing and ends when the stream does.
 */
export class EventStreamReader implements StreamReader, ResultStream<never> {
  /** What came before the answer's head was written. */
  private early: Message[] | null = [];
  private leave: Leave | null = null;
  private isEnded = false;
  private wake: (() => void) | null = null;

  /** @param bufferedBytes how much may wait on the connection before the reader counts as slow */
  constructor(
    private readonly response: ServerResponse,
    private readonly bufferedBytes: number,
  ) {}

  /** How it leaves its stream. */
  left(leave: Leave): void {
    this.leave = leave;
    if (this.isEnded) leave();
  }

  /** Says that the answer's head was written: from now on messages are. */
  headWritten(): void {
    const { early } = this;
    this.early = null;
    for (const message of early ?? []) this.take(message);
  }

  get isFull(): boolean {
    return this.response.writableLength > this.bufferedBytes;
  }

  take(message: Message): void {
    if (this.early !== null) this.early.push(message);
    else if (this.response.writable) this.response.write(`event: next\ndata: ${message.text}\n\n`);
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
