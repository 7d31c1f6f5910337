import type { ServerResponse } from 'node:http';
import type { Message } from '../stream/reader';
import { OwnWriter } from './own-writer';

/** A subscription over server-sent events. */
export class EventStreamReader extends OwnWriter {
  /** What came before the answer's head was written. */
  private early: Message[] | null = [];

  /** @param bufferedBytes how much may wait on the connection before the reader counts as slow */
  constructor(
    private readonly response: ServerResponse,
    private readonly bufferedBytes: number,
  ) {
    super();
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
    else if (!this.response.writableEnded) this.response.write(`event: next\ndata: ${message.text}\n\n`);
  }
}
