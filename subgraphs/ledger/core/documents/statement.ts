import type { PartnerId } from '../../../../kernel/values/id';
import type { Party } from '../settlement/directional-total';
import { taxCategoryOf, type TaxCategory } from './tax-category';

/** What papers say of the cycle they belong to. */
export interface PaperCycle {
  readonly id: string;
  readonly number: number;
  readonly currency: string;
  readonly opensAt: Date;
  readonly cutOffAt: Date;
  /** When the statements went to the partners. */
  readonly issuedAt: Date | null;
}

/** One directional total, as the close left it. */
export interface PaperTotal {
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  /** Without what is in suspense. */
  readonly exactMicros: bigint;
  /** Disputed: it waits and bills nothing. */
  readonly suspenseMicros: bigint;
  readonly carryInMicros: bigint;
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
}

/** The claims of one pair that are alike: one kind, agreed under one version of the contract. */
export interface ClaimGroup {
  readonly pair: number;
  readonly kind: string;
  readonly contractVersion: number;
  readonly claims: bigint;
  readonly points: bigint;
  readonly micros: bigint;
  /** Together the groups of a pair are what is billed. */
  readonly billedMinor: bigint;
}

export interface StatementGroup extends ClaimGroup {
  readonly taxCategory: TaxCategory;
}

/** What one party owes another on a statement: opening, groups, total, closing. */
export interface StatementPair extends PaperTotal {
  readonly groups: readonly StatementGroup[];
}

/** A party's statement of a cycle: what it owes each other party and what each owes it. */
export interface Statement {
  readonly cycle: PaperCycle;
  readonly party: Party;
  readonly pairs: readonly StatementPair[];
  readonly receivableMinor: bigint;
  readonly payableMinor: bigint;
  /** Receivable less payable: positive receives. */
  readonly netMinor: bigint;
  /** What is paid for it; null before the cycle is netted. */
  readonly payment: StatementPayment | null;
}

/** What a party pays or is paid in a cycle, with what it is made of besides its net. Below 0: it pays. */
export interface StatementPayment {
  readonly netMinor: bigint;
  /** Left unpaid by the cycle before. */
  readonly leftMinor: bigint;
  /** Paid in its place by its own deposit, because it leaves. */
  readonly fromDepositMinor: bigint;
  /** What it bears of payments that others did not make. */
  readonly lossShares: readonly { readonly partnerId: PartnerId; readonly borneMinor: bigint }[];
  /** Left for the next cycle. */
  readonly carryOutMinor: bigint;
  readonly payMinor: bigint;
  readonly payCurrency: string;
  readonly payAmountMinor: bigint;
}

/** One claim on a statement. */
export interface StatementClaim {
  readonly pair: number;
  readonly n: number;
  readonly kind: string;
  readonly contractVersion: number;
  readonly points: bigint;
  readonly micros: bigint;
  readonly billedMinor: bigint;
  /** Whether it waits in suspense and bills nothing. */
  readonly isDisputed: boolean;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** The member, as this statement's reader may know it. */
  readonly member: string;
  /** The member's journal transaction: the member's name here and its number. */
  readonly event: string;
}

/**
 * Draws up a party's statement. All documents and the graph show this one model.
 *
 * @param totals of the cycle, of all pairs or of this party's
 * @param groups of the cycle, in any order
 * @returns the party's pairs in the order of their numbers, each with its groups by kind and version
 */
export function statementOf(
  party: Party,
  facts: {
    readonly cycle: PaperCycle;
    readonly totals: readonly PaperTotal[];
    readonly groups: readonly ClaimGroup[];
    readonly payment?: StatementPayment | null;
  },
): Statement {
  const { cycle, totals, groups, payment = null } = facts;
  const pairs = totals
    .filter(({ debtorId, creditorId }) => debtorId === party || creditorId === party)
    .sort((a, b) => a.pair - b.pair)
    .map((total): StatementPair => ({ ...total, groups: groupsOf(total, groups) }));
  const sum = (mine: readonly StatementPair[]) => mine.reduce((all, { billedMinor }) => all + billedMinor, 0n);
  const receivableMinor = sum(pairs.filter(({ creditorId }) => creditorId === party));
  const payableMinor = sum(pairs.filter(({ debtorId }) => debtorId === party));
  const netMinor = receivableMinor - payableMinor;
  return { cycle, party, pairs, receivableMinor, payableMinor, netMinor, payment };
}

/** The groups of one total, by kind and then by version. */
export function groupsOf({ pair }: { pair: number }, groups: readonly ClaimGroup[]): StatementGroup[] {
  return groups
    .filter((group) => group.pair === pair)
    .sort((a, b) => (a.kind === b.kind ? a.contractVersion - b.contractVersion : a.kind < b.kind ? -1 : 1))
    .map((group) => ({ ...group, taxCategory: taxCategoryOf(group.kind) }));
}
