import type WebSocket from 'ws';

/**
 * Ends a connection whose other end has gone without a word, as behind a cable that was pulled: nothing else would tell. It is asked
 * again and again; when nothing at all came between two times of asking, it is gone.
 */
export function endWhenSilent(socket: WebSocket, everyMs: number): void {
  let hasHeard = true;
  const hear = (): void => {
    hasHeard = true;
  };
  const ask = (): void => {
    if (!hasHeard) return socket.terminate();
    hasHeard = false;
    socket.ping();
  };
  socket.once('open', () => {
    // A process that was busy itself first reads what came meanwhile: immediates run after what has arrived.
    const asking = setInterval(() => setImmediate(ask), everyMs).unref();
    socket.once('close', () => clearInterval(asking));
  });
  socket.on('message', hear).on('pong', hear);
}
