import { callerOf, programmeOf, type Principal } from '../../kernel/context/principal';
import type { Database } from '../../kernel/db/database';
import { canonicalJson } from '../../kernel/values/canonical';

/** Something a person did or read, as the audit log keeps it. No argument is kept: arguments are personal data. */
export interface AuditedOperation {
  readonly requestId: string;
  readonly principal: Principal;
  readonly kind: string;
  /** The name the client gave its operation; null when it gave none. */
  readonly operationName: string | null;
  /** The fields it began with, such as `approveAdjustment`. */
  readonly roots: readonly string[];
  /** Whether it asks for fields that are about a person. */
  readonly isPersonal: boolean;
}

/** One line as it is read back. */
export interface AuditLine {
  readonly number: bigint;
  readonly writtenAt: Date;
  /** The fact as canonical JSON. */
  readonly line: string;
}

/** Callers who are people with rights over others: what they change and what they read about members is written down. */
const PEOPLE: readonly Principal['kind'][] = ['staff', 'admin', 'finance', 'host'];

/**
 * Whether an operation of a person belongs in the log: every mutation, and every reading of personal data. What partners and
 * members do for themselves stands in the journal and in the tables of consent, with its caller.
 */
export function isAudited({ kind, isPersonal }: AuditedOperation): boolean {
  return kind === 'mutation' || isPersonal;
}

/** Whether a caller is a person with rights over others; nobody else's operations are looked at. */
export function isPerson({ kind }: Principal): boolean {
  return PEOPLE.includes(kind);
}

/** The audit log: lines that are only added, chained so that a changed or missing one shows. */
export class AuditLog {
  constructor(private readonly database: Database) {}

  /**
   * Writes that an operation was asked for, before anything of it is done.
   *
   * @throws Error when it cannot be written; then it must not be done
   */
  async asked(operation: AuditedOperation): Promise<void> {
    await this.write({ step: 'ASKED', ...factsOf(operation) });
  }

  /** Writes how it ended: the codes of the errors that were answered; none means it was answered whole. */
  async answered({ requestId }: AuditedOperation, codes: readonly string[]): Promise<void> {
    await this.write({ step: 'ANSWERED', requestId, codes: [...codes] });
  }

  private async write(fact: object): Promise<void> {
    // Whoever waits for the head's row reads it again when its turn comes, so every line hashes the one before it.
    await this.database.pool.query(
      `/* gateway.audit.append */
       with head as (
         update audit_head set number = number + 1, hash = sha256(hash || convert_to($1, 'UTF8'))
         returning number, hash
       )
       insert into audit_line (number, line, hash) select number, $1, hash from head`,
      [canonicalJson(fact)],
    );
  }
}

function factsOf({ principal, ...operation }: AuditedOperation) {
  const { requestId, kind, operationName, roots, isPersonal } = operation;
  const programme = programmeOf(principal);
  return { requestId, caller: callerOf(principal), programme, kind, operationName, roots: [...roots], isPersonal };
}

/** The lines from an instant on, oldest first, at most `most`. */
export async function readAudit(database: Database, since: Date, most: number): Promise<AuditLine[]> {
  const { rows } = await database.pool.query<{ number: string; writtenAt: Date; line: string }>(
    `/* gateway.audit.read */
     select number, written_at as "writtenAt", line from audit_line where written_at >= $1 order by number limit $2`,
    [since, most],
  );
  return rows.map(({ number, ...row }) => ({ number: BigInt(number), ...row }));
}
