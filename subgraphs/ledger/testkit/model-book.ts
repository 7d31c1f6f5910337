/**
 * A second reading of the posting rules (docs/SETTLEMENT.md, section 3), written from their text and sharing no code with the
 * ledger: plain numbers, letters for parties, and whole days. It is slow and simple on purpose. Nothing of money is posted: the
 * book keeps what happened, and works every claim and account out anew from that, so that a reversed draw is just a smaller one.
 */

export type Brand = 'A' | 'B' | 'C' | 'D';
export type ModelParty = Brand | 'H';

/** One version of a brand's terms; prices in micro-units per point, shares in basis points. */
export interface ModelContract {
  readonly from: number;
  readonly model: 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';
  readonly r: number;
  readonly I: number;
  readonly f: number;
  readonly h: number;
  readonly b: number;
}

/** What the programme agreed. Times are milliseconds, and days are those of UTC. */
export interface ModelRules {
  readonly contracts: Readonly<Record<Brand, readonly ModelContract[]>>;
  /** So many points for every so many minor units. */
  readonly earning: { readonly points: number; readonly perMinor: number };
  /** Days the points of a purchase wait, by brand. */
  readonly pendingDays: Readonly<Record<Brand, number>>;
  readonly validityDays: number;
  readonly graceDays: number;
  readonly arrearsLimit: number;
}

interface Share {
  readonly who: ModelParty;
  readonly bps: number;
}

/** The terms a lot was issued under. */
interface Terms extends Pick<ModelContract, 'model' | 'I' | 'f' | 'h' | 'b'> {
  readonly issuer: ModelParty;
  /** R: the highest r of any brand then. */
  readonly R: number;
  readonly shares: readonly Share[];
}

interface ModelLot {
  readonly n: number;
  readonly terms: Terms;
  readonly earned: number;
  readonly quantity: number;
  readonly counts: boolean;
  readonly releaseAt: number | null;
  expires: number;
  pending: number;
  available: number;
  clawedBack: number;
  expired: number;
}

interface Part {
  readonly lot: number;
  points: number;
}

interface ModelHold {
  readonly brand: Brand;
  readonly until: number;
  readonly parts: Part[];
  open: boolean;
}

/** Points of one lot that somebody accepted, and at what price. */
interface Spent {
  readonly terms: Terms;
  readonly lot: number;
  readonly by: ModelParty;
  readonly r: number;
  points: number;
}

interface ModelRedemption {
  /** Places in the list of what was spent, in the order taken. */
  readonly draws: readonly number[];
}

interface ModelPurchase {
  readonly brand: Brand;
  readonly lot: number | null;
  readonly earned: number;
  keptMinor: number;
  clawedBack: number;
}

interface ModelMember {
  lots: ModelLot[];
  holds: ModelHold[];
  redemptions: ModelRedemption[];
  purchases: ModelPurchase[];
  /** In the order they were opened. */
  arrears: { to: ModelParty; points: number; opened: number }[];
  qualifying: number;
}

type Happened =
  | { readonly what: 'released' | 'expired' | 'reinstated'; readonly terms: Terms; readonly points: number }
  | { readonly what: 'taken back'; readonly terms: Terms; readonly points: number; readonly unspent: number };

const DAY = 86_400_000;

/** What a member has, as text that two books can be compared by. */
export interface MemberPicture {
  readonly balances: string;
  readonly open: string;
  readonly pending: string;
  readonly owed: string;
}

/** Why the book said no. */
class No extends Error {}

export class ModelBook {
  now: number;
  private members: ModelMember[];
  private happened: Happened[] = [];
  private spent: Spent[] = [];
  private events = 0;

  constructor(
    private readonly rules: ModelRules,
    { now, members }: { now: number; members: number },
  ) {
    this.now = now;
    this.members = Array.from({ length: members }, () => ({
      ...{ lots: [], holds: [], redemptions: [], purchases: [], arrears: [], qualifying: 0 },
    }));
  }

