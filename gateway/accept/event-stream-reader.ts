import type { ExecutionResult } from 'graphql';
import { PushStream, type ResultStream } from '../../kernel/graph/stream';
import type { Message, StreamReader } from '../stream/reader';
import type { Leave } from '../stream/shared-streams';

/** How many messages may wait for one connection before its reader counts as slow. */
const WAITING_MAX = 64;

/**
 * A subscription over server-sent events. The protocol's library takes a message from here as soon as one is there and keeps what
 * the connection does not take; so the next is given only when the one before has been written.
 */
export class EventStreamReader implements StreamReader, ResultStream<ExecutionResult> {
  private readonly messages = new PushStream<ExecutionResult>(() => this.leave?.());
  private leave: Leave | null = null;
  private waiting = 0;
  private unwritten = 0;
  private onWritten: (() => void) | null = null;
  private isEnded = false;

  /** How it leaves its stream. */
  left(leave: Leave): void {
    this.leave = leave;
    if (this.isEnded) leave();
  }

  get isFull(): boolean {
    return this.waiting >= WAITING_MAX;
  }

  take({ result }: Message): void {
    this.waiting += 1;
    this.messages.push(result);
  }

  end(): void {
    this.isEnded = true;
    this.messages.end();
    this.leave?.();
  }

  /** Says that the connection took a message. */
  written(): void {
    this.unwritten -= 1;
    this.onWritten?.();
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.unwritten > 0 && !this.isEnded) await new Promise<void>((resolve) => (this.onWritten = resolve));
    const result = await this.messages.next();
    if (result.done !== true) {
      this.waiting -= 1;
      this.unwritten += 1;
    }
    return result;
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.isEnded = true;
    this.onWritten?.();
    await this.messages.return();
    this.leave?.();
    return { done: true, value: undefined };
  }

  async throw(error?: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
