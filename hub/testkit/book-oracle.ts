import type { Book, BookEvent, EventOf } from '../books/book-format';
import { leftOf, OracleMoney, overPayers, type Why, type OracleResult, type OracleTerms } from './oracle-money';

// What must come of a book, worked out from the settlement model's text and from nothing of the hub's rules, event by event.

/** A lot on the oracle's list. */
interface OracleLot {
  readonly name: string;
  readonly member: string;
  /** The member's own count. */
  readonly number: number;
  readonly terms: OracleTerms;
  readonly earnedAt: number;
  expiresAt: number;
  readonly quantity: bigint;
  pending: bigint;
  available: bigint;
  held: bigint;
  clawedBack: bigint;
  expired: bigint;
}
interface OracleHold {
  readonly member: string;
  readonly redeemer: string;
  readonly expiresAt: number;
  readonly parts: Part[];
  isOpen: boolean;
}
interface Part {
  readonly lot: OracleLot;
  points: bigint;
}
interface OracleRedemption {
  readonly redeemer: string;
  readonly member: string;
  /** In the order drawn; what came back is counted off. */
  readonly draws: { readonly lot: OracleLot; spent: bigint }[];
}
interface Debt {
  readonly creditor: string;
  points: bigint;
}

const NEVER = Number.POSITIVE_INFINITY;
const instant = (text: string | null | undefined): number => (text == null ? NEVER : Date.parse(text));

/** Works a book out. */
export function askOracle(book: Book): OracleResult {
  return new Oracle(book).run();
}

class Oracle {
  private readonly lots: OracleLot[] = [];
  private readonly holds = new Map<string, OracleHold>();
  private readonly redemptions = new Map<string, OracleRedemption>();
  private readonly debts = new Map<string, Debt[]>();
  private readonly refused: { event: string; code: string }[] = [];
  private readonly members = new Set<string>();
  private readonly money: OracleMoney;
  private now: number;

  constructor(private readonly book: Book) {
    this.money = new OracleMoney(book);
    this.now = Date.parse(book.opensAt);
  }

  run(): OracleResult {
    for (const opening of this.book.openingLots ?? []) {
      const terms = this.money.terms(opening.issuer);
      const lot = this.addLot({ ...opening, terms, earnedAt: instant(opening.earnedAt) });
      lot.available = lot.quantity;
      this.money.takeOver(terms, lot.quantity);
    }
    for (const event of this.book.events) {
      this.moveTo(Date.parse(event.at));
      const code = this.post(event);
      if (code !== null) this.refused.push({ event: event.id, code });
    }
    this.moveTo(Date.parse(this.book.closesAt) - 1);
    return this.result();
  }

  private post(event: BookEvent): string | null {
    switch (event.type) {
      case 'earn':
        return this.earn(event);
      case 'goodwill':
        return this.goodwill(event);
      case 'release':
      case 'cancel':
        return this.endPending(event);
      case 'redeem':
        return this.redeem(event);
      case 'hold':
        return this.hold(event);
      case 'capture':
      case 'releaseHold':
        return this.endHold(event);
      case 'reverse':
        return this.reverse(event);
      case 'clawback':
        return this.clawBack(event);
      case 'transfer':
        return this.transfer(event);
    }
  }

  /** What falls due up to an instant happens in its order: time-outs before expiries, and nothing before the clock. */
  private moveTo(to: number): void {
    for (;;) {
      const timeOuts = [...this.holds.values()].filter(({ isOpen }) => isOpen).map(({ expiresAt }) => expiresAt);
      const expiries = this.lots.filter(({ available }) => available > 0n).map(({ expiresAt }) => expiresAt);
      const next = Math.min(NEVER, ...timeOuts, ...expiries);
      if (next > to) break;
      this.now = Math.max(this.now, next);
      for (const hold of [...this.holds.values()].filter((one) => one.isOpen && one.expiresAt <= this.now))
        this.giveBack(hold, 'timeout');
      this.expire(this.lots);
    }
    this.now = Math.max(this.now, to);
  }