  counts(m: number): Record<'lots' | 'holds' | 'redemptions' | 'purchases', number> {
    const { lots, holds, redemptions, purchases } = this.at(m);
    return { lots: lots.length, holds: holds.length, redemptions: redemptions.length, purchases: purchases.length };
  }

  holderOf(m: number, hold: number): Brand {
    return this.at(m).holds[hold]?.brand ?? 'A';
  }

  sellerOf(m: number, purchase: number): Brand {
    return this.at(m).purchases[purchase]?.brand ?? 'A';
  }

  earn(m: number, { brand, minor, occurred }: { brand: Brand; minor: number; occurred: number }): string {
    return this.attempt(
      [m],
      () => {
        const points = this.earned(minor);
        const wait = this.rules.pendingDays[brand];
        const lot = points === 0 ? null : this.at(m).lots.length + 1;
        this.at(m).purchases.push({ brand, lot, earned: points, keptMinor: minor, clawedBack: 0 });
        if (points === 0) return;
        this.issue(m, {
          terms: this.brandTerms(brand, occurred, [{ who: brand, bps: 10_000 }]),
          ...{ points, earned: occurred, expires: this.expiryOf(occurred), counts: true },
          releaseAt: wait === 0 ? null : occurred + wait * DAY,
          waits: wait > 0,
        });
      },
      occurred,
    );
  }

  bonus(m: number, { points, days, waits }: { points: number; days: number; waits: boolean }): string {
    const shares: Share[] = [
      { who: 'A', bps: 4_000 },
      { who: 'B', bps: 6_000 },
    ];
    return this.attempt([m], () => {
      const dates = { earned: this.now, expires: this.now + days * DAY, releaseAt: null };
      this.issue(m, { terms: this.brandTerms('B', this.now, shares), points, ...dates, counts: true, waits });
    });
  }

  goodwill(m: number, { by, points, days }: { by: 'H' | 'A'; points: number; days: number }): string {
    return this.attempt([m], () => {
      const terms: Terms = {
        ...{ model: 'AT_REDEMPTION', I: 0, f: 0, h: 0, b: 0, issuer: by, R: this.reserve(this.now) },
        shares: [{ who: by, bps: 10_000 }],
      };
      const dates = { earned: this.now, expires: this.now + days * DAY, releaseAt: null };
      this.issue(m, { terms, points, ...dates, counts: false, waits: false });
    });
  }

  release(m: number, n: number): string {
    return this.attempt([m], () => this.releaseLot(this.pendingLot(m, n)));
  }

  /** By itself: nothing happens before its time. */
  dueRelease(m: number, n: number): string {
    return this.attempt([m], () => {
      const lot = this.lotOf(m, n);
      if (lot !== undefined && lot.pending > 0 && lot.releaseAt !== null && lot.releaseAt <= this.now)
        this.releaseLot(lot);
    });
  }

  cancel(m: number, n: number): string {
    return this.attempt([m], () => {
      const lot = this.pendingLot(m, n);
      if (lot.counts) this.count(m, -lot.pending);
      lot.clawedBack += lot.pending;
      lot.pending = 0;
    });
  }

  redeem(m: number, { brand, points, occurred }: { brand: Brand; points: number; occurred: number }): string {
    return this.attempt(
      [m],
      () => {
        const parts = this.draw(m, points);
        const { r } = this.contract(brand, occurred);
        this.at(m).redemptions.push({ draws: parts.map((part) => this.spend(m, part, brand, r)) });
      },
      occurred,
    );
  }

  hold(m: number, { brand, points, days }: { brand: Brand; points: number; days: number }): string {
    return this.attempt([m], () => {
      this.at(m).holds.push({ brand, until: this.now + days * DAY, parts: this.draw(m, points), open: true });
    });
  }

  capture(m: number, hold: number, points: number | null): string {
    return this.attempt([m], () => {
      const { parts, brand } = this.openHold(m, hold);
      const total = parts.reduce((sum, part) => sum + part.points, 0);
      let wanted = points ?? total;
      if (wanted > total) throw new No('LEDGER_INSUFFICIENT_POINTS');
      const { r } = this.contract(brand, this.now);
      const draws: number[] = [];
      for (const part of parts) {
        const taken = Math.min(wanted, part.points);
        wanted -= taken;
        if (taken > 0) draws.push(this.spend(m, { lot: part.lot, points: taken }, brand, r));
        this.theLot(m, part.lot).available += part.points - taken;
      }
      this.at(m).redemptions.push({ draws });
      this.theHold(m, hold).open = false;
    });
  }

