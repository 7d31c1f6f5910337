import { DAY, type Brand, type Share, type Terms, type MemberPicture } from './model-types';
import { inDrawOrder, ModelMembers, No } from './model-members';
import { fee, happening, inAdvance, prefund, split, spending, Sums } from './model-money';

export type { Brand, ModelContract, ModelParty, ModelRules } from './model-types';

/** Who pays for joint points, whosever they are. */
const JOINTLY: readonly Share[] = [
  { who: 'A', bps: 4_000 },
  { who: 'B', bps: 6_000 },
];

/**
 * A second reading of the posting rules (docs/SETTLEMENT.md, section 3), written from their text and sharing no code with the
 * ledger: plain numbers, letters for parties, and whole days. It is slow and simple on purpose. Nothing of money is posted: the
 * book keeps what happened, and works every claim and account out anew from that, so that a reversed draw is just a smaller one.
 */
export class ModelBook extends ModelMembers {
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

  bonus(m: number, given: { by?: Brand; points: number; expires: number; waits: boolean }): string {
    const { by = 'B', points, expires, waits } = given;
    return this.attempt([m], () => {
      const dates = { earned: this.now, expires, releaseAt: null };
      this.issue(m, { terms: this.brandTerms(by, this.now, JOINTLY), points, ...dates, counts: true, waits });
    });
  }

  goodwill(
    m: number,
    given: { by: 'H' | 'A'; joint?: boolean; points: number; expires: number; waits: boolean },
  ): string {
    const { by, joint, points, expires, waits } = given;
    return this.attempt([m], () => {
      const terms: Terms = {
        ...{ model: 'AT_REDEMPTION', I: 0, f: 0, h: 0, b: 0, issuer: by, R: this.reserve(this.now) },
        shares: joint === true && by !== 'H' ? JOINTLY : [{ who: by, bps: 10_000 }],
      };
      const dates = { earned: this.now, expires, releaseAt: null };
      this.issue(m, { terms, points, ...dates, counts: false, waits });
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

  /** Of each in proportion to what they can spend; the first must give something. */
  pool(ms: readonly number[], { brand, points }: { brand: Brand; points: number }): string {
    return this.attempt(ms, () => {
      const spendable = ms.map((m) => this.at(m).lots.reduce((sum, lot) => sum + lot.available, 0));
      if (spendable.reduce((sum, one) => sum + one, 0) < points) throw new No('LEDGER_INSUFFICIENT_POINTS');
      const parts = split(points, spendable);
      if (parts[0] === 0) throw new No('LEDGER_POOL_LEAD_GIVES_NOTHING');
      const { r } = this.contract(brand, this.now);
      for (const [n, m] of ms.entries()) {
        if (parts[n]! === 0) continue;
        const draws = this.draw(m, parts[n]!).map((part) => this.spend(m, part, brand, r));
        this.at(m).redemptions.push({ draws });
      }
    });
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
        const lot = this.theLot(from, part.lot);
        const { terms, earned, expires } = lot;
        const of = this.outstanding(from, lot) + part.points;
        this.happened.push({ what: 'given', terms, points: part.points, of });
        this.addLot(to, {
          isGift: true,
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
      this.happened.push({ what: 'reinstated', terms: lot.terms, points: back, of: lot.expired });
      lot.expired -= back;
      lot.available += back;
      lot.expires = Math.max(lot.expires, expires);
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
    for (const [m, { lots }] of this.members.entries()) {
      for (const lot of lots) {
        fee(sums, lot.terms, lot.charged, 1);
        // Of a gift the fee was paid before it was one.
        if (lot.isGift) fee(sums, lot.terms, lot.quantity, -1);
        inAdvance(sums, lot.terms, prefund(lot.terms, this.outstanding(m, lot)));
      }
    }
    for (const one of this.happened) happening(sums, one);
    return { pairs: sums.withoutZeros('pairs'), accounts: sums.withoutZeros('accounts') };
  }
}
