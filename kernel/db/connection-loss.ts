import { sqlStateOf } from './transaction';

/** What the system says of a connection that broke or could not be made. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** What `pg` and its pool say of one, without a code. */
const SAID_BY_PG = /^Connection terminated|^timeout exceeded when trying to connect|and is not queryable$/;

/**
 * Whether an error says that the connection to PostgreSQL has failed, not the statement: the server is away, starting,
 * stopping or full. What was under way may have been committed or not, and the same may succeed later.
 *
 * Classes of SQLSTATE: 08 connection exception, 57P operator intervention (shutdown, crash, starting up), 53300 too many
 * connections. Source: PostgreSQL 18, appendix A.
 */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300';
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  const { code, message } = (driverError ?? error ?? {}) as { code?: unknown; message?: unknown };
  return BROKEN.has(String(code)) || SAID_BY_PG.test(String(message));
}
