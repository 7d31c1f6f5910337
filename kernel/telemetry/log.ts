import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of one area: events with fields, one JSON object a line on standard error, never a sentence to grep and
 * never personal data beyond ids.
 *
 * @param level `silent`, `error`, `warn`, `info` or `debug`; HUB_LOG_LEVEL when not given
 */
export function openLog(area: string, level = process.env.HUB_LOG_LEVEL ?? 'warn'): Logger {
  return pino({ name: area, level, base: { area }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
