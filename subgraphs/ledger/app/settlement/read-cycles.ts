import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Id, PartnerId } from '../../../../kernel/values/id';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { pairSection } from '../../core/closing-package/package-record';
import { parseLineId } from '../../core/settlement/line-id';
import { findCycles, listCycles } from '../../data/settlement/cycle.store';
import type { Dispute } from '../../core/settlement/dispute';
import type { LockedRate } from '../../core/settlement/conversion';
import { loadRates } from '../../data/settlement/cycle-terms.store';
import { findDisputes } from '../../data/settlement/dispute.store';
import { loadNets, type StoredNet } from '../../data/settlement/net.store';
import { loadLines, loadTotals, type StoredLine, type StoredTotal } from '../../data/settlement/total.store';
import type { Ledger } from '../ledger';
import { nameInPairOf } from '../pseudonyms';
import { ANSWER_STATEMENTS } from './partner-of';

export type { StoredLine, StoredNet, StoredTotal };

type Book = Pick<Ledger, 'database'>;

/** Whoever may answer a statement may read it. */
const READING: ReadonlySet<string> = new Set(['statements:read', ANSWER_STATEMENTS]);

/** Whose figures a reader sees: everybody's, one partner's, or nobody's. */
export function sightOf(principal: Principal): 'all' | PartnerId | null {
  switch (principal.kind) {
    case 'admin':
    case 'finance':
      return 'all';
    case 'staff':
      return principal.partnerId;
    case 'partner':
      return principal.scopes.some((scope) => READING.has(scope)) ? principal.partnerId : null;
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

/** A page of the lines behind a total the reader has been shown; to a partner each member is there under a name of the pair. */
export async function readLines(
  { database, secrets }: Book & Pick<Ledger, 'secrets'>,
  principal: Principal,
  lines: Parameters<typeof loadLines>[2],
): Promise<StoredLine[]> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return [];
  const loaded = await loadLines(database.pool, programmeId, lines);
  if (sightOf(principal) === 'all') return loaded;
  // A partner must not learn who another partner's customers are: within a pair a member has a name of its own.
  const section = pairSection(lines.total);
  return loaded.map((line) => ({ ...line, wallet: nameInPairOf(secrets, section, line.wallet) }));
}

/** Disputes of cycles: a partner's own, of lines it owes or is owed, or all of them. */
export async function readDisputes(
  { database }: Book,
  principal: Principal,
  of: Parameters<typeof findDisputes>[2],
): Promise<Dispute[]> {
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  if (programmeId === null || sight === null) return [];
  const disputes = await findDisputes(database.pool, programmeId, of);
  return disputes.filter((one) => sight === 'all' || one.debtorId === sight || one.creditorId === sight);
}

/** Rates locked for cycles the reader has been shown: a partner's own, or all of them. */
export async function readRates(
  { database }: Book,
  principal: Principal,
  cycleIds: readonly string[],
): Promise<(LockedRate & { cycleId: string })[]> {
  const sight = sightOf(principal);
  if (sight === null) return [];
  const rates = await loadRates(database.pool, cycleIds);
  return rates.flatMap((rate) => {
    const partnerIds = rate.partnerIds.filter((id) => sight === 'all' || id === sight);
    return partnerIds.length === 0 ? [] : [{ ...rate, partnerIds }];
  });
}

/** One line by its id, of a cycle the reader has been shown. */
export async function readLine(
  { database, secrets }: Book & Pick<Ledger, 'secrets'>,
  principal: Principal,
  id: string,
): Promise<StoredLine | null> {
  const place = parseLineId(id);
  if (place === null) return null;
  const totals = await readTotals({ database }, principal, [place.cycleId]);
  const total = totals.find(({ pair }) => pair === place.pair);
  if (total === undefined) return null;
  const [line] = await readLines({ database, secrets }, principal, { total, afterN: place.n - 1, limit: 1 });
  return line?.n === place.n ? line : null;
}
