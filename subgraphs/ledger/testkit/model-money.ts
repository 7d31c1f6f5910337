import { type Happened, type ModelParty, type Terms } from './model-types';

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

/** What the issuer of points so many of which are outstanding has in the prefund for them. */
export const prefund = ({ model, R, h }: Terms, outstanding: number): number =>
  model === 'HYBRID' ? split(R * outstanding, [h, 10_000 - h])[0]! : 0;

/** What a HYBRID issuer pays into the prefund. */
export function inAdvance(sums: Sums, { issuer }: Terms, micros: number): void {
  if (micros !== 0) sums.owe(issuer, 'H', { micros, account: `PREFUND:${issuer}` });
}

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
    const [paid = 0, rest = 0] = split(r * k, [h, 10_000 - h]);
    sums.owe('H', by, { micros: paid, account: `PREFUND:${issuer}` });
    sums.owe(issuer, by, { micros: rest, account: 'GOODWILL_EXPENSE' });
    // What was paid out of it was paid into it; what is still in it is reckoned from what is outstanding.
    inAdvance(sums, terms, paid);
  }
}

/** The fee of so many points, by shares. */
export function fee(sums: Sums, { model, f, shares }: Terms, points: number, sign: number): void {
  if (model === 'AT_ISSUANCE') return;
  const parts = split(
    f * points,
    shares.map(({ bps }) => bps),
  );
  shares.forEach(
    ({ who }, n) => who !== 'H' && sums.owe(who, 'H', { micros: sign * parts[n]!, account: 'PROGRAMME_FEES' }),
  );
}

/** What happened once and is not told by how a lot stands. */
export function happening(sums: Sums, one: Happened): void {
  const { what, terms, points } = one;
  // Two lots are each rounded by themselves from then on; nobody is asked for what that comes to.
  if (what === 'given') return inAdvance(sums, terms, joined(terms, one) - joined(terms, { points, of: points }));
  if (terms.model !== 'AT_ISSUANCE') return;
  if (what === 'released') funding(sums, terms, points);
  if (what === 'taken unspent') funding(sums, terms, -points);
  if (what === 'expired') expiring(sums, terms, { points, share: shareOf(terms, points), sign: 1 });
  if (what === 'reinstated') {
    expiring(sums, terms, { points, share: shareOf(terms, one.of) - shareOf(terms, one.of - points), sign: -1 });
  }
}

/** What the last so many of so many outstanding points need in the prefund. */
const joined = (terms: Terms, { points, of }: { points: number; of: number }): number =>
  prefund(terms, of) - prefund(terms, of - points);

function funding(sums: Sums, { issuer, I, R }: Terms, points: number): void {
  sums.owe(issuer, 'H', { micros: I * points, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, `DEFERRED_MARGIN:${issuer}`, (I - R) * points);
}

const shareOf = ({ R, b }: Terms, expired: number): number => split(R * expired, [b, 10_000 - b])[0]!;

function expiring(
  sums: Sums,
  { issuer, I, R }: Terms,
  { points, share, sign }: { points: number; share: number; sign: number },
): void {
  sums.owe('H', issuer, { micros: sign * share, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, 'BREAKAGE_INCOME', sign * (R * points - share));
  sums.move(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', sign * (I - R) * points);
}
