import type { HubAccount } from '../core/money/claim';
import type { Party } from '../core/points/lot';
import type { PostingPlan } from '../core/points/posting';

/** Micro-units by name. */
export type Micros = Map<string, bigint>;

/** What a party is called in a test; the operator is H. */
export type NameOf = (party: Party) => string;

/** What each debtor owes each creditor over all plans, as `A>B`; pairs that owe nothing are left out. */
export function owedByPair(plans: readonly PostingPlan[], nameOf: NameOf): Micros {
  const sums = new MoneySums(nameOf);
  for (const plan of plans) sums.add(plan);
  return sums.pairs();
}

/**
 * The operator's money book over all plans: credits less debits of each account; accounts at zero are left out. It sums to
 * zero because every claim and every entry has two ends.
 */
export function moneyBook(plans: readonly PostingPlan[], nameOf: NameOf): Micros {
  const sums = new MoneySums(nameOf);
  for (const plan of plans) sums.add(plan);
  return sums.accounts();
}

/** Both, added up plan by plan. */
export class MoneySums {
  private readonly owed: Micros = new Map();
  private readonly book: Micros = new Map();

  constructor(private readonly nameOf: NameOf) {}

  pairs(): Micros {
    return withoutZeros(this.owed);
  }

  accounts(): Micros {
    return withoutZeros(this.book);
  }

  add({ claims, money }: PostingPlan): void {
    for (const { debtorId, creditorId, micros, hubAccount } of claims) {
      add(this.owed, `${this.nameOf(debtorId)}>${this.nameOf(creditorId)}`, micros);
      add(this.book, this.end(debtorId, hubAccount), -micros);
      add(this.book, this.end(creditorId, hubAccount), micros);
    }
    for (const { debit, credit, micros } of money) {
      add(this.book, this.account(debit), -micros);
      add(this.book, this.account(credit), micros);
    }
  }

  private account({ kind, owner }: HubAccount): string {
    return owner === null ? kind : `${kind}:${this.nameOf(owner)}`;
  }

  private end(party: Party, hub: HubAccount | null): string {
    return party !== null || hub === null ? `CLEARING:${this.nameOf(party)}` : this.account(hub);
  }
}

function add(book: Micros, name: string, micros: bigint): void {
  book.set(name, (book.get(name) ?? 0n) + micros);
}

function withoutZeros(book: Micros): Micros {
  return new Map([...book].filter(([, micros]) => micros !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}
