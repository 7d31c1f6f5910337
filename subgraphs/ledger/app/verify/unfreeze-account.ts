import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
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
): Promise<Replayable<{ freeze: AccountFreeze }> | Refusal> {
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), textFault('input.reason', input.reason, 1_000));
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only an admin of the programme may allow posting again.');
  const memberId = parseId('mem', input.memberId);
  if (memberId === null) return notFound('member');
  const { programmeId, subject: by } = principal;
  const { idempotencyKey: key, ...body } = input;
  return inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'unfreezeAccount', key, body }, async () => {
      const freeze = await releaseAccount(tx, { programmeId, memberId, by, reason: input.reason });
      if (freeze === null) return refuse('LEDGER_ACCOUNT_NOT_FROZEN', 'Posting on this account is not stopped.');
      await warnAgain(tx, { programmeId, memberId, frozenAt: freeze.frozenAt });
      return { freeze };
    }),
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
