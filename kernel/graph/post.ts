import type { Dispatcher, Pool } from 'undici';

export interface Posting {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly deadlineAt: Date;
}

/** The caller's time was up before the answer was whole. */
export class TimeUp extends Error {
  constructor() {
    super('the answer did not come in time');
  }
}

/**
 * Posts a text and reads the answer whole, without the streams and the signals of undici's more comfortable calls: between two
 * of our processes they cost more than the request.
 *
 * @throws TimeUp, or whatever broke the connection
 */
export function post(
  pool: Pool,
  { path, headers, body, deadlineAt }: Posting,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let running: Dispatcher.DispatchController | undefined;
    let isTimeUp = false;
    const timer = setTimeout(
      () => {
        isTimeUp = true;
        running?.abort(new TimeUp());
        reject(new TimeUp());
      },
      Math.max(1, deadlineAt.getTime() - Date.now()),
    );
    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart: (controller) => {
          running = controller;
          // It waited for a connection for as long as it had.
          if (isTimeUp) controller.abort(new TimeUp());
        },
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => {
          clearTimeout(timer);
          resolve({ status, text: (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8') });
        },
        onResponseError: (_controller, error) => {
          clearTimeout(timer);
          reject(error);
        },
      },
    );
  });
}
