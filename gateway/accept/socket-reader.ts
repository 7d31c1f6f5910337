import type { WebSocket } from 'ws';
import type { ResultStream } from '../../kernel/graph/stream';
import type { Message, StreamReader } from '../stream/reader';
import type { Leave } from '../stream/shared-streams';

const DONE = { done: true, value: undefined } as const;

/**
 * A subscription on a WebSocket. It writes its messages to the socket by itself, around the text that all readers of the stream
 * share; to the protocol's library it is an iterator that gives nothing and ends when the stream does.
 */
export class SocketReader implements StreamReader, ResultStream<never> {
  private readonly head: string;
  private leave: Leave | null = null;
  private isEnded = false;
  private wake: (() => void) | null = null;

  /** @param bufferedBytes how much may wait on the socket before the reader counts as slow */
  constructor(
    private readonly socket: WebSocket,
    id: string,
    private readonly bufferedBytes: number,
  ) {
    this.head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  /** How it leaves its stream. */
  left(leave: Leave): void {
    this.leave = leave;
    if (this.isEnded) leave();
  }

  get isFull(): boolean {
    return this.socket.bufferedAmount > this.bufferedBytes;
  }

  take(message: Message): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(`${this.head}${message.text}}`);
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
