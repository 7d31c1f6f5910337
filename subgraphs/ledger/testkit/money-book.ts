import type { HubAccount } from '../core/money/claim';
import type { Party } from '../core/points/lot';
import type { PostingPlan } from '../core/points/posting';

/** Micro-units by name. */
export type Micros = Map<string, bigint>;

/** What a party is called in a test; the operator is H. */
export type NameOf = (party: Party) => string;

/** What each debtor owes each creditor over all plans, as `A>B`; pairs that owe nothing are left out. */
export function owedByPair(plans: readonly PostingPlan[], nameOf: NameOf): Micros {
  const owed: Micros = new Map();
  for (const { claims } of plans) {
    for (const { debtorId, creditorId, micros } of claims)
      add(owed, `${nameOf(debtorId)}>${nameOf(creditorId)}`, micros);
  }
  return withoutZeros(owed);
}

/**
 * The operator's money book over all plans: credits less debits of each account; accounts at zero are left out. It sums to
 * zero because every claim and every entry has two ends.
 */
export function moneyBook(plans: readonly PostingPlan[], nameOf: NameOf): Micros {
  const book: Micros = new Map();
  const account = ({ kind, owner }: HubAccount) => (owner === null ? kind : `${kind}:${nameOf(owner)}`);
  const end = (party: Party, hub: HubAccount | null) =>
    party !== null || hub === null ? `CLEARING:${nameOf(party)}` : account(hub);
  for (const { claims, money } of plans) {
    for (const { debtorId, creditorId, micros, hubAccount } of claims) {
      add(book, end(debtorId, hubAccount), -micros);
      add(book, end(creditorId, hubAccount), micros);
    }
    for (const { debit, credit, micros } of money) {
      add(book, account(debit), -micros);
      add(book, account(credit), micros);
    }
  }
  return withoutZeros(book);
}

function add(book: Micros, name: string, micros: bigint): void {
  book.set(name, (book.get(name) ?? 0n) + micros);
}

function withoutZeros(book: Micros): Micros {
  return new Map([...book].filter(([, micros]) => micros !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}
