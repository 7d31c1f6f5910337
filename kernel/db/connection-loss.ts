import { sqlStateOf } from './transaction';

/** What the system says of a connection that broke or could not be made. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** What `pg` and its pool say of one, without a code. */
const SAID_BY_PG = /^Connection terminated|^timeout (?:expired$|exceeded when trying to connect)|and is not queryable$/;

/** Other states of which the session does not outlive them. */
const ENDED: ReadonlySet<string> = new Set(['53300', '25P03', '25P04']);

/**
 * Whether an error says that the connection to PostgreSQL has failed, not the statement: the server is away, starting,
 * stopping or full. What was under way may have been committed or not, and the same may succeed later.
 *
 * Classes of SQLSTATE: 08 connection exception, 57P operator intervention (shutdown, crash, starting up), 53300 too many
 * connections, 25P03 and 25P04 a session that was ended because its transaction stood still or took too long. Source: PostgreSQL 18,
 * appendix A.
 */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || ENDED.has(state);
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  const { code, message } = (driverError ?? error ?? {}) as { code?: unknown; message?: unknown };
  return BROKEN.has(String(code)) || SAID_BY_PG.test(String(message));
}
