import type { Principal } from '../../../../kernel/context/principal';
import { parseId, type Id } from '../../../../kernel/values/id';
import type { Adjustment, AdjustmentState } from '../../core/adjustments/adjustment';
import { findAdjustments } from '../../data/adjustments/adjustment.store';
import type { Ledger } from '../ledger';

/** A programme's adjustments, newest first; none for those who do not run it. */
export async function readAdjustments(
  ledger: Ledger,
  principal: Principal,
  page: { before: string | null; state: AdjustmentState | null; limit: number },
): Promise<Adjustment[]> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return [];
  const before: Id<'adj'> | null = page.before === null ? null : parseId('adj', page.before);
  return findAdjustments(ledger.database.pool, principal.programmeId, { ...page, before });
}
