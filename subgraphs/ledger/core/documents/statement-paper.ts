import { dayOf } from '../../../../kernel/values/instant';
import type { Party } from '../settlement/directional-total';
import { count, decimalOf, decimalOfMicros, figure, words, type Cell, type Paper, type PaperTable } from './paper';
import type { Statement, StatementClaim, StatementPair, StatementPayment } from './statement';
import { taxCategoryOf } from './tax-category';

/** How papers name a party. */
export type NameOf = (party: Party) => string;

/** What every paper of a programme needs besides its own figures. */
export interface PaperSetting {
  readonly nameOf: NameOf;
  readonly timeZone: string;
}

/** The most claims a file lists one by one; what lies beyond is read page by page in the graph. */
export const CLAIMS_MAX = 10_000;

/**
 * A statement as a paper: what each pair opens with, owes by kind and carries on; once netted, what is paid for it and why; then
 * claim by claim.
 *
 * @param claims in the order of pair and number, at most CLAIMS_MAX of them; null for print, which lists none
 */
export function statementPaper(
  statement: Statement,
  claims: readonly StatementClaim[] | null,
  { nameOf, timeZone }: PaperSetting,
): Paper {
  const { cycle, party, pairs } = statement;
  const money = (minor: bigint): Cell => figure(decimalOf(minor, cycle.currency));
  const exact = (micros: bigint): Cell => figure(decimalOfMicros(micros));
  const ends = ({ debtorId, creditorId }: StatementPair): Cell[] => [
    words(nameOf(debtorId)),
    words(nameOf(creditorId)),
  ];
  const byPair = new Map(pairs.map((pair) => [pair.pair, pair]));
  const all = pairs.flatMap(({ groups }) => groups).reduce((sum, group) => sum + group.claims, 0n);
  return {
    title: `Statement of cycle ${cycle.number}`,
    facts: [
      ['Party', words(nameOf(party))],
      ['From', words(dayOf(cycle.opensAt, timeZone))],
      ['Cut off', words(cycle.cutOffAt.toISOString())],
      ['Currency', words(cycle.currency)],
      ['Receivable', money(statement.receivableMinor)],
      ['Payable', money(statement.payableMinor)],
      ['Net', money(statement.netMinor)],
    ],
    tables: [
      {
        name: 'Totals',
        columns: ['Debtor', 'Creditor', 'Opening', 'Exact', 'In suspense', 'Billed', 'Carried on'],
        rows: pairs.map((pair) => [
          ...ends(pair),
          ...[exact(pair.carryInMicros), exact(pair.exactMicros), exact(pair.suspenseMicros)],
          ...[money(pair.billedMinor), exact(pair.carryMicros)],
        ]),
      },
      {
        name: 'By kind',
        columns: ['Debtor', 'Creditor', 'Kind', 'Price version', 'Tax', 'Claims', 'Points', 'Exact', 'Billed'],
        rows: pairs.flatMap((pair) =>
          pair.groups.map((group) => [
            ...ends(pair),
            ...[words(group.kind), count(group.contractVersion), words(group.taxCategory), count(group.claims)],
            ...[count(group.points), exact(group.micros), money(group.billedMinor)],
          ]),
        ),
      },
      ...(statement.payment === null ? [] : [paymentTable(statement.payment, cycle.currency, nameOf)]),
      ...(claims === null ? [] : [claimTable(claims, { ends, exact, money, byPair })]),
    ],
    notes: [
      'Opening and carry are what rounding left; amounts are billed once a cycle, rounded half to even.',
      ...(claims === null ? ['The single claims are in the CSV and XLSX of this statement.'] : []),
      ...(claims !== null && all > BigInt(claims.length)
        ? [`${claims.length} of ${all} claims are listed; read on in the graph.`]
        : []),
    ],
    madeAt: cycle.cutOffAt,
  };
}

/** From the net to what is paid: each part that is there by itself, below 0 what the party pays. */
function paymentTable(payment: StatementPayment, currency: string, nameOf: NameOf): PaperTable {
  const parts: [string, bigint][] = [
    ['Left by the cycle before', payment.leftMinor],
    ['Paid by the deposit', payment.fromDepositMinor],
    ...payment.lossShares.map(({ partnerId, borneMinor }): [string, bigint] => [
      `Share of what ${nameOf(partnerId)} did not pay`,
      -borneMinor,
    ]),
    ['Left for the next cycle', -payment.carryOutMinor],
  ];
  const row = (what: string, minor: bigint, of: string) => [words(what), words(of), figure(decimalOf(minor, of))];
  return {
    name: 'Payment',
    columns: ['What', 'Currency', 'Amount'],
    rows: [
      row('Net', payment.netMinor, currency),
      ...parts.filter(([, minor]) => minor !== 0n).map(([what, minor]) => row(what, minor, currency)),
      row('Payment', payment.payMinor, currency),
      ...(payment.payCurrency === currency
        ? []
        : [row('Payment, converted', payment.payAmountMinor, payment.payCurrency)]),
    ],
  };
}

/** Every claim by itself, for files that programs read. */
function claimTable(
  claims: readonly StatementClaim[],
  at: {
    readonly ends: (pair: StatementPair) => Cell[];
    readonly exact: (micros: bigint) => Cell;
    readonly money: (minor: bigint) => Cell;
    readonly byPair: ReadonlyMap<number, StatementPair>;
  },
): PaperTable {
  const { ends, exact, money, byPair } = at;
  return {
    name: 'Claims',
    columns: [
      ...['Debtor', 'Creditor', 'No.', 'Kind', 'Price version', 'Tax', 'Points', 'Exact', 'Billed'],
      ...['Disputed', 'Happened', 'Recorded', 'Member', 'Event'],
    ],
    rows: claims.map((claim) => [
      ...ends(byPair.get(claim.pair)!),
      ...[count(claim.n), words(claim.kind), count(claim.contractVersion), words(taxCategoryOf(claim.kind))],
      ...[count(claim.points), exact(claim.micros), money(claim.billedMinor)],
      words(claim.isDisputed ? 'yes' : ''),
      ...[words(claim.occurredAt.toISOString()), words(claim.recordedAt.toISOString())],
      ...[words(claim.member), words(claim.event)],
    ]),
  };
}
