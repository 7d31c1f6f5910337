import type { ClosedBook } from './close-book';
import type { RefusedEvent } from './post-book';
import type { GraphCaller } from '../client/graph';

interface PartyRef {
  readonly isHub: boolean;
  readonly partner: { readonly id: string } | null;
}
interface MoneyText {
  readonly amountMinor: string;
}
interface MemberRef {
  readonly id: string;
}

/** What the hub's books show of a settled programme, as the graph answers it. */
export interface SettledBooks {
  readonly totals: readonly {
    readonly debtor: PartyRef;
    readonly creditor: PartyRef;
    readonly exactMicros: string;
    readonly carryInMicros: string;
    readonly carryMicros: string;
    readonly billed: MoneyText;
  }[];
  readonly nets: readonly {
    readonly party: PartyRef;
    readonly net: MoneyText;
    readonly payment: MoneyText & { readonly currency: string };
    readonly rate: string | null;
    readonly fxDifferenceMicros: string;
  }[];
  /** Disputes that were refused. */
  readonly refused: readonly RefusedEvent[];
  readonly lines: readonly {
    readonly debtor: PartyRef;
    readonly creditor: PartyRef;
    readonly line: {
      readonly id: string;
      readonly kind: string;
      readonly micros: string;
      readonly billed: MoneyText;
      readonly eventId: string;
      readonly lotId: string | null;
      readonly isDisputed: boolean;
    };
  }[];
  readonly journal: readonly {
    readonly id: string;
    readonly member: MemberRef;
    readonly version: string;
    readonly kind: string;
    readonly causeId: string | null;
    readonly recordedAt: string;
  }[];
  readonly lots: readonly {
    readonly id: string;
    readonly member: MemberRef;
    readonly issuer: PartyRef;
    readonly parentId: string | null;
    readonly madeById: string;
    readonly pending: string;
    readonly available: string;
    readonly held: string;
  }[];
  readonly members: readonly {
    readonly member: MemberRef;
    readonly available: string;
    readonly pending: string;
    readonly held: string;
    readonly owed: readonly { readonly creditor: PartyRef; readonly points: string }[];
  }[];
  readonly accounts: readonly {
    readonly book: 'POINTS' | 'MONEY';
    readonly kind: string;
    readonly party: PartyRef;
    /** Set where an account is kept for a pair. */
    readonly counterparty: PartyRef | null;
    readonly balance: string;
  }[];
}

const PARTY = '{ isHub partner { id } }';
const CYCLE = `query Cycle($cycleId: ID!) {
  settlementCycle(id: $cycleId) {
    directionalTotals { debtor ${PARTY} creditor ${PARTY} exactMicros carryInMicros carryMicros billed { amountMinor } }
    netPositions { party ${PARTY} net { amountMinor } payment { amountMinor currency } rate fxDifferenceMicros }
  }
  partyAccounts { book kind party ${PARTY} counterparty ${PARTY} balance }
}`;
const LISTS = {
  journal: 'id member { id } version kind causeId recordedAt',
  lotBook: `id member { id } issuer ${PARTY} parentId madeById pending available held`,
  memberAccounts: `member { id } available pending held owed { creditor ${PARTY} points }`,
} as const;
const LINE = `debtor ${PARTY} creditor ${PARTY} line { id kind micros billed { amountMinor } eventId lotId isDisputed }`;

/** Reads all that a settled book is told by. */
export async function readSettledBooks(
  admin: GraphCaller,
  { cycleId, refused }: ClosedBook,
  made: MadeOfBook,
): Promise<SettledBooks> {
  const { settlementCycle, partyAccounts } = await admin.ask<{
    settlementCycle: { directionalTotals: SettledBooks['totals']; netPositions: SettledBooks['nets'] };
    partyAccounts: SettledBooks['accounts'];
  }>(CYCLE, { cycleId });
  return {
    totals: settlementCycle.directionalTotals,
    nets: settlementCycle.netPositions,
    accounts: partyAccounts,
    lines: await readLines(admin, cycleId),
    refused,
    ...made,
    members: await readList(admin, { field: 'memberAccounts', nodes: LISTS.memberAccounts }),
  };
}

/** What events made, before anything is said of who owes what. */
export type MadeOfBook = Pick<SettledBooks, 'journal' | 'lots'>;

/** Reads the journal and the lots. */
export async function readMade(admin: GraphCaller): Promise<MadeOfBook> {
  return {
    journal: await readList(admin, { field: 'journal', nodes: LISTS.journal }),
    lots: await readList(admin, { field: 'lotBook', nodes: LISTS.lotBook }),
  };
}

/** Every line of a cycle's statements. */
export function readLines(admin: GraphCaller, cycleId: string): Promise<SettledBooks['lines'][number][]> {
  return readList(admin, { field: 'cycleLines', nodes: LINE, cycleId });
}

interface Page<Node> {
  readonly list: {
    readonly nodes: readonly Node[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

async function readList<Node>(
  admin: GraphCaller,
  { field, nodes, cycleId }: { field: string; nodes: string; cycleId?: string },
): Promise<Node[]> {
  const [declared, given] = cycleId === undefined ? ['', ''] : [', $cycleId: ID!', ', cycleId: $cycleId'];
  const query = `query List($after: String${declared}) {
    list: ${field}(first: 100, after: $after${given}) { nodes { ${nodes} } pageInfo { hasNextPage endCursor } } }`;
  const found: Node[] = [];
  for (let after: string | null = null; ;) {
    const { list }: Page<Node> = await admin.ask<Page<Node>>(query, { after, ...(cycleId && { cycleId }) });
    found.push(...list.nodes);
    if (!list.pageInfo.hasNextPage) return found;
    after = list.pageInfo.endCursor;
  }
}
