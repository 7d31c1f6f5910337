import { DatabaseError } from 'pg';

/** An error as the log tells it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  /** SQLSTATE, errno or a code of our own. */
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  /** What several attempts failed with. */
  readonly errors?: readonly LoggedError[];
}

/**
 * Classes of SQLSTATE whose messages name tables, columns, constraints and the state of the server. Of all others, data exceptions
 * (22) first of all, a message may quote what somebody sent: `invalid input syntax for type uuid: "Anna Kowalska"`.
 */
const QUOTES_NOTHING: ReadonlySet<string> = new Set('08 23 25 40 42 53 54 55 57 58 P0'.split(' '));
const WITHHELD = '(message withheld: it may quote a value)';
const CAUSES_AT_MOST = 5;

/**
 * What the log keeps of an error: what happened, where in the code, and of a failed statement which rule of which table. Nothing else:
 * PostgreSQL's detail prints whole rows, its context and query the parameters, and other libraries hang requests on their errors.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return loggedThing(error);
  const ofServer = databaseErrorIn(error);
  const safe = (text: string) =>
    ofServer === null || QUOTES_NOTHING.has(ofServer.code?.slice(0, 2) ?? '')
      ? text
      : text.replaceAll(ofServer.message, WITHHELD);
  const { code } = ofServer ?? (error as { code?: unknown });
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const isDeep = depth >= CAUSES_AT_MOST;
  return {
    type: error.constructor.name,
    message: safe(error.message),
    ...(typeof code === 'string' && { code }),
    ...(ofServer?.constraint !== undefined && { constraint: ofServer.constraint }),
    ...(ofServer?.table !== undefined && { table: ofServer.table }),
    ...(ofServer?.column !== undefined && { column: ofServer.column }),
    ...(error.stack !== undefined && { stack: safe(error.stack) }),
    ...(!isDeep && cause instanceof Error && { cause: loggedError(cause, depth + 1) }),
    ...(!isDeep && Array.isArray(errors) && { errors: errors.map((one) => loggedError(one, depth + 1)) }),
  };
}

/** The server's own error in one, however it was wrapped on its way: by TypeORM, by the graph, by us. */
function databaseErrorIn(error: unknown): DatabaseError | null {
  for (let inner = error, n = 0; inner instanceof Error && n <= CAUSES_AT_MOST; n += 1) {
    if (inner instanceof DatabaseError) return inner;
    const { driverError, originalError, cause } = inner as Error & { driverError?: unknown; originalError?: unknown };
    inner = driverError ?? originalError ?? cause;
  }
  return null;
}

/** What has no prototype, or a `toString` that fails, has no text of its own. */
function textOf(thing: unknown): string {
  try {
    return String(thing);
  } catch {
    return Object.prototype.toString.call(thing);
  }
}

/** Something that is no error: a fault told by another process, or whatever was thrown. */
function loggedThing(thing: unknown): LoggedError {
  const { message, extensions } = (thing ?? {}) as { message?: unknown; extensions?: { code?: unknown } };
  const code = extensions?.code;
  return {
    type: typeof thing,
    message: typeof message === 'string' ? message : textOf(thing),
    ...(typeof code === 'string' && { code }),
  };
}