  releaseHold(m: number, hold: number): string {
    return this.attempt([m], () => {
      this.openHold(m, hold);
      this.letGo(m, hold);
    });
  }

  /** By itself: nothing happens before its time. */
  timeOut(m: number, hold: number): string {
    return this.attempt([m], () => {
      const found = this.at(m).holds[hold];
      if (found?.open === true && found.until <= this.now) this.letGo(m, hold);
    });
  }

  reverse(m: number, redemption: number, points: number | null): string {
    return this.attempt([m], () => {
      const found = this.at(m).redemptions[redemption];
      if (found === undefined) throw new No('NOT_FOUND');
      const draws = found.draws.map((place) => this.spent[place]!);
      const left = draws.reduce((sum, draw) => sum + draw.points, 0);
      let wanted = points ?? left;
      if (wanted > left || left === 0) throw new No('LEDGER_REVERSAL_EXCEEDS_REDEMPTION');
      for (const draw of draws.reverse()) {
        const back = Math.min(wanted, draw.points);
        if (back === 0) continue;
        wanted -= back;
        draw.points -= back;
        const lot = this.theLot(m, draw.lot);
        lot.available += back;
        lot.expires = Math.max(lot.expires, this.now + this.rules.graceDays * DAY);
      }
    });
  }

  giveBack(m: number, purchase: number, minor: number): string {
    return this.attempt([m], () => {
      const found = this.at(m).purchases[purchase];
      if (found === undefined) throw new No('NOT_FOUND');
      const kept = found.keptMinor - minor;
      if (kept < 0) throw new No('LEDGER_RETURN_EXCEEDS_PURCHASE');
      const due = Math.max(0, found.earned - found.clawedBack - this.earned(kept));
      found.keptMinor = kept;
      if (found.lot === null || due === 0) return;
      const lot = this.theLot(m, found.lot);
      const points = Math.min(due, lot.quantity - lot.clawedBack - lot.expired);
      found.clawedBack += points;
      this.takeBack(m, lot, points);
    });
  }

  clawBack(m: number, n: number, points: number): string {
    return this.attempt([m], () => {
      const lot = this.lotOf(m, n);
      if (lot === undefined) throw new No('NOT_FOUND');
      if (points > lot.quantity - lot.clawedBack - lot.expired) throw new No('LEDGER_CLAWBACK_EXCEEDS_LOT');
      this.takeBack(m, lot, points);
    });
  }

  give(from: number, to: number, points: number): string {
    return this.attempt([from, to], () => {
      for (const part of this.draw(from, points)) {
        const { terms, earned, expires } = this.theLot(from, part.lot);
        this.addLot(to, {
          ...{ terms, earned, expires },
          points: part.points,
          counts: false,
          releaseAt: null,
          waits: false,
        });
      }
    });
  }

  extend(m: number, n: number, expires: number): string {
    return this.attempt([m], () => {
      const lot = this.lotOf(m, n);
      if (lot === undefined) throw new No('NOT_FOUND');
      if (lot.available === 0) throw new No('LEDGER_LOT_NOT_OPEN');
      if (expires <= lot.expires) throw new No('LEDGER_EXPIRY_NOT_LATER');
      lot.expires = expires;
    });
  }

  reinstate(m: number, n: number, { points, expires }: { points: number | null; expires: number }): string {
    return this.attempt([m], () => {
      const lot = this.lotOf(m, n);
      if (lot === undefined) throw new No('NOT_FOUND');
      if (expires <= this.now) throw new No('LEDGER_EXPIRY_NOT_LATER');
      const back = points ?? lot.expired;
      if (back > lot.expired || lot.expired === 0) throw new No('LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED');
      lot.expired -= back;
      lot.available += back;
      lot.expires = Math.max(lot.expires, expires);
      this.happened.push({ what: 'reinstated', terms: lot.terms, points: back });
    });
  }

