import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { parseId, type ProgrammeId } from '../../../../kernel/values/id';
import { detailsForPapers, type PartyDetails } from '../../core/documents/party-details';
import { paymentsOf, type Payment } from '../../core/documents/payments';
import type { PaperCycle } from '../../core/documents/statement';
import { documentsOf, type DocumentFacts, type Sight } from '../../core/documents/document-list';
import type { InvoiceParty } from '../../core/documents/invoice';
import type { SettlementState } from '../../core/settlement/cycle';
import type { Party } from '../../core/settlement/directional-total';
import { partnerIn, type RuleBook } from '../../core/rule-book';
import { loadPartyDetails } from '../../data/documents/party-details.store';
import type { StoredTotal } from '../../data/settlement/total.store';
import type { Ledger } from '../ledger';
import { readCycles, readNets, readTotals, sightOf, type StoredNet } from '../settlement/read-cycles';

/** What papers need of the ledger. */
export type PaperLedger = Pick<Ledger, 'database' | 'book' | 'secrets'>;

/** Everything the papers of one cycle are made of, as far as one reader sees it. */
export interface Papers extends DocumentFacts {
  readonly programmeId: ProgrammeId;
  readonly sight: Sight;
  readonly book: RuleBook;
  readonly cycle: PaperCycle & { readonly state: SettlementState };
  readonly totals: readonly StoredTotal[];
  readonly payments: readonly Payment[];
  readonly partyOf: (party: Party) => InvoiceParty;
}

/** What the operator is called where partners have codes. */
const OPERATOR = 'HUB';

/**
 * Loads what the papers of a cycle are made of.
 *
 * @returns null for a cycle that is not cut off, not there, or not for this reader
 */
export async function loadPapers(ledger: PaperLedger, principal: Principal, cycle: string): Promise<Papers | null> {
  const [programmeId, sight, cycleId] = [programmeOf(principal), sightOf(principal), parseId('cyc', cycle)];
  if (programmeId === null || sight === null || cycleId === null) return null;
  const [found] = await readCycles(ledger, principal, [cycleId]);
  const book = await ledger.book(programmeId);
  if (found === undefined || book === null || found.cutOffAt === null) return null;
  const paperCycle = { ...found, cutOffAt: found.cutOffAt };
  const totals = await readTotals(ledger, principal, [cycleId]);
  const versions = await loadPartyDetails(ledger.database.pool, programmeId);
  const codeOf = codesIn(book);
  const detailsOf = detailsIn(versions, paperCycle.cutOffAt);
  const nets = await readNets(ledger, principal, [cycleId]);
  return {
    ...{ programmeId, sight, book, cycle: paperCycle, totals, codeOf, detailsOf },
    payments: paymentsToMake(book, found, nets),
    partyOf: (id) => ({
      ...{ id, code: codeOf(id), name: detailsOf(id)?.legalName ?? codeOf(id), details: detailsOf(id) },
    }),
  };
}

function codesIn(book: RuleBook): (party: Party) => string {
  return (party) => (party === null ? OPERATOR : (partnerIn(book, party)?.code ?? party));
}

/** The payments of a cycle's nets: what is paid now, in the currency each partner settles in. */
export function paymentsToMake(
  book: RuleBook,
  cycle: Pick<PaperCycle, 'number'>,
  nets: readonly Pick<StoredNet, 'partyId' | 'payAmountMinor' | 'payCurrency'>[],
): Payment[] {
  const toPay = nets.map(({ partyId, payAmountMinor, payCurrency }) => ({
    ...{ partyId, netMinor: payAmountMinor, currency: payCurrency },
  }));
  return paymentsOf(cycle, toPay, codesIn(book));
}

function detailsIn(versions: readonly PartyDetails[], cutOffAt: Date): (party: Party) => PartyDetails | null {
  const held = new Map<Party, PartyDetails | null>();
  return (party) => {
    if (!held.has(party)) {
      const own = versions.filter(({ partnerId }) => partnerId === party);
      held.set(party, detailsForPapers(own, cutOffAt));
    }
    return held.get(party) ?? null;
  };
}

/** The documents of a cycle that the reader of its papers sees. */
export const documentsIn = (papers: Papers) => documentsOf(papers, papers.sight);
