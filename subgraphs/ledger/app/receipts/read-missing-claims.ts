import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { parseId } from '../../../../kernel/values/id';
import type { MissingClaim } from '../../core/receipts/receipt';
import { findClaims } from '../../data/receipts/missing-claim.store';
import type { Ledger } from '../ledger';

/** Claims of missing points, newest first: a member's own, a partner's own, or all for those who run the programme. */
export async function readMissingClaims(
  ledger: Ledger,
  principal: Principal,
  page: { before: string | null; limit: number },
): Promise<MissingClaim[]> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return [];
  const before = page.before === null ? null : parseId('mpc', page.before);
  const all = { partnerId: null, memberId: null, before, limit: page.limit };
  const { pool } = ledger.database;
  switch (principal.kind) {
    case 'member':
      return findClaims(pool, programmeId, { ...all, memberId: principal.memberId });
    case 'partner':
    case 'staff':
      return findClaims(pool, programmeId, { ...all, partnerId: principal.partnerId });
    case 'admin':
    case 'finance':
      return findClaims(pool, programmeId, all);
    default:
      return [];
  }
}
