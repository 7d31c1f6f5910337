import type { Book, EventOf } from '../books/book-format';

/** Terms of a lot as the oracle copies them. */
export interface OracleTerms {
  readonly issuer: string;
  readonly model: 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';
  /** In the order of names. */
  readonly funding: readonly { readonly party: string; readonly bps: bigint }[];
  readonly feeMicros: bigint;
  readonly issuanceMicros: bigint;
  readonly prefundBps: bigint;
  readonly breakageShareBps: bigint;
}

/** One claim as a line. */
export interface OracleLine {
  readonly kind: string;
  readonly event: string;
  readonly lot: string | null;
  readonly micros: bigint;
}

/** What the oracle says of a book. */
export interface OracleResult {
  readonly pairs: ReadonlyMap<string, readonly OracleLine[]>;
  readonly lots: readonly { lot: string; member: string; issuer: string; remaining: number }[];
  readonly balances: Readonly<Record<string, { available: number; pending: number; held: number; arrears: object }>>;
  readonly money: ReadonlyMap<string, bigint>;
  readonly refused: readonly { event: string; code: string }[];
}

interface Place {
  readonly event: string;
  readonly lot: string;
}
interface Spending extends Place {
  readonly kind: 'REDEMPTION' | 'REDEMPTION_REVERSAL' | 'ARREARS_OFFSET';
  readonly creditor: string;
  /** Points of the lot spendable or on hold, before those spent or that come back. */
  readonly left: bigint;
}
export type Why = Pick<Spending, 'kind' | 'event' | 'creditor'>;

/** Points spendable or on hold. */
export const leftOf = ({ available, held }: { available: bigint; held: bigint }): bigint => available + held;

/** What is owed for points that were spent, by debtor and creditor, and how the operator's accounts move. */
interface Owed {
  readonly claims: Map<string, bigint>;
  readonly accounts: Map<string, bigint>;
}

const WHOLE = 10_000n;

/** The oracle's money: claims by pair, and the operator's accounts as credits less debits. */
export class OracleMoney {
  private readonly lines = new Map<string, OracleLine[]>();
  private readonly balances = new Map<string, bigint>();
  /** The highest price of any redeemer. */
  private readonly reserve: bigint;

  constructor(private readonly book: Book) {
    this.reserve = book.partners.reduce((most, one) => max(most, one.reimbursementMicros), 0n);
  }

  terms(issuer: string, funding?: EventOf<'earn'>['funding']): OracleTerms {
    const partner = this.book.partners.find(({ id }) => id === issuer)!;
    const shares = (funding ?? [{ partner: issuer, bps: 10_000 }]).filter(({ bps }) => bps > 0);
    return {
      issuer,
      model: partner.model,
      funding: shares
        .map((share) => ({ party: share.partner, bps: BigInt(share.bps) }))
        .sort((a, b) => (a.party < b.party ? -1 : 1)),
      feeMicros: partner.feeMicros ?? 0n,
      issuanceMicros: partner.issuanceMicros ?? 0n,
      prefundBps: BigInt(partner.prefundBps ?? 0),
      breakageShareBps: BigInt(partner.breakageShareBps ?? 0),
    };
  }

  goodwillTerms(by: string): OracleTerms {
    const none = { feeMicros: 0n, issuanceMicros: 0n, prefundBps: 0n, breakageShareBps: 0n };
    return { issuer: by, model: 'AT_REDEMPTION', funding: [{ party: by, bps: WHOLE }], ...none };
  }

  takeOver(terms: OracleTerms, points: bigint): void {
    const { issuer, model } = terms;
    if (model === 'HYBRID') this.move('SETTLEMENT_BANK', `PREFUND:${issuer}`, this.prefund(terms, points));
    if (model !== 'AT_ISSUANCE') return;
    this.move('SETTLEMENT_BANK', `POINT_FUND:${issuer}`, this.reserve * points);
    this.move('SETTLEMENT_BANK', `DEFERRED_MARGIN:${issuer}`, this.margin(terms, points));
  }

  release(terms: OracleTerms, { points, ...place }: Place & { points: bigint }): void {
    const { issuer, model } = terms;
    if (model !== 'AT_ISSUANCE') this.fee(terms, { ...place, kind: 'PROGRAMME_FEE', before: 0n, after: points });
    if (model === 'HYBRID')
      this.fund(terms, { ...place, kind: 'ISSUANCE_FUNDING', micros: this.prefund(terms, points) });
    if (model !== 'AT_ISSUANCE') return;
    this.fund(terms, { ...place, kind: 'ISSUANCE_FUNDING', micros: terms.issuanceMicros * points });
    this.move(`POINT_FUND:${issuer}`, `DEFERRED_MARGIN:${issuer}`, this.margin(terms, points));
  }

