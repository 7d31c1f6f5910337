import type { WebSocket } from 'ws';
import type { Message } from '../stream/reader';
import { OwnWriter } from './own-writer';

/** A subscription on a WebSocket. */
export class SocketReader extends OwnWriter {
  private readonly head: string;

  /** @param bufferedBytes how much may wait on the socket before the reader counts as slow */
  constructor(
    private readonly socket: WebSocket,
    id: string,
    private readonly bufferedBytes: number,
  ) {
    super();
    this.head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  get isFull(): boolean {
    return this.socket.bufferedAmount > this.bufferedBytes;
  }

  take(message: Message): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(`${this.head}${message.text}}`);
  }
}
