import pino, { type DestinationStream, type LogFn, type Logger } from 'pino';
import { loggedError } from './logged-error';
import { traceOfLine } from './trace';

export type { Logger } from 'pino';

/**
 * The log of one area: events with fields, one JSON object a line on standard error, never a sentence to grep and
 * never personal data beyond ids: of an error (`err`) it keeps what `loggedError` does. A line written while a traced request is
 * worked on names its trace.
 *
 * @param level `silent`, `error`, `warn`, `info` or `debug`; HUB_LOG_LEVEL when not given
 */
export function openLog(
  area: string,
  level = process.env.HUB_LOG_LEVEL ?? 'warn',
  to: DestinationStream = pino.destination(2),
): Logger {
  const settings = { name: area, level, base: { area }, timestamp: pino.stdTimeFunctions.isoTime, mixin: traceOfLine };
  return pino({ ...settings, hooks: { logMethod: logToldErrors } }, to);
}

/** In a hook and no serializer: pino makes the error's message the line's before it serialises anything. */
function logToldErrors(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest] = args as [unknown, ...unknown[]];
  method.apply(this, [withErrorTold(first), ...rest] as Parameters<LogFn>);
}

function withErrorTold(fields: unknown): unknown {
  if (fields instanceof Error) return { err: loggedError(fields) };
  if (typeof fields !== 'object' || fields === null || !('err' in fields)) return fields;
  return { ...fields, err: loggedError(fields.err) };
}
