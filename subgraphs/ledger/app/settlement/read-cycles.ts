import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Id, PartnerId } from '../../../../kernel/values/id';
import type { SettlementCycle } from '../../core/settlement/cycle';
import type { NetPosition } from '../../core/settlement/netting';
import { findCycles, listCycles } from '../../data/settlement/cycle.store';
import { loadLines, loadNets, loadTotals, type StoredLine, type StoredTotal } from '../../data/settlement/total.store';
import type { Ledger } from '../ledger';

export type { StoredLine, StoredTotal };

type Book = Pick<Ledger, 'database'>;

/** Whose figures a reader sees: everybody's, one partner's, or nobody's. */
function sightOf(principal: Principal): 'all' | PartnerId | null {
  switch (principal.kind) {
    case 'admin':
    case 'finance':
      return 'all';
    case 'staff':
      return principal.partnerId;
    case 'partner':
      return principal.scopes.includes('statements:read') ? principal.partnerId : null;
    default:
      return null;
  }
}

/** Cycles by id, those the reader may see. */
export async function readCycles(
  { database }: Book,
  principal: Principal,
  ids: readonly Id<'cyc'>[],
): Promise<SettlementCycle[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null || sightOf(principal) === null ? [] : findCycles(database.pool, programmeId, ids);
}

/** The programme's cycles, newest first; none for those who may not see them. */
export async function readCyclePage(
  { database }: Book,
  principal: Principal,
  page: { beforeNumber: number; limit: number },
): Promise<SettlementCycle[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null || sightOf(principal) === null ? [] : listCycles(database.pool, programmeId, page);
}

/** Totals of cycles: a partner's own pairs, or all of them. */
export async function readTotals(
  { database }: Book,
  principal: Principal,
  cycleIds: readonly string[],
): Promise<StoredTotal[]> {
  const sight = sightOf(principal);
  if (sight === null) return [];
  const totals = await loadTotals(async (text, values) => (await database.pool.query(text, values)).rows, cycleIds);
  return sight === 'all'
    ? totals
    : totals.filter(({ debtorId, creditorId }) => debtorId === sight || creditorId === sight);
}

/** Net positions of cycles: a partner's own, or all of them. */
export async function readNets(
  { database }: Book,
  principal: Principal,
  cycleIds: readonly string[],
): Promise<(NetPosition & { cycleId: string })[]> {
  const sight = sightOf(principal);
  if (sight === null) return [];
  const nets = await loadNets(database.pool, cycleIds);
  return sight === 'all' ? nets : nets.filter(({ partyId }) => partyId === sight);
}

/** A page of the lines behind a total the reader has been shown. */
export function readLines(
  { database }: Book,
  total: StoredTotal,
  page: { afterN: number; limit: number },
): Promise<StoredLine[]> {
  return loadLines(database.pool, total, page);
}
