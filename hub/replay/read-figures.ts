import type { GraphCaller } from '../client/graph';
import type { MatrixCell, MemberFigures, PartnerFigures } from './figures';

const BOOK = `query Book($cycleId: ID!) {
  settlementCycle(id: $cycleId) { netPositions { party { isHub partner { id } } net { amountMinor } } }
  pointFlows(cycleId: $cycleId) { issuer { id } redeemer { id } points value { amountMinor } }
  partnerTotals(cycleId: $cycleId) {
    partner { id } purchases distinctMembers amount { amountMinor } issued outstanding expired
  }
}`;
const MEMBERS = `query Members($after: String) {
  memberTotals(first: 100, after: $after) {
    nodes { memberId earned spent expired available }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface PartnerRef {
  readonly id: string;
}
interface MoneyText {
  readonly amountMinor: string;
}
interface Book {
  readonly settlementCycle: {
    readonly netPositions: readonly { party: { isHub: boolean; partner: PartnerRef | null }; net: MoneyText }[];
  };
  readonly pointFlows: readonly { issuer: PartnerRef; redeemer: PartnerRef; points: string; value: MoneyText }[];
  readonly partnerTotals: readonly {
    partner: PartnerRef;
    purchases: string | number;
    distinctMembers: string | number;
    amount: MoneyText;
    issued: string;
    outstanding: string;
    expired: string;
  }[];
}
interface MemberPage {
  readonly memberTotals: {
    readonly nodes: readonly { memberId: string; earned: string; spent: string; expired: string; available: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/**
 * Reads the closed cycle's figures by partner and the matrix of who owes whom.
 *
 * @param codeOf partner codes by the hub's ids
 */
export async function readBook(
  admin: GraphCaller,
  cycleId: string,
  codeOf: ReadonlyMap<string, string>,
): Promise<{ partners: PartnerFigures[]; matrix: MatrixCell[] }> {
  const book = await admin.ask<Book>(BOOK, { cycleId });
  const code = ({ id }: PartnerRef) => codeOf.get(id) ?? id;
  const matrix = book.pointFlows.map((flow) => ({
    issuer: code(flow.issuer),
    redeemer: code(flow.redeemer),
    points: BigInt(flow.points),
    valueMinor: BigInt(flow.value.amountMinor),
  }));
  const nets = new Map(
    book.settlementCycle.netPositions.flatMap(({ party, net }) =>
      party.partner === null ? [] : [[code(party.partner), BigInt(net.amountMinor)] as const],
    ),
  );
  const totals = new Map(book.partnerTotals.map((row) => [code(row.partner), row]));
  const partners = [...codeOf.values()].map((partner): PartnerFigures => {
    const row = totals.get(partner);
    const foreign = matrix.filter(({ issuer, redeemer }) => issuer !== redeemer);
    return {
      partner,
      purchases: BigInt(row?.purchases ?? 0),
      distinctMembers: BigInt(row?.distinctMembers ?? 0),
      amountMinor: BigInt(row?.amount.amountMinor ?? 0),
      issued: BigInt(row?.issued ?? 0),
      receives: sum(foreign.filter(({ redeemer }) => redeemer === partner).map(({ points }) => points)),
      owes: sum(foreign.filter(({ issuer }) => issuer === partner).map(({ points }) => points)),
      netMinor: nets.get(partner) ?? 0n,
      outstanding: BigInt(row?.outstanding ?? 0),
      expired: BigInt(row?.expired ?? 0),
    };
  });
  return { partners, matrix };
}

/**
 * Reads what every member earned, spent and holds.
 *
 * @param wanted members of the file by the hub's ids: one row each, zeros for those whose purchases earned nothing
 */
export async function readMembers(admin: GraphCaller, wanted: ReadonlyMap<string, string>): Promise<MemberFigures[]> {
  const found = new Map<string, MemberFigures>();
  for (let after: string | null = null; ;) {
    const { memberTotals }: MemberPage = await admin.ask<MemberPage>(MEMBERS, { after });
    for (const { memberId, earned, spent, expired, available } of memberTotals.nodes) {
      const name = wanted.get(memberId);
      if (name === undefined) continue;
      const figures = {
        earned: BigInt(earned),
        spent: BigInt(spent),
        expired: BigInt(expired),
        balance: BigInt(available),
      };
      found.set(name, { memberId: name, ...figures });
    }
    if (!memberTotals.pageInfo.hasNextPage) break;
    after = memberTotals.pageInfo.endCursor;
  }
  const nothing = { earned: 0n, spent: 0n, expired: 0n, balance: 0n };
  return [...wanted.values()].map((name) => found.get(name) ?? { memberId: name, ...nothing });
}

/** Adds up whole numbers. */
export function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, number) => total + number, 0n);
}