  private expire(lots: readonly OracleLot[]): void {
    for (const lot of lots.filter((one) => one.available > 0n && one.expiresAt <= this.now)) {
      this.money.expire(lot.terms, { lot: lot.name, points: lot.available, left: lot.available + lot.held });
      lot.expired += lot.available;
      lot.available = 0n;
    }
  }

  private earn({
    id,
    at,
    member,
    issuer,
    points,
    lot: name,
    expiresAt,
    pending,
    funding,
  }: EventOf<'earn'>): string | null {
    if (points < 1n) return 'INVALID_INPUT';
    if (instant(expiresAt) <= this.now) return 'LEDGER_EXPIRY_NOT_LATER';
    const terms = this.money.terms(issuer, funding);
    const lot = this.addLot({ lot: name, member, points, expiresAt, terms, earnedAt: instant(at) });
    if (pending === true) {
      lot.pending = points;
      return null;
    }
    lot.available = points;
    this.money.release(terms, { event: id, lot: name, points });
    this.offset(member, id);
    return null;
  }

  private goodwill({ id, at, member, by, points, lot: name, expiresAt }: EventOf<'goodwill'>): string | null {
    if (points < 1n) return 'INVALID_INPUT';
    if (instant(expiresAt) <= this.now) return 'LEDGER_EXPIRY_NOT_LATER';
    const terms = this.money.goodwillTerms(by);
    this.addLot({ lot: name, member, points, expiresAt, terms, earnedAt: instant(at) }).available = points;
    this.offset(member, id);
    return null;
  }

  private endPending({ id, type, lot: name }: EventOf<'release'> | EventOf<'cancel'>): string | null {
    const lot = this.lotCalled(name);
    if (lot === undefined) return 'NOT_FOUND';
    if (lot.pending === 0n) return 'LEDGER_LOT_NOT_PENDING';
    const points = lot.pending;
    lot.pending = 0n;
    if (type === 'cancel') {
      lot.clawedBack += points;
      return null;
    }
    lot.available += points;
    this.money.release(lot.terms, { event: id, lot: name, points });
    this.offset(lot.member, id);
    return null;
  }

  private redeem({ id, member, redeemer, points }: EventOf<'redeem'>): string | null {
    const parts = this.draw(member, points);
    if (typeof parts === 'string') return parts;
    this.spend(id, { member, redeemer, parts });
    return null;
  }

  private spend(id: string, { member, redeemer, parts }: { member: string; redeemer: string; parts: Part[] }): void {
    for (const part of parts) this.pay(part, { kind: 'REDEMPTION', event: id, creditor: redeemer });
    const draws = parts.map(({ lot, points }) => ({ lot, spent: points }));
    this.redemptions.set(id, { redeemer, member, draws });
  }

  private pay({ lot, points }: Part, why: Why): void {
    this.money.spend(lot.terms, { ...why, lot: lot.name, points, left: leftOf(lot) + points });
  }

  private hold({ hold, member, redeemer, points, expiresAt }: EventOf<'hold'>): string | null {
    if (points < 1n) return 'INVALID_INPUT';
    if (instant(expiresAt) <= this.now) return 'LEDGER_HOLD_ENDS_IN_PAST';
    const parts = this.draw(member, points);
    if (typeof parts === 'string') return parts;
    for (const part of parts) part.lot.held += part.points;
    this.holds.set(hold, { member, redeemer, expiresAt: instant(expiresAt), parts, isOpen: true });
    return null;
  }

