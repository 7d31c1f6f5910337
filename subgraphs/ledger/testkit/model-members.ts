import {
  DAY,
  type Brand,
  type ModelParty,
  type ModelContract,
  type ModelRules,
  type Share,
  type Terms,
  type ModelLot,
  type Part,
  type ModelHold,
  type Spent,
  type ModelMember,
  type Happened,
  type NewLot,
} from './model-types';
import { split } from './model-money';

/** Why the book said no. */
export class No extends Error {}

/** The members of a model, and what every event is made of. */
export class ModelMembers {
  now: number;
  protected members: ModelMember[];
  protected happened: Happened[] = [];
  protected spent: Spent[] = [];
  protected events = 0;

  constructor(
    protected readonly rules: ModelRules,
    { now, members }: { now: number; members: number },
  ) {
    this.now = now;
    this.members = Array.from({ length: members }, () => ({
      ...{ lots: [], holds: [], redemptions: [], purchases: [], arrears: [], qualifying: 0 },
    }));
  }

  /** What has expired goes first; then the event, or nothing of it at all; then what came back expired, and the arrears. */
  protected attempt(touched: readonly number[], event: () => void, occurred = this.now): string {
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

  protected at(m: number): ModelMember {
    return this.members[m]!;
  }

  protected lotOf(m: number, n: number): ModelLot | undefined {
    return this.at(m).lots[n - 1];
  }

  protected theLot(m: number, n: number): ModelLot {
    return this.lotOf(m, n)!;
  }

  protected theHold(m: number, hold: number): ModelHold {
    return this.at(m).holds[hold]!;
  }

  protected earned(minor: number): number {
    return Math.floor((minor * this.rules.earning.points) / this.rules.earning.perMinor);
  }

  protected expiryOf(at: number): number {
    return (Math.floor(at / DAY) + this.rules.validityDays + 1) * DAY;
  }

  protected contract(brand: Brand, at: number): ModelContract {
    return this.rules.contracts[brand].filter(({ from }) => from <= at).at(-1)!;
  }

  protected reserve(at: number): number {
    return Math.max(...(['A', 'B', 'C', 'D'] as const).map((brand) => this.contract(brand, at).r));
  }

  protected brandTerms(issuer: Brand, at: number, shares: readonly Share[]): Terms {
    const { model, I, f, h, b } = this.contract(issuer, at);
    return { ...{ model, I, f, h, b }, issuer, shares, R: this.reserve(at) };
  }

  protected issue(m: number, lot: NewLot): void {
    this.addLot(m, lot);
    if (lot.counts) this.count(m, lot.points);
    if (!lot.waits) this.happened.push({ what: 'released', terms: lot.terms, points: lot.points });
  }

  protected addLot(m: number, { points, waits, isGift = false, ...lot }: NewLot): void {
    this.at(m).lots.push({
      ...lot,
      isGift,
      charged: waits ? 0 : points,
      n: this.at(m).lots.length + 1,
      quantity: points,
      pending: waits ? points : 0,
      available: waits ? 0 : points,
      clawedBack: 0,
      expired: 0,
    });
  }

  protected count(m: number, points: number): void {
    this.at(m).qualifying = Math.max(0, this.at(m).qualifying + points);
  }

  protected pendingLot(m: number, n: number): ModelLot {
    const lot = this.lotOf(m, n);
    if (lot === undefined) throw new No('NOT_FOUND');
    if (lot.pending === 0) throw new No('LEDGER_LOT_NOT_PENDING');
    return lot;
  }

  protected releaseLot(lot: ModelLot): void {
    this.happened.push({ what: 'released', terms: lot.terms, points: lot.pending });
    lot.available += lot.pending;
    lot.charged = lot.pending;
    lot.pending = 0;
  }

  /** Points of a lot that are spendable or on hold. */
  protected outstanding(m: number, { n, available }: ModelLot): number {
    const held = this.at(m).holds.flatMap(({ open, parts }) => (open ? parts : []));
    return held.reduce((sum, part) => (part.lot === n ? sum + part.points : sum), available);
  }

  protected openHold(m: number, hold: number): ModelHold {
    const found = this.at(m).holds[hold];
    if (found === undefined) throw new No('NOT_FOUND');
    if (!found.open || found.until <= this.now) throw new No('LEDGER_HOLD_NOT_OPEN');
    return found;
  }

  protected letGo(m: number, hold: number): void {
    const found = this.theHold(m, hold);
    found.open = false;
    for (const { lot, points } of found.parts) this.theLot(m, lot).available += points;
  }

  /** Takes points out of the lots that expire first. */
  protected draw(m: number, points: number): Part[] {
    if (this.at(m).arrears.length > 0) throw new No('LEDGER_MEMBER_IN_ARREARS');
    const { parts, missing } = this.drawUpTo(m, points);
    if (missing > 0) throw new No('LEDGER_INSUFFICIENT_POINTS');
    return parts;
  }

  protected drawUpTo(m: number, points: number): { parts: Part[]; missing: number } {
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
  protected spend(m: number, { lot, points }: Part, by: ModelParty, r: number): number {
    return this.spent.push({ terms: this.theLot(m, lot).terms, lot, by, r, points }) - 1;
  }

  protected takeBack(m: number, lot: ModelLot, points: number): void {
    const pending = Math.min(points, lot.pending);
    const unspent = Math.min(points - pending, lot.available);
    const missing = points - pending - unspent;
    lot.pending -= pending;
    lot.available -= unspent;
    lot.clawedBack += points;
    if (lot.counts) this.count(m, -points);
    // Whoever paid for them: under any model but one that is the issuer, whoever shares the fee.
    const { model, issuer, shares } = lot.terms;
    const payers = model === 'AT_REDEMPTION' ? shares : [{ who: issuer, bps: 10_000 }];
    split(
      missing,
      payers.map(({ bps }) => bps),
    ).forEach((part, n) => this.owe(m, payers[n]!.who, part));
    // What the member still has fills them at once: only the rest counts.
    const has = this.at(m).lots.reduce((sum, one) => sum + one.available, 0);
    if (missing > 0 && this.at(m).arrears.reduce((sum, one) => sum + one.points, 0) - has > this.rules.arrearsLimit) {
      throw new No('LEDGER_ARREARS_LIMIT_REACHED');
    }
    lot.charged -= points - pending;
    this.happened.push({ what: 'taken unspent', terms: lot.terms, points: unspent });
  }

  protected owe(m: number, to: ModelParty, points: number): void {
    if (points === 0) return;
    const found = this.at(m).arrears.find((one) => one.to === to);
    if (found === undefined) this.at(m).arrears.push({ to, points, opened: this.events });
    else found.points += points;
  }

  protected expireDue(m: number): void {
    for (const lot of this.at(m).lots) {
      if (lot.available === 0 || lot.expires > this.now) continue;
      this.happened.push({ what: 'expired', terms: lot.terms, points: lot.available });
      lot.expired += lot.available;
      lot.available = 0;
    }
  }

  /** Exactly a redemption in favour of whom the member owes: the longest owed first. */
  protected fillArrears(m: number, occurred: number): void {
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

export function inDrawOrder(lots: readonly ModelLot[]): ModelLot[] {
  return [...lots].sort((a, b) => a.expires - b.expires || a.earned - b.earned || a.n - b.n);
}
