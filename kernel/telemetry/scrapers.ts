import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { scrape } from './metrics';

/** Who may scrape what a process measures. */
export interface Scrapers {
  /** The holder of this text; null: nobody but this machine, and in production nobody. */
  readonly token: string | null;
  readonly mode: 'development' | 'production';
}

/** Answers who may scrape with all that was measured. @returns false to all others: for them there is no such path */
export async function answerScraper(
  request: IncomingMessage,
  response: ServerResponse,
  scrapers: Scrapers,
): Promise<boolean> {
  if (!mayScrape(request, scrapers)) return false;
  const { text, contentType } = await scrape();
  response.setHeader('content-type', contentType);
  response.end(text);
  return true;
}

function mayScrape(request: IncomingMessage, { token, mode }: Scrapers): boolean {
  if (token === null) return mode === 'development' && LOOPBACK.test(request.socket.remoteAddress ?? '');
  const given = createHash('sha256').update(request.headers.authorization ?? '');
  const wanted = createHash('sha256').update(`Bearer ${token}`);
  return timingSafeEqual(given.digest(), wanted.digest());
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