  private endHold(event: EventOf<'capture'> | EventOf<'releaseHold'>): string | null {
    const hold = this.holds.get(event.hold);
    if (event.type === 'capture' && event.points != null && event.points < 1n) return 'INVALID_INPUT';
    if (hold === undefined || (event.redeemer ?? hold.redeemer) !== hold.redeemer) return 'NOT_FOUND';
    if (!hold.isOpen) return 'LEDGER_HOLD_NOT_OPEN';
    if (event.type === 'releaseHold') {
      this.giveBack(hold, event.id);
      return null;
    }
    let left = event.points ?? hold.parts.reduce((sum, { points }) => sum + points, 0n);
    if (left > hold.parts.reduce((sum, { points }) => sum + points, 0n)) return 'LEDGER_INSUFFICIENT_POINTS';
    const taken: Part[] = [];
    for (const part of hold.parts) {
      const points = part.points < left ? part.points : left;
      left -= points;
      part.points -= points;
      part.lot.held -= points;
      if (points > 0n) taken.push({ lot: part.lot, points });
    }
    this.spend(event.id, { member: hold.member, redeemer: hold.redeemer, parts: taken });
    this.giveBack(hold, event.id);
    return null;
  }

  private giveBack(hold: OracleHold, event: string): void {
    hold.isOpen = false;
    for (const { lot, points } of hold.parts) {
      lot.held -= points;
      lot.available += points;
    }
    this.offset(hold.member, event);
  }

  private reverse({ id, of, points }: EventOf<'reverse'>): string | null {
    if (points != null && points < 1n) return 'INVALID_INPUT';
    const redemption = this.redemptions.get(of);
    if (redemption === undefined) return 'NOT_FOUND';
    const { draws, redeemer, member } = redemption;
    const open = draws.reduce((sum, { spent }) => sum + spent, 0n);
    let left = points ?? open;
    if (left > open || open === 0n) return 'LEDGER_REVERSAL_EXCEEDS_REDEMPTION';
    for (const draw of draws.toReversed()) {
      const back = draw.spent < left ? draw.spent : left;
      left -= back;
      if (back === 0n) continue;
      const { lot, spent } = draw;
      draw.spent -= back;
      lot.available += back;
      const place = { kind: 'REDEMPTION_REVERSAL', event: id, lot: lot.name, creditor: redeemer } as const;
      this.money.unspend(lot.terms, { ...place, left: leftOf(lot) - back, before: spent, after: draw.spent });
      lot.expiresAt = Math.max(lot.expiresAt, this.now);
    }
    this.offset(member, id);
    return null;
  }

  private clawBack({ id, lot: name, points }: EventOf<'clawback'>): string | null {
    if (points < 1n) return 'INVALID_INPUT';
    const lot = this.lotCalled(name);
    if (lot === undefined) return 'NOT_FOUND';
    if (points > lot.quantity - lot.clawedBack - lot.expired) return 'LEDGER_CLAWBACK_EXCEEDS_LOT';
    const unpaid = lot.pending < points ? lot.pending : points;
    const unspent = lot.available < points - unpaid ? lot.available : points - unpaid;
    lot.pending -= unpaid;
    lot.available -= unspent;
    lot.clawedBack += points;
    this.money.takeBack(lot.terms, {
      ...{ event: id, lot: name, released: points - unpaid, unspent },
      ...{ charged: lot.quantity - lot.clawedBack + points, left: leftOf(lot) + unspent },
    });
    const missing = points - unpaid - unspent;
    for (const [party, share] of overPayers(lot.terms, missing)) this.owe(lot.member, party, share);
    this.offset(lot.member, id);
    return null;
  }

  private owe(member: string, creditor: string, points: bigint): void {
    if (points === 0n) return;
    const debts = this.debts.get(member) ?? [];
    this.debts.set(member, debts);
    const known = debts.find((debt) => debt.creditor === creditor);
    if (known === undefined) debts.push({ creditor, points });
    else known.points += points;
  }

  private transfer({ id, from, to, points }: EventOf<'transfer'>): string | null {
    const parts = this.draw(from, points);
    if (typeof parts === 'string') return parts;
    for (const { lot, points: amount } of parts) {
      const name = `${lot.name}>${id}`;
      const { terms, earnedAt } = lot;
      const child = this.addLot({ lot: name, member: to, points: amount, terms, earnedAt });
      child.expiresAt = lot.expiresAt;
      child.available = amount;
    }
    this.offset(to, id);
    return null;
  }

