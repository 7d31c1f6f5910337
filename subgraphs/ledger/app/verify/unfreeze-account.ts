import type { Principal } from '../../../../kernel/context/principal';
import { inTransaction } from '../../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault, textFault } from '../../../../kernel/errors/check-input';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { refuse } from '../../core/refusals';
import type { AccountFreeze } from '../../core/verify/account-freeze';
import { findFreezes, releaseAccount } from '../../data/verify/freeze.store';
import { warnAgain } from '../../data/time/warning.store';
import type { Ledger } from '../ledger';

export interface UnfreezeAccountInput {
  readonly idempotencyKey: string;
  readonly memberId: string;
  readonly reason: string;
}

/** Allows posting on an account again, in the words of who looked at it. What was found and why it goes on stays on record. */
export async function unfreezeAccount(
  ledger: Pick<Ledger, 'database'>,
  principal: Principal,
  input: UnfreezeAccountInput,
): Promise<{ freeze: AccountFreeze; replayed: boolean } | Refusal> {
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), textFault('input.reason', input.reason, 1_000));
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only an admin of the programme may allow posting again.');
  const memberId = parseId('mem', input.memberId);
  if (memberId === null) return notFound('member');
  const { programmeId, subject: by } = principal;
  const { reason } = input;
  const freeze = await inTransaction(ledger.database, async (tx) => {
    const released = await releaseAccount(tx, { programmeId, memberId, by, reason });
    if (released !== null) await warnAgain(tx, { programmeId, memberId, frozenAt: released.frozenAt });
    return released;
  });
  if (freeze !== null) return { freeze, replayed: false };
  const done = await releasedBefore(ledger, principal, { memberId, reason });
  return done === undefined
    ? refuse('LEDGER_ACCOUNT_NOT_FROZEN', 'Posting on this account is not stopped.')
    : { freeze: done, replayed: true };
}

/** The same person asking for the same again finds it done. */
async function releasedBefore(
  { database }: Pick<Ledger, 'database'>,
  { programmeId, subject }: Extract<Principal, { kind: 'admin' }>,
  asked: { memberId: string; reason: string },
): Promise<AccountFreeze | undefined> {
  const released = await findFreezes(database.pool, programmeId, { standing: false, limit: 100 });
  return released.find(
    ({ memberId, reason, releasedBy }) =>
      memberId === asked.memberId && reason === asked.reason && releasedBy === subject,
  );
}

/** Stops of a programme's accounts, newest first; none for those who do not run it. */
export async function readFreezes(
  ledger: Pick<Ledger, 'database'>,
  principal: Principal,
  page: { standing: boolean | null; limit: number },
): Promise<AccountFreeze[]> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return [];
  return findFreezes(ledger.database.pool, principal.programmeId, page);
}
