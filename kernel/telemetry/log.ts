import pino, { type Logger } from 'pino';
import { traceOfLine } from './trace';

export type { Logger } from 'pino';

/**
 * The log of one area: events with fields, one JSON object a line on standard error, never a sentence to grep and
 * never personal data beyond ids. A line written while a traced request is worked on names its trace.
 *
 * @param level `silent`, `error`, `warn`, `info` or `debug`; HUB_LOG_LEVEL when not given
 */
export function openLog(area: string, level = process.env.HUB_LOG_LEVEL ?? 'warn'): Logger {
  const settings = { name: area, level, base: { area }, timestamp: pino.stdTimeFunctions.isoTime, mixin: traceOfLine };
  return pino(settings, pino.destination(2));
}
