import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Id, PartnerId } from '../../../../kernel/values/id';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { findCycles, listCycles } from '../../data/settlement/cycle.store';
import {
  loadLines,
  loadNets,
  loadTotals,
  type StoredLine,
  type StoredNet,
  type StoredTotal,
} from '../../data/settlement/total.store';
import type { Ledger } from '../ledger';

export type { StoredLine, StoredNet, StoredTotal };

type Book = Pick<Ledger, 'database'>;

/** Whose figures a reader sees: everybody's, one partner's, or nobody's. */
export function sightOf(principal: Principal): 'all' | PartnerId | null {
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
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  if (programmeId === null || sight === null) return [];
  const run = async (text: string, values: unknown[]) => (await database.pool.query(text, values)).rows;
  const totals = await loadTotals(run, programmeId, cycleIds);
  return totals.filter((total) => sight === 'all' || total.debtorId === sight || total.creditorId === sight);
}

/** Net positions of cycles: a partner's own, or all of them. */
export async function readNets(
  { database }: Book,
  principal: Principal,
  cycleIds: readonly string[],
): Promise<StoredNet[]> {
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  if (programmeId === null || sight === null) return [];
  const nets = await loadNets(database.pool, programmeId, cycleIds);
  return nets.filter(({ partyId }) => sight === 'all' || partyId === sight);
}

/** A page of the lines behind a total the reader has been shown. */
export async function readLines(
  { database }: Book,
  principal: Principal,
  lines: Parameters<typeof loadLines>[2],
): Promise<StoredLine[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : loadLines(database.pool, programmeId, lines);
}