  sweep(m: number): string {
    return this.attempt([m], () => undefined);
  }

  picture(m: number): MemberPicture {
    const { lots, holds, arrears, qualifying } = this.at(m);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    const held = sum(holds.filter(({ open }) => open).flatMap(({ parts }) => parts.map(({ points }) => points)));
    const owed = sum(arrears.map(({ points }) => points));
    return {
      balances: [
        sum(lots.map((lot) => lot.available)),
        sum(lots.map((lot) => lot.pending)),
        held,
        owed,
        qualifying,
      ].join('/'),
      open: inDrawOrder(lots)
        .filter(({ available }) => available > 0)
        .map(({ n, available, expires }) => `${n}:${available}@${expires}`)
        .join(' '),
      pending: lots
        .filter(({ pending }) => pending > 0)
        .map(({ n, pending }) => `${n}:${pending}`)
        .join(' '),
      owed: arrears
        .map(({ to, points }) => `${to}:${points}`)
        .sort((a, b) => (a < b ? -1 : 1))
        .join(' '),
    };
  }

  /** What each party owes each other, and what each account of the operator holds: all of it, worked out anew. */
  money(): { pairs: Map<string, number>; accounts: Map<string, number> } {
    const sums = new Sums();
    for (const { terms, points, by, r } of this.spent) if (points > 0) spending(sums, terms, { points, by, r });
    for (const one of this.happened) {
      if (one.what === 'released') releasing(sums, one.terms, one.points);
      if (one.what === 'taken back') takingBack(sums, one.terms, one);
      if (one.what === 'expired') expiring(sums, one.terms, one.points, 1);
      if (one.what === 'reinstated') expiring(sums, one.terms, one.points, -1);
    }
    return { pairs: sums.withoutZeros('pairs'), accounts: sums.withoutZeros('accounts') };
  }

  /** What has expired goes first; then the event, or nothing of it at all; then what came back expired, and the arrears. */
  private attempt(touched: readonly number[], event: () => void, occurred = this.now): string {
    const before = this.members.map(copyOf);
    const [happened, spent] = [[...this.happened], this.spent.map((one) => ({ ...one }))];
    this.events += 1;
    try {
      for (const m of touched) this.expireDue(m);
      event();
      for (const m of touched) {
        this.expireDue(m);
        this.fillArrears(m, occurred);
      }
      return 'ok';
    } catch (error) {
      if (!(error instanceof No)) throw error;
      this.members = before;
      this.happened = happened;
      this.spent = spent;
      return error.message;
    }
  }

  private at(m: number): ModelMember {
    return this.members[m]!;
  }

  private lotOf(m: number, n: number): ModelLot | undefined {
    return this.at(m).lots[n - 1];
  }

  private theLot(m: number, n: number): ModelLot {
    return this.lotOf(m, n)!;
  }

  private theHold(m: number, hold: number): ModelHold {
    return this.at(m).holds[hold]!;
  }

  private earned(minor: number): number {
    return Math.floor((minor * this.rules.earning.points) / this.rules.earning.perMinor);
  }

  private expiryOf(at: number): number {
    return (Math.floor(at / DAY) + this.rules.validityDays + 1) * DAY;
  }

  private contract(brand: Brand, at: number): ModelContract {
    return this.rules.contracts[brand].filter(({ from }) => from <= at).at(-1)!;
  }

  private reserve(at: number): number {
    return Math.max(...(['A', 'B', 'C', 'D'] as const).map((brand) => this.contract(brand, at).r));
  }

  private brandTerms(issuer: Brand, at: number, shares: readonly Share[]): Terms {
    const { model, I, f, h, b } = this.contract(issuer, at);
    return { ...{ model, I, f, h, b }, issuer, shares, R: this.reserve(at) };
  }

  private issue(m: number, lot: NewLot): void {
    this.addLot(m, lot);
    if (lot.counts) this.count(m, lot.points);
    if (!lot.waits) this.happened.push({ what: 'released', terms: lot.terms, points: lot.points });
  }

