import { parseId } from '../../../../kernel/values/id';
import { readHold, type AccountReading, type HoldReading } from '../../app/points/read-account';
import type { LedgerContext } from '../context';
import type { MemberStub } from './account.type';

/** Our part of a member is its id; what hangs beneath it is authorised field by field. */
function resolveMember({ id }: { id: string }): MemberStub | null {
  const memberId = parseId('mem', id);
  return memberId === null ? null : { id: memberId };
}

/** A reference is as good as a query: whoever may not read the account gets null, as if it were not there. */
async function resolveAccount(
  { memberId }: { memberId: string },
  { loaders }: LedgerContext,
): Promise<AccountReading | null> {
  const id = parseId('mem', memberId);
  return id === null ? null : loaders.account.load(id);
}

function resolveHold({ id }: { id: string }, { ledger, principal }: LedgerContext): Promise<HoldReading | null> {
  return readHold(ledger, principal, id);
}

/** The entities other subgraphs and the gateway ask for by key. */
export const pointReferences = { Member: resolveMember, Account: resolveAccount, Hold: resolveHold };
