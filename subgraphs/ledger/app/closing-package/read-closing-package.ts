import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { parseId, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import {
  headText,
  lineRecord,
  netRecord,
  netSection,
  pairSection,
  sealOf,
  totalRecord,
  type PackagedTotal,
  type PackageRecord,
  type SectionSeal,
} from '../../core/closing-package/package-record';
import { SETTLEMENT_STATES, type SettlementCycle } from '../../core/settlement/cycle';
import type { RuleBook } from '../../core/rule-book';
import {
  findSignedHead,
  loadPackagedNets,
  loadPackagedTotals,
  saveSignedHead,
  type SignedHead,
} from '../../data/closing-package/closing-package.store';
import { loadLineDetails } from '../../data/closing-package/line-detail.store';
import { findCycles } from '../../data/settlement/cycle.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { sightOf } from '../settlement/read-cycles';
import { nameInPairOf } from '../pseudonyms';
import { signingKeyOf } from './signing-key';

export type { PackageRecord, SignedHead };

/** A cycle whose package a caller may have, and which sections of it: all, or those of one partner. */
export interface PackageReader {
  readonly programmeId: ProgrammeId;
  readonly cycle: SettlementCycle;
  readonly book: RuleBook;
  readonly sight: 'all' | PartnerId;
}

/**
 * Opens the package of a cycle: for admins and finance whole, for a partner the sections it is a party of.
 *
 * @returns null before the cycle's nets are known, and to those who have no part in it
 */
export async function openPackage(ledger: Ledger, principal: Principal, cycle: string): Promise<PackageReader | null> {
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  const cycleId = parseId('cyc', cycle);
  if (programmeId === null || sight === null || cycleId === null) return null;
  const book = await currentBook(ledger, programmeId);
  const [found] = await findCycles(ledger.database.pool, programmeId, [cycleId]);
  if (isRefusal(book) || found === undefined) return null;
  if (SETTLEMENT_STATES.indexOf(found.state) < SETTLEMENT_STATES.indexOf('NETTED')) return null;
  return { programmeId, cycle: found, book, sight };
}

/** The signed head of a package: made at the first ask and kept, the same for everybody. */
export async function readSignedHead(ledger: Ledger, reader: PackageReader): Promise<SignedHead> {
  const { programmeId, cycle } = reader;
  const { pool } = ledger.database;
  const cycleId = cycle.id as Id<'cyc'>;
  const kept = await findSignedHead(pool, programmeId, cycleId);
  if (kept !== null) return kept;
  await saveSignedHead(pool, cycleId, await signPackage(ledger, reader));
  return (await findSignedHead(pool, programmeId, cycleId))!;
}

/** Makes a package from the journal: the same from the same journal, whenever it is asked. */
export async function signPackage(ledger: Ledger, reader: PackageReader): Promise<SignedHead> {
  const { programmeId, cycle, book } = reader;
  const key = signingKeyOf(ledger.secrets);
  const head = headText({
    ...{ programmeId, cycleId: cycle.id, number: cycle.number, currency: cycle.currency },
    microsPerMinor: microsPerMinor(cycle.currency as CurrencyCode),
    ...{ opensAt: cycle.opensAt, cutOffAt: cycle.cutOffAt },
    partners: book.partners.map(({ id, code }) => ({ id, code })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    sections: await sealAll(ledger, reader),
  });
  return { head, signature: key.sign(head), keyId: key.id, publicKey: key.publicKey };
}

const RECORDS_AT_ONCE = 2_000;

async function sealAll(ledger: Ledger, reader: PackageReader): Promise<SectionSeal[]> {
  const { pool } = ledger.database;
  const { programmeId, cycle } = reader;
  const seals: SectionSeal[] = [];
  for (const total of await loadPackagedTotals(pool, programmeId, cycle.id as Id<'cyc'>)) {
    const hashes: string[] = [];
    for (let page: PackageRecord[] = [], from = 0; from === 0 || page.length === RECORDS_AT_ONCE; from += page.length) {
      page = await pairRecords(ledger, reader, { total, from, limit: RECORDS_AT_ONCE });
      hashes.push(...page.map(({ hash }) => hash));
    }
    seals.push(sealOf(pairSection(total), hashes));
  }
  for (const net of await loadPackagedNets(pool, programmeId, cycle.id as Id<'cyc'>))
    seals.push(sealOf(netSection(net.partyId), [netRecord(net).hash]));
  return seals;
}

/** Records of a pair from one of its places on: its total first, then its lines in their order. */
async function pairRecords(
  ledger: Ledger,
  { programmeId, cycle, book }: PackageReader,
  { total, from, limit }: { total: PackagedTotal; from: number; limit: number },
): Promise<PackageRecord[]> {
  const first = from === 0 ? [totalRecord(total, book.contracts)] : [];
  const lines = await loadLineDetails(ledger.database.pool, programmeId, {
    ...{ cycleId: cycle.id, pair: total.pair, afterN: Math.max(0, from - 1), limit: limit - first.length },
  });
  const pseudonym = (wallet: string) => nameInPairOf(ledger.secrets, pairSection(total), wallet);
  return [
    ...first,
    ...lines.map((line) => lineRecord(line, { pseudonym: pseudonym(line.wallet), contracts: book.contracts })),
  ];
}

/** A page of a section's records; none of a section the caller has no part in. */
export async function readPackageRecords(
  ledger: Ledger,
  reader: PackageReader,
  page: { section: string; from: number; limit: number },
): Promise<PackageRecord[]> {
  const { programmeId, cycle, sight } = reader;
  const { section, from, limit } = page;
  const { pool } = ledger.database;
  const cycleId = cycle.id as Id<'cyc'>;
  const isShown = (...parties: (string | null)[]) => sight === 'all' || parties.includes(sight);
  const nets = await loadPackagedNets(pool, programmeId, cycleId);
  const net = nets.find(({ partyId }) => netSection(partyId) === section && isShown(partyId));
  if (net !== undefined) return from === 0 ? [netRecord(net)] : [];
  const totals = await loadPackagedTotals(pool, programmeId, cycleId);
  const total = totals.find((one) => pairSection(one) === section && isShown(one.debtorId, one.creditorId));
  return total === undefined ? [] : pairRecords(ledger, reader, { total, from, limit });
}

/** Sections of a package that a caller is shown, in the head's order. */
export function shownSections({ head }: SignedHead, { sight }: PackageReader): string[] {
  const { sections } = JSON.parse(head) as { sections: readonly SectionSeal[] };
  const names = sections.map(({ section }) => section);
  return sight === 'all' ? names : names.filter((name) => name.split(/[> ]/).includes(sight));
}