  private addLot(m: number, { points, waits, ...lot }: NewLot): void {
    this.at(m).lots.push({
      ...lot,
      n: this.at(m).lots.length + 1,
      quantity: points,
      pending: waits ? points : 0,
      available: waits ? 0 : points,
      clawedBack: 0,
      expired: 0,
    });
  }

  private count(m: number, points: number): void {
    this.at(m).qualifying = Math.max(0, this.at(m).qualifying + points);
  }

  private pendingLot(m: number, n: number): ModelLot {
    const lot = this.lotOf(m, n);
    if (lot === undefined) throw new No('NOT_FOUND');
    if (lot.pending === 0) throw new No('LEDGER_LOT_NOT_PENDING');
    return lot;
  }

  private releaseLot(lot: ModelLot): void {
    this.happened.push({ what: 'released', terms: lot.terms, points: lot.pending });
    lot.available += lot.pending;
    lot.pending = 0;
  }

  private openHold(m: number, hold: number): ModelHold {
    const found = this.at(m).holds[hold];
    if (found === undefined) throw new No('NOT_FOUND');
    if (!found.open || found.until <= this.now) throw new No('LEDGER_HOLD_NOT_OPEN');
    return found;
  }

  private letGo(m: number, hold: number): void {
    const found = this.theHold(m, hold);
    found.open = false;
    for (const { lot, points } of found.parts) this.theLot(m, lot).available += points;
  }

  /** Takes points out of the lots that expire first. */
  private draw(m: number, points: number): Part[] {
    if (this.at(m).arrears.length > 0) throw new No('LEDGER_MEMBER_IN_ARREARS');
    const { parts, missing } = this.drawUpTo(m, points);
    if (missing > 0) throw new No('LEDGER_INSUFFICIENT_POINTS');
    return parts;
  }

  private drawUpTo(m: number, points: number): { parts: Part[]; missing: number } {
    const parts: Part[] = [];
    let missing = points;
    for (const lot of inDrawOrder(this.at(m).lots)) {
      const taken = Math.min(missing, lot.available);
      if (taken === 0) continue;
      lot.available -= taken;
      missing -= taken;
      parts.push({ lot: lot.n, points: taken });
    }
    return { parts, missing };
  }

  /** @returns its place in the list of what was spent */
  private spend(m: number, { lot, points }: Part, by: ModelParty, r: number): number {
    return this.spent.push({ terms: this.theLot(m, lot).terms, lot, by, r, points }) - 1;
  }

  private takeBack(m: number, lot: ModelLot, points: number): void {
    const pending = Math.min(points, lot.pending);
    const unspent = Math.min(points - pending, lot.available);
    const missing = points - pending - unspent;
    lot.pending -= pending;
    lot.available -= unspent;
    lot.clawedBack += points;
    if (lot.counts) this.count(m, -points);
    split(
      missing,
      lot.terms.shares.map(({ bps }) => bps),
    ).forEach((part, n) => this.owe(m, lot.terms.shares[n]!.who, part));
    if (missing > 0 && this.at(m).arrears.reduce((sum, one) => sum + one.points, 0) > this.rules.arrearsLimit) {
      throw new No('LEDGER_ARREARS_LIMIT_REACHED');
    }
    if (points > pending)
      this.happened.push({ what: 'taken back', terms: lot.terms, points: points - pending, unspent });
  }

  private owe(m: number, to: ModelParty, points: number): void {
    if (points === 0) return;
    const found = this.at(m).arrears.find((one) => one.to === to);
    if (found === undefined) this.at(m).arrears.push({ to, points, opened: this.events });
    else found.points += points;
  }

  private expireDue(m: number): void {
    for (const lot of this.at(m).lots) {
      if (lot.available === 0 || lot.expires > this.now) continue;
      this.happened.push({ what: 'expired', terms: lot.terms, points: lot.available });
      lot.expired += lot.available;
      lot.available = 0;
    }
  }

