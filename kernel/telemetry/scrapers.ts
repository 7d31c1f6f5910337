import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may scrape what a process measures. */
export interface Scrapers {
  /** The holder of this text; null: nobody but this machine, and in production nobody. */
  readonly token: string | null;
  readonly mode: 'development' | 'production';
}

/** Whether a request comes from one who may scrape; to all others there is no such path. */
export function mayScrape(request: IncomingMessage, { token, mode }: Scrapers): boolean {
  if (token === null) return mode === 'development' && LOOPBACK.test(request.socket.remoteAddress ?? '');
  const given = createHash('sha256').update(request.headers.authorization ?? '');
  const wanted = createHash('sha256').update(`Bearer ${token}`);
  return timingSafeEqual(given.digest(), wanted.digest());
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