  /** Soonest expiry first, never last, then earliest earned, then the member's own order. Takes from the lots. */
  private draw(member: string, points: bigint): Part[] | string {
    if (points < 1n) return 'INVALID_INPUT';
    if ((this.debts.get(member) ?? []).length > 0) return 'LEDGER_MEMBER_IN_ARREARS';
    const spendable = this.spendable(member);
    if (spendable.reduce((sum, { available }) => sum + available, 0n) < points) return 'LEDGER_INSUFFICIENT_POINTS';
    return this.take(spendable, points);
  }

  private spendable(member: string): OracleLot[] {
    return this.lots
      .filter((lot) => lot.member === member && lot.available > 0n && lot.expiresAt > this.now)
      .sort((a, b) => compare(a.expiresAt, b.expiresAt) || compare(a.earnedAt, b.earnedAt) || a.number - b.number);
  }

  private take(lots: readonly OracleLot[], points: bigint): Part[] {
    let left = points;
    const parts: Part[] = [];
    for (const lot of lots) {
      const part = lot.available < left ? lot.available : left;
      if (part === 0n) break;
      left -= part;
      lot.available -= part;
      parts.push({ lot, points: part });
    }
    return parts;
  }

  /** What came back too late expires; spendable points fill what is owed, the oldest debt first, as if redeemed at the creditor. */
  private offset(member: string, event: string): void {
    this.expire(this.lots.filter((lot) => lot.member === member));
    const debts = this.debts.get(member) ?? [];
    for (const debt of debts) {
      for (const part of this.take(this.spendable(member), debt.points)) {
        debt.points -= part.points;
        this.pay(part, { kind: 'ARREARS_OFFSET', event, creditor: debt.creditor });
      }
    }
    this.debts.set(
      member,
      debts.filter(({ points }) => points > 0n),
    );
  }

  private lotCalled(name: string): OracleLot | undefined {
    return this.lots.find((lot) => lot.name === name);
  }

  private addLot(lot: {
    readonly lot: string;
    readonly member: string;
    readonly points: bigint;
    readonly earnedAt: number;
    readonly expiresAt?: string | null | undefined;
    readonly terms: OracleTerms;
  }): OracleLot {
    const { lot: name, member, points: quantity, terms, earnedAt } = lot;
    const number = this.lots.filter((one) => one.member === member).length;
    const added: OracleLot = {
      ...{ name, member, number, terms, earnedAt, quantity, expiresAt: instant(lot.expiresAt) },
      ...{ pending: 0n, available: 0n, held: 0n, clawedBack: 0n, expired: 0n },
    };
    this.lots.push(added);
    this.members.add(member);
    return added;
  }

  private result(): OracleResult {
    const ofMember = (member: string, what: 'available' | 'pending' | 'held') =>
      Number(this.lots.filter((lot) => lot.member === member).reduce((sum, lot) => sum + lot[what], 0n));
    const balances = [...this.members].map((member) => {
      const debts = (this.debts.get(member) ?? []).map(({ creditor, points }) => [creditor, Number(points)]);
      const [available, pending, held] = (['available', 'pending', 'held'] as const).map((what) =>
        ofMember(member, what),
      );
      return [member, { available, pending, held, arrears: Object.fromEntries(debts) as object }];
    });
    return {
      pairs: this.money.pairs(),
      lots: this.lots
        .map(({ name, member, terms, ...lot }) => ({
          ...{ lot: name, member, issuer: terms.issuer, remaining: Number(lot.pending + lot.available + lot.held) },
        }))
        .filter(({ remaining }) => remaining > 0),
      balances: Object.fromEntries(balances) as OracleResult['balances'],
      money: this.money.accounts(),
      refused: this.refused,
    };
  }
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