  /** Exactly a redemption in favour of whom the member owes: the longest owed first. */
  private fillArrears(m: number, occurred: number): void {
    const order = (one: { to: ModelParty; opened: number }) => one.opened * 100 + 'ABCDH'.indexOf(one.to);
    this.at(m).arrears.sort((a, b) => order(a) - order(b));
    for (const debt of this.at(m).arrears) {
      const { parts } = this.drawUpTo(m, debt.points);
      for (const part of parts) {
        const { R } = this.theLot(m, part.lot).terms;
        this.spend(m, part, debt.to, debt.to === 'H' ? R : this.contract(debt.to, occurred).r);
        debt.points -= part.points;
      }
    }
    this.at(m).arrears = this.at(m).arrears.filter(({ points }) => points > 0);
  }
}

interface NewLot {
  readonly terms: Terms;
  readonly points: number;
  readonly earned: number;
  readonly expires: number;
  readonly counts: boolean;
  readonly releaseAt: number | null;
  readonly waits: boolean;
}

function copyOf(member: ModelMember): ModelMember {
  return {
    qualifying: member.qualifying,
    lots: member.lots.map((lot) => ({ ...lot })),
    holds: member.holds.map((hold) => ({ ...hold })),
    redemptions: [...member.redemptions],
    purchases: member.purchases.map((purchase) => ({ ...purchase })),
    arrears: member.arrears.map((debt) => ({ ...debt })),
  };
}

function inDrawOrder(lots: readonly ModelLot[]): ModelLot[] {
  return [...lots].sort((a, b) => a.expires - b.expires || a.earned - b.earned || a.n - b.n);
}

/** Claims by pair and the operator's accounts, added up. */
class Sums {
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
function split(whole: number, weights: readonly number[]): number[] {
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

const prefund = ({ R, h }: Terms, points: number): number => split(R * points, [h, 10_000 - h])[0]!;

function spending(sums: Sums, terms: Terms, { points: k, by, r }: { points: number; by: ModelParty; r: number }): void {
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

function fee(sums: Sums, { f, shares }: Terms, { points, sign }: { points: number; sign: number }): void {
  const parts = split(
    f * points,
    shares.map(({ bps }) => bps),
  );
  shares.forEach(
    ({ who }, n) => who !== 'H' && sums.owe(who, 'H', { micros: sign * parts[n]!, account: 'PROGRAMME_FEES' }),
  );
}

function funding(sums: Sums, terms: Terms, { points, sign }: { points: number; sign: number }): void {
  const { issuer, I, R } = terms;
  if (terms.model === 'HYBRID') {
    sums.owe(issuer, 'H', { micros: sign * prefund(terms, points), account: `PREFUND:${issuer}` });
  }
  if (terms.model !== 'AT_ISSUANCE') return;
  sums.owe(issuer, 'H', { micros: sign * I * points, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, `DEFERRED_MARGIN:${issuer}`, sign * (I - R) * points);
}

function releasing(sums: Sums, terms: Terms, points: number): void {
  if (terms.model !== 'AT_ISSUANCE') fee(sums, terms, { points, sign: 1 });
  funding(sums, terms, { points, sign: 1 });
}

function takingBack(sums: Sums, terms: Terms, { points, unspent }: { points: number; unspent: number }): void {
  if (terms.model !== 'AT_ISSUANCE') fee(sums, terms, { points, sign: -1 });
  funding(sums, terms, { points: unspent, sign: -1 });
}

function expiring(sums: Sums, terms: Terms, points: number, sign: number): void {
  const { issuer, I, R, b } = terms;
  if (terms.model === 'HYBRID') funding(sums, terms, { points, sign: -sign });
  if (terms.model !== 'AT_ISSUANCE') return;
  const [share = 0, income = 0] = split(R * points, [b, 10_000 - b]);
  sums.owe('H', issuer, { micros: sign * share, account: `POINT_FUND:${issuer}` });
  sums.move(`POINT_FUND:${issuer}`, 'BREAKAGE_INCOME', sign * income);
  sums.move(`DEFERRED_MARGIN:${issuer}`, 'MARGIN_INCOME', sign * (I - R) * points);
}
