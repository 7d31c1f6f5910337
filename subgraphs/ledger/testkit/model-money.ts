import { type ModelParty, type Terms } from './model-types';

/** Claims by pair and the operator's accounts, added up. */
export class Sums {
  private readonly pairs = new Map<string, number>();
  private readonly accounts = new Map<string, number>();

  /** @param account the operator's, where the operator is one of the two */
  owe(debtor: ModelParty, creditor: ModelParty, { micros, account }: { micros: number; account: string }): void {
    if (debtor === creditor && debtor === 'H') return this.move(account, 'GOODWILL_EXPENSE', micros);
    if (debtor === creditor) return;
    add(this.pairs, `${debtor}>${creditor}`, micros);
    this.move(
      debtor === 'H' ? account : `CLEARING:${debtor}`,
      creditor === 'H' ? account : `CLEARING:${creditor}`,
      micros,
    );
  }

  move(from: string, to: string, micros: number): void {
    add(this.accounts, from, -micros);
    add(this.accounts, to, micros);
  }

  withoutZeros(which: 'pairs' | 'accounts'): Map<string, number> {
    return new Map([...this[which]].filter(([, micros]) => micros !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function add(sums: Map<string, number>, name: string, micros: number): void {
  sums.set(name, (sums.get(name) ?? 0) + micros);
}

/** Whole parts of a whole by largest remainder; the first of equals gets the unit. */
export function split(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (whole * weight) / total);
  const parts = exact.map(Math.floor);
  let left = whole - parts.reduce((sum, part) => sum + part, 0);
  const rest = weights.map((weight, n) => whole * weight - (parts[n] ?? 0) * total);
  while (left > 0) {
    const largest = rest.indexOf(Math.max(...rest));
    parts[largest] = (parts[largest] ?? 0) + 1;
    rest[largest] = -1;
    left -= 1;
  }
  return parts;
}

export const prefund = ({ R, h }: Terms, points: number): number => split(R * points, [h, 10_000 - h])[0]!;

export function spending(
  sums: Sums,
  terms: Terms,
  { points: k, by, r }: { points: number; by: ModelParty; r: number },
): void {
  const { issuer, I, R, h, shares } = terms;
  if (terms.model === 'AT_REDEMPTION') {
    const parts = split(
      r * k,
      shares.map(({ bps }) => bps),
    );
    shares.forEach(({ who }, n) => who !== by && sums.owe(who, by, { micros: parts[n]!, account: 'GOODWILL_EXPENSE' }));
  } else if (terms.model === 'AT_ISSUANCE') {
    sums.owe('H', by, { micros: r * k, account: `POINT_FUND:${issuer}` });
    sums.move(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', (I - R) * k);
    sums.move(`POINT_FUND:${issuer}`, 'MARGIN_INCOME', (R - r) * k);
  } else {
    const account = `PREFUND:${issuer}`;
    const [paid = 0, rest = 0] = split(r * k, [h, 10_000 - h]);
    sums.owe('H', by, { micros: paid, account });
    sums.owe(issuer, by, { micros: rest, account: 'GOODWILL_EXPENSE' });
    sums.owe(issuer, 'H', { micros: paid - prefund(terms, k), account });
  }
}

export function fee(sums: Sums, { f, shares }: Terms, { points, sign }: { points: number; sign: number }): void {
  const parts = split(
    f * points,
    shares.map(({ bps }) => bps),
  );
  shares.forEach(
    ({ who }, n) => who !== 'H' && sums.owe(who, 'H', { micros: sign * parts[n]!, account: 'PROGRAMME_FEES' }),
  );
}

export function funding(sums: Sums, terms: Terms, { points, sign }: { points: number; sign: number }): void {
  const { issuer, I, R } = terms;
  if (terms.model === 'HYBRID') {
    sums.owe(issuer, 'H', { micros: sign * prefund(terms, points), account: `PREFUND:${issuer}` });
  }
  if (terms.model !== 'AT_ISSUANCE') return;
  sums.owe(issuer, 'H', { micros: sign * I * points, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, `DEFERRED_MARGIN:${issuer}`, sign * (I - R) * points);
}

export function releasing(sums: Sums, terms: Terms, points: number): void {
  if (terms.model !== 'AT_ISSUANCE') fee(sums, terms, { points, sign: 1 });
  funding(sums, terms, { points, sign: 1 });
}

export function takingBack(sums: Sums, terms: Terms, { points, unspent }: { points: number; unspent: number }): void {
  if (terms.model !== 'AT_ISSUANCE') fee(sums, terms, { points, sign: -1 });
  funding(sums, terms, { points: unspent, sign: -1 });
}

export function expiring(sums: Sums, terms: Terms, points: number, sign: number): void {
  const { issuer, I, R, b } = terms;
  if (terms.model === 'HYBRID') funding(sums, terms, { points, sign: -sign });
  if (terms.model !== 'AT_ISSUANCE') return;
  const [share = 0, income = 0] = split(R * points, [b, 10_000 - b]);
  sums.owe('H', issuer, { micros: sign * share, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, 'BREAKAGE_INCOME', sign * income);
  sums.move(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', sign * (I - R) * points);
}
