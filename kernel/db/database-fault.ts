import { Fault } from '../errors/fault';

/** Every way in which the database side can refuse to work, as a stable code for operators and `docs/errors.md`. */
export type DatabaseFaultCode =
  /** No PostgreSQL binaries for this platform are installed. */
  | 'HUB_DATABASE_BINARIES_MISSING'
  /** The binaries lack library links and the folder they live in cannot be written. */
  | 'HUB_DATABASE_BINARIES_READ_ONLY'
  /** The binaries are there but do not run. */
  | 'HUB_DATABASE_BINARIES_UNUSABLE'
  /** The account that must run PostgreSQL cannot reach the binaries or the data directory. */
  | 'HUB_DATABASE_DIRECTORY_UNREACHABLE'
  /** The data directory holds something that is not a cluster of ours, or one of another PostgreSQL version. */
  | 'HUB_DATABASE_DIRECTORY_FOREIGN'
  /** The cluster exists but the file with its password is gone or spoilt. */
  | 'HUB_DATABASE_ACCESS_LOST'
  /** Another program holds the start lock of the data directory for too long. */
  | 'HUB_DATABASE_LOCKED'
  /** The server did not start. */
  | 'HUB_DATABASE_START_FAILED'
  /** A server owns the data directory but does not answer. */
  | 'HUB_DATABASE_NOT_ANSWERING'
  /** The server would lose acknowledged commits in a crash. */
  | 'HUB_DATABASE_NOT_DURABLE'
  /** The server is older than the oldest version we support. */
  | 'HUB_DATABASE_TOO_OLD'
  /** The role that requests of one programme run as is not there. */
  | 'HUB_DATABASE_TENANT_ROLE_MISSING';

/** A database that cannot be used as it stands. Its message tells the operator what to do about it. */
export class DatabaseFault extends Fault {
  constructor(
    override readonly code: DatabaseFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.name = 'DatabaseFault';
  }
}
