import type { Principal } from '../../../../kernel/context/principal';
import { parseId, type Id } from '../../../../kernel/values/id';
import { statementOf, type Statement, type StatementClaim } from '../../core/documents/statement';
import type { Party } from '../../core/settlement/directional-total';
import { loadPackagedNets } from '../../data/closing-package/closing-package.store';
import { loadClaimGroups, loadStatementClaims } from '../../data/documents/statement.store';
import { loadPapers, type PaperLedger, type Papers } from './load-papers';
import { nameOnPapersOf } from '../pseudonyms';

/**
 * A party's statement of a cycle: a partner's own; for the desk any partner's, and the operator's when none is named.
 *
 * @returns null before the totals are drawn up, and for whoever may not see it
 */
export async function readStatement(
  ledger: PaperLedger,
  principal: Principal,
  { cycleId, partnerId }: { cycleId: string; partnerId: string | null },
): Promise<Statement | null> {
  const papers = await loadPapers(ledger, principal, cycleId);
  if (papers === null || papers.totals.length === 0) return null;
  const named = partnerId === null ? null : parseId('ptr', partnerId);
  if (partnerId !== null && named === null) return null;
  const party = papers.sight === 'all' ? named : papers.sight;
  if (named !== null && named !== party) return null;
  return drawUp(ledger, papers, party);
}

/** Draws a statement up from the papers of its cycle. */
export async function drawUp(ledger: PaperLedger, papers: Papers, party: Party): Promise<Statement> {
  const { cycle, totals } = papers;
  const mine = totals.filter(({ debtorId, creditorId }) => debtorId === party || creditorId === party);
  const pairs = mine.map(({ pair }) => pair);
  const groups = await loadClaimGroups(ledger.database.pool, cycle.id, pairs);
  const nets = await loadPackagedNets(ledger.database.pool, papers.programmeId, cycle.id as Id<'cyc'>);
  const net = nets.find(({ partyId }) => partyId === party);
  const payment = net === undefined ? null : { ...net, ...net.carryInParts };
  return statementOf(party, { cycle, totals: mine, groups, payment });
}

/** The claims of a statement one by one, in the order of pair and number, members by their names on this party's papers. */
export async function readStatementClaims(
  { database, secrets }: PaperLedger,
  { cycle, party, pairs }: Statement,
  page: { after: { pair: number; n: number }; limit: number },
): Promise<StatementClaim[]> {
  const stored = await loadStatementClaims(database.pool, cycle.id, { pairs: pairs.map(({ pair }) => pair), ...page });
  return stored.map(({ wallet, seq, ...claim }) => {
    const member = nameOnPapersOf(secrets.identity, party, wallet);
    return { ...claim, member, event: `${member}-${seq}` };
  });
}

/** Before the first claim of all. */
export const FROM_THE_START = { pair: -1, n: 0 } as const;