  /** @param charged points whose fee was paid and has not come back; left: points spendable or on hold, both before */
  takeBack(terms: OracleTerms, of: Place & { released: bigint; unspent: bigint; charged: bigint; left: bigint }): void {
    const { released, unspent, charged, left, ...place } = of;
    const { issuer, model } = terms;
    const refund = { ...place, kind: 'ISSUANCE_REFUND' } as const;
    if (model !== 'AT_ISSUANCE')
      this.fee(terms, { ...place, kind: 'PROGRAMME_FEE_CREDIT', before: charged, after: charged - released });
    if (model === 'HYBRID') this.fund(terms, { ...refund, micros: -this.released(terms, left, unspent) });
    if (model !== 'AT_ISSUANCE') return;
    this.fund(terms, { ...refund, micros: -terms.issuanceMicros * unspent });
    this.move(`POINT_FUND:${issuer}`, `DEFERRED_MARGIN:${issuer}`, -this.margin(terms, unspent));
  }

  expire(terms: OracleTerms, { lot, points, left }: { lot: string; points: bigint; left: bigint }): void {
    const { issuer, model } = terms;
    const place = { event: 'expiry', lot };
    if (model === 'HYBRID')
      this.fund(terms, { ...place, kind: 'ISSUANCE_REFUND', micros: -this.released(terms, left, points) });
    if (model !== 'AT_ISSUANCE') return;
    const kept = this.reserve * points;
    const [share, income] = split(kept, [terms.breakageShareBps, WHOLE - terms.breakageShareBps]);
    this.claim({ debtor: 'H', creditor: issuer, kind: 'BREAKAGE_SHARE', event: 'expiry', lot, micros: share! });
    this.move(`POINT_FUND:${issuer}`, `CLEARING:${issuer}`, share!);
    this.move(`POINT_FUND:${issuer}`, 'BREAKAGE_INCOME', income!);
    this.move(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', this.margin(terms, points));
  }

  spend(terms: OracleTerms, { points, ...place }: Spending & { points: bigint }): void {
    this.owe(place, this.owed(terms, place, points));
  }

  /** What is owed for the points still spent, less what was owed before: bit by bit it ends where it began. */
  unspend(terms: OracleTerms, { before, after, ...place }: Spending & { before: bigint; after: bigint }): void {
    // As if all of it were spent now.
    const back = { ...place, left: place.left + before };
    const less = this.owed(terms, back, before);
    const more = this.owed(terms, back, after);
    const difference = (a: Map<string, bigint>, b: Map<string, bigint>) =>
      new Map([...a, ...b].map(([name]) => [name, (a.get(name) ?? 0n) - (b.get(name) ?? 0n)]));
    this.owe(place, {
      claims: difference(more.claims, less.claims),
      accounts: difference(more.accounts, less.accounts),
    });
  }

  private owed(terms: OracleTerms, { creditor, left }: Pick<Spending, 'creditor' | 'left'>, points: bigint): Owed {
    const price = this.book.partners.find(({ id }) => id === creditor)?.reimbursementMicros ?? this.reserve;
    const due = price * points;
    const { issuer, model } = terms;
    const claims = new Map<string, bigint>();
    const accounts = new Map<string, bigint>();
    const hub = (from: string, to: string, micros: bigint) => {
      accounts.set(from, (accounts.get(from) ?? 0n) - micros);
      accounts.set(to, (accounts.get(to) ?? 0n) + micros);
    };
    const owner = creditor === 'H' ? 'GOODWILL_EXPENSE' : `CLEARING:${creditor}`;
    const pay = (debtor: string, micros: bigint, from: string) => {
      if (from === owner) return;
      hub(from, owner, micros);
      if (debtor !== creditor) claims.set(`REDEMPTION ${debtor}>${creditor}`, micros);
    };
    if (model === 'AT_REDEMPTION') {
      const shares = split(
        due,
        terms.funding.map(({ bps }) => bps),
      );
      for (const [n, { party }] of terms.funding.entries())
        pay(party, shares[n]!, party === 'H' ? 'GOODWILL_EXPENSE' : `CLEARING:${party}`);
    } else if (model === 'AT_ISSUANCE') {
      pay('H', due, `POINT_FUND:${issuer}`);
      hub(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', this.margin(terms, points));
      hub(`POINT_FUND:${issuer}`, 'MARGIN_INCOME', this.reserve * points - due);
    } else {
      const [advance, rest] = split(due, [terms.prefundBps, WHOLE - terms.prefundBps]);
      pay('H', advance!, `PREFUND:${issuer}`);
      pay(issuer, rest!, `CLEARING:${issuer}`);
      const unused = this.released(terms, left, points) - advance!;
      claims.set(`ISSUANCE_REFUND ${issuer}>H`, -unused);
      hub(`PREFUND:${issuer}`, `CLEARING:${issuer}`, unused);
    }
    return { claims, accounts };
  }

  private owe({ kind, event, lot }: Spending, { claims, accounts }: Owed): void {
    for (const [name, micros] of claims) {
      const [what, pair] = name.split(' ') as [string, string];
      const [debtor, creditor] = pair.split('>') as [string, string];
      const isRefund = what === 'ISSUANCE_REFUND';
      this.claim({ debtor, creditor, kind: isRefund ? what : kind, event, lot: isRefund ? null : lot, micros });
    }
    for (const [name, micros] of accounts) this.add(name, micros);
  }

  private fee(terms: OracleTerms, of: Place & { kind: string; before: bigint; after: bigint }): void {
    const { kind, event, before, after } = of;
    const weights = terms.funding.map(({ bps }) => bps);
    const [was, is] = [before, after].map((charged) => split(terms.feeMicros * charged, weights));
    for (const [n, { party }] of terms.funding.entries()) {
      const micros = is![n]! - was![n]!;
      this.claim({ debtor: party, creditor: 'H', kind, event, lot: null, micros });
      this.move(`CLEARING:${party}`, 'PROGRAMME_FEES', micros);
    }
  }

  private fund(terms: OracleTerms, { kind, event, micros }: Place & { kind: string; micros: bigint }): void {
    const { issuer, model } = terms;
    this.claim({ debtor: issuer, creditor: 'H', kind, event, lot: null, micros });
    this.move(`CLEARING:${issuer}`, `${model === 'HYBRID' ? 'PREFUND' : 'POINT_FUND'}:${issuer}`, micros);
  }

  private prefund({ prefundBps }: OracleTerms, points: bigint): bigint {
    return split(this.reserve * points, [prefundBps, WHOLE - prefundBps])[0]!;
  }

  /** What the prefund gives when so many of the points left go. */
  private released(terms: OracleTerms, left: bigint, points: bigint): bigint {
    return this.prefund(terms, left) - this.prefund(terms, left - points);
  }

  private margin({ issuanceMicros }: OracleTerms, points: bigint): bigint {
    return (issuanceMicros - this.reserve) * points;
  }

  private claim({ debtor, creditor, ...line }: OracleLine & { debtor: string; creditor: string }): void {
    if (line.micros === 0n) return;
    const pair = `${debtor}>${creditor}`;
    this.lines.set(pair, [...(this.lines.get(pair) ?? []), line]);
  }

  private move(from: string, to: string, micros: bigint): void {
    this.add(from, -micros);
    this.add(to, micros);
  }

  private add(account: string, micros: bigint): void {
    this.balances.set(account, (this.balances.get(account) ?? 0n) + micros);
  }

  pairs(): ReadonlyMap<string, readonly OracleLine[]> {
    return this.lines;
  }

  accounts(): ReadonlyMap<string, bigint> {
    return this.balances;
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Points by who pays for a lot: its funders where it is paid for when it is spent, else its issuer. */
export function overPayers({ model, issuer, funding }: OracleTerms, points: bigint): [string, bigint][] {
  if (model !== 'AT_REDEMPTION') return [[issuer, points]];
  const shares = split(
    points,
    funding.map(({ bps }) => bps),
  );
  return funding.map(({ party }, n) => [party, shares[n]!]);
}

/** Largest remainder: floors of absolute parts, then one more to the largest rests, the earlier first. */
export function split(whole: bigint, weights: readonly bigint[]): bigint[] {
  const size = whole < 0n ? -whole : whole;
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const rows = weights.map((weight, n) => ({ n, floor: (size * weight) / total, rest: (size * weight) % total }));
  let left = size - rows.reduce((sum, { floor }) => sum + floor, 0n);
  for (const row of [...rows].sort((a, b) => (a.rest === b.rest ? a.n - b.n : a.rest > b.rest ? -1 : 1))) {
    if (left <= 0n) break;
    row.floor += 1n;
    left -= 1n;
  }
  return rows.map(({ floor }) => (whole < 0n ? -floor : floor));
}

/** A pair's bill: the sum rounded once, half to even, and spread over its lines. */
export function billOf(lines: readonly OracleLine[], microsPerMinor: bigint) {
  const floor = (a: bigint) => a / microsPerMinor - (a % microsPerMinor < 0n ? 1n : 0n);
  const exact = lines.reduce((sum, { micros }) => sum + micros, 0n);
  const low = floor(exact);
  const twice = (exact - low * microsPerMinor) * 2n;
  const isUp = twice > microsPerMinor || (twice === microsPerMinor && low % 2n !== 0n);
  const billed = isUp ? low + 1n : low;
  const shares = lines.map(({ micros }, n) => {
    const minor = floor(micros);
    return { n, minor, rest: micros - minor * microsPerMinor };
  });
  let missing = billed - shares.reduce((sum, { minor }) => sum + minor, 0n);
  const largestFirst = [...shares].sort((a, b) => (a.rest === b.rest ? a.n - b.n : a.rest > b.rest ? -1 : 1));
  for (const share of missing < 0n ? largestFirst.toReversed() : largestFirst) {
    if (missing === 0n) break;
    share.minor += missing > 0n ? 1n : -1n;
    missing -= missing > 0n ? 1n : -1n;
  }
  return { exact, billed, carry: exact - billed * microsPerMinor, minors: shares.map(({ minor }) => minor) };
}
