import { canonicalJson, digest } from '../../../../kernel/values/canonical';
import type { Contract } from '../rule-book';
import type { PartnerId } from '../../../../kernel/values/id';
import type { Party } from '../points/lot';
import type { LineDetail } from './line-detail';

/** A total as the package tells it. */
export interface PackagedTotal {
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly exactMicros: bigint;
  readonly suspenseMicros: bigint;
  readonly carryInMicros: bigint;
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
}

/** A net position as the package tells it, with the rate it was converted by. */
export interface PackagedNet {
  readonly partyId: Party;
  readonly netMinor: bigint;
  readonly carryInMinor: bigint;
  readonly carryOutMinor: bigint;
  readonly payMinor: bigint;
  readonly payCurrency: string;
  readonly payAmountMinor: bigint;
  readonly rate: string | null;
  readonly rateSource: string | null;
  readonly rateId: string | null;
  readonly fxDifferenceMicros: bigint;
  readonly carryInParts: CarryInParts;
}

/** What `carryInMinor` is made of: what the cycle before left, and what its deposit pays, less what it bears of others' defaults. */
export interface CarryInParts {
  readonly leftMinor: bigint;
  readonly fromDepositMinor: bigint;
  readonly lossShares: readonly {
    readonly defaultId: string;
    readonly partnerId: PartnerId;
    readonly borneMinor: bigint;
  }[];
}

/** How the package calls a party: the operator is `hub`. */
export const partyName = (party: Party): string => party ?? 'hub';
export const pairSection = (one: { debtorId: Party; creditorId: Party }): string =>
  `${partyName(one.debtorId)}>${partyName(one.creditorId)}`;
export const netSection = (party: Party): string => `net ${partyName(party)}`;

/** One record of a package: canonical text, and the hash of it. */
export interface PackageRecord {
  readonly section: string;
  readonly text: string;
  readonly hash: string;
}

function recordOf(section: string, content: object): PackageRecord {
  const text = canonicalJson(content);
  return { section, text, hash: digest(text) };
}

/** What one pair is billed, and the prices its lines were reckoned with. */
export function totalRecord(total: PackagedTotal, contracts: readonly Contract[]): PackageRecord {
  const { debtorId, creditorId, pair: _pair, ...figures } = total;
  const parties = new Set<Party>([debtorId, creditorId]);
  const prices = contracts
    .filter(({ partnerId }) => parties.has(partnerId))
    .map(({ partnerId, version, validFrom, reimbursementMicros }) => ({
      ...{ partner: partnerId, version, validFrom, reimbursementMicros },
    }))
    .sort((a, b) => (a.partner === b.partner ? a.version - b.version : a.partner < b.partner ? -1 : 1));
  return recordOf(pairSection(total), {
    ...{ record: 'total', debtor: partyName(debtorId), creditor: partyName(creditorId), ...figures, prices },
  });
}

/**
 * One line with all that it follows from.
 *
 * @param pseudonym of the member, the same within a pair and for both its parties, and another in every other pair
 */
export function lineRecord(
  line: LineDetail,
  { pseudonym, contracts }: { pseudonym: string; contracts: readonly Contract[] },
): PackageRecord {
  const { terms, spent } = line;
  return recordOf(pairSection(line), {
    ...{ record: 'line', n: line.n, kind: line.kind, micros: line.micros, billedMinor: line.billedMinor },
    ...{ isDisputed: line.isDisputed, outcomeOf: line.outcomeOf, points: line.points, spent },
    ...{ redeemer: line.redeemerId, contractVersion: line.contractVersion, perPointMicros: spentAt(line, contracts) },
    event: {
      ...{ member: pseudonym, version: line.seq, kind: line.eventKind },
      ...{ occurredAt: line.occurredAt, recordedAt: line.recordedAt },
    },
    lot: {
      ...{ number: line.lotSeq, issuer: partyName(line.issuerId) },
      ...terms,
      funding: terms.funding.map(({ partyId, bps }) => ({ party: partyName(partyId), bps })),
    },
  });
}

/** What a redeemer was paid for a point; null where nothing was spent at a partner. */
function spentAt({ redeemerId, contractVersion }: LineDetail, contracts: readonly Contract[]): bigint | null {
  if (redeemerId === null) return null;
  const agreed = contracts.find((one) => one.partnerId === redeemerId && one.version === contractVersion);
  return agreed?.reimbursementMicros ?? null;
}

/** What one party pays or is paid; with the parts of what it pays besides its net, where that is more than what was left. */
export function netRecord({ partyId, carryInParts, ...net }: PackagedNet): PackageRecord {
  const { leftMinor, fromDepositMinor, lossShares } = carryInParts;
  const shares = lossShares.map(({ defaultId, partnerId, borneMinor }) => ({
    ...{ default: defaultId, partner: partnerId, borneMinor },
  }));
  const isLeftOnly = fromDepositMinor === 0n && shares.length === 0;
  const parts = isLeftOnly ? {} : { carryInParts: { leftMinor, fromDepositMinor, shares } };
  return recordOf(netSection(partyId), { record: 'net', party: partyName(partyId), ...net, ...parts });
}

/** One section as the head names it: how many records, and the hash of their hashes in order. */
export interface SectionSeal {
  readonly section: string;
  readonly records: number;
  readonly hash: string;
}

/** Seals a section. */
export function sealOf(section: string, hashes: readonly string[]): SectionSeal {
  return { section, records: hashes.length, hash: digest(hashes.join('')) };
}

/** What a package is about, and the seals of its sections: the text that is signed. */
export interface PackageHead {
  readonly programmeId: string;
  readonly cycleId: string;
  readonly number: number;
  readonly currency: string;
  readonly microsPerMinor: bigint;
  readonly opensAt: Date;
  readonly cutOffAt: Date | null;
  readonly partners: readonly { readonly id: string; readonly code: string }[];
  readonly sections: readonly SectionSeal[];
}

export function headText(head: PackageHead): string {
  const { programmeId, cycleId, ...rest } = head;
  return canonicalJson({ closingPackage: 1, programme: programmeId, cycle: cycleId, ...rest });
}
