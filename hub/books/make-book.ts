import { microsPerMinor, type CurrencyCode } from '../../kernel/values/money';
import { HUB_PARTY, type WrittenBook } from './book-format';
import { Random } from './random';

type Event = WrittenBook['events'][number];
type Partner = WrittenBook['partners'][number];
type EventType = Event['type'];

const OPENS = Date.parse('2026-03-01T00:00:00Z');
const CLOSES = Date.parse('2026-04-01T00:00:00Z');
const DAY = 86_400_000;
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'JPY', 'KWD'] as const;
const ZONES = ['Europe/Warsaw', 'UTC', 'Asia/Tokyo', 'America/New_York', 'Asia/Tehran'] as const;
const RATES = { PLN: '4.2575', USD: '1.0831', JPY: '163.27', EUR: '0.92333', KWD: '0.3071' } as const;
const WEIGHTS: Readonly<Record<EventType, number>> = {
  ...{ earn: 30, redeem: 22, hold: 7, capture: 6, releaseHold: 2, reverse: 7 },
  ...{ clawback: 6, transfer: 6, goodwill: 4, release: 4, cancel: 2 },
};
/** One in so many events asks for what is not there. */
const WRONG_PERCENT = 3;

/**
 * Makes a book of random events that is the same for the same seed: every type, model and kind of funding, with refusals now and
 * then. What it names exists; whether the rules allow it, running it tells.
 */
export function makeBook(seed: number, events: number): WrittenBook {
  return new BookMaker(seed, events).make();
}

class BookMaker {
  private readonly random: Random;
  private readonly partners: Partner[] = [];
  private readonly members: string[];
  private readonly lots: { lot: string; member: string; points: number; pending: boolean }[] = [];
  private readonly holds: { hold: string; member: string; redeemer: string; points: number }[] = [];
  private readonly redemptions: { id: string; points: number }[] = [];
  private readonly fees: { event: string; debtor: string }[] = [];
  /** About what a member has; what expired meanwhile is not known here. */
  private readonly about = new Map<string, number>();
  private readonly unit: number;
  private readonly currency: string;
  private at = OPENS;

  constructor(
    private readonly seed: number,
    private readonly count: number,
  ) {
    this.random = new Random(seed);
    this.currency = this.random.pick(CURRENCIES);
    this.unit = Number(microsPerMinor(this.currency as CurrencyCode));
    this.members = Array.from({ length: this.random.whole(1, 5) }, (_, n) => `M${n + 1}`);
  }

  make(): WrittenBook {
    this.makePartners();
    const openingLots = Array.from({ length: this.random.whole(0, 3) }, (_, n) => this.openingLot(n));
    const events = Array.from({ length: this.count }, (_, n) => this.event(n));
    const foreign = [...new Set(this.partners.map(({ settlesIn }) => settlesIn))].filter((one) => one !== undefined);
    const disputes = this.fees.length > 0 && this.random.happens(15) ? [this.random.pick(this.fees)] : [];
    return {
      ...{ book: 1, name: `random ${this.seed}`, currency: this.currency, timeZone: this.random.pick(ZONES) },
      faceValueMicros: this.unit,
      opensAt: new Date(OPENS).toISOString(),
      closesAt: new Date(CLOSES).toISOString(),
      partners: this.partners,
      rates: foreign.map((to) => ({ from: this.currency, to, rate: RATES[to as keyof typeof RATES] })),
      openingLots,
      events,
      disputes: disputes.map(({ event, debtor }) => ({ debtor, creditor: HUB_PARTY, event })),
    };
  }

  /** Prices in thousandths of the face value, so that sums seldom end on a whole cent. */
  private makePartners(): void {
    const { random, unit } = this;
    const price = (from: number, to: number) => Math.round((unit * random.whole(from, to)) / 1_000);
    const highest = price(700, 900);
    for (let n = 0; n < random.whole(2, 5) || n < 2; n += 1) {
      const model = random.pick(['AT_REDEMPTION', 'AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID'] as const);
      const currency = random.pick(Object.keys(RATES).filter((one) => one !== this.currency));
      this.partners.push({
        id: 'ABCDE'[n]!,
        model,
        reimbursementMicros: n === 0 ? highest : Math.min(highest, price(500, 900)),
        ...(model === 'AT_ISSUANCE'
          ? { issuanceMicros: highest + price(0, 99), breakageShareBps: random.pick([0, 3_333, 5_000, 10_000]) }
          : { feeMicros: price(0, 80) }),
        ...(model === 'HYBRID' ? { prefundBps: random.pick([1, 2_500, 3_333, 6_667, 10_000]) } : {}),
        ...(random.happens(30) ? { settlesIn: currency } : {}),
      });
      if (this.partners.length === 5) break;
    }
  }

  private openingLot(n: number): NonNullable<WrittenBook['openingLots']>[number] {
    const lot = `O${n + 1}`;
    const member = this.random.pick(this.members);
    const points = this.random.whole(1, 500);
    this.gains({ lot, member, points, pending: false });
    const earnedAt = new Date(OPENS - this.random.whole(1, 700) * DAY).toISOString();
    return { lot, member, issuer: this.partner(), points, earnedAt, expiresAt: this.expiry() };
  }

  private event(n: number): Event {
    const { random } = this;
    const step = Math.floor((CLOSES - OPENS - DAY) / this.count / 1_000);
    // Whole seconds for events; what falls due has milliseconds of its own.
    if (!random.happens(10)) this.at += random.whole(0, step * 2) * 1_000;
    this.at = Math.min(this.at, CLOSES - 1_000);
    const base = { id: `T${String(n + 1).padStart(3, '0')}`, at: new Date(this.at).toISOString() };
    return this.eventOf(random.weighted(WEIGHTS), base) ?? this.earn(base);
  }

  /** Null when there is nothing yet for such an event to be about. */
  private eventOf(type: EventType, base: { id: string; at: string }): Event | null {
    const { random } = this;
    const wrong = random.happens(WRONG_PERCENT);
    const member = random.pick(this.members);
    const has = this.about.get(member) ?? 0;
    const some = wrong ? has + random.whole(1, 50) : random.whole(1, Math.max(1, has));
    switch (type) {
      case 'earn':
        return this.earn(base);
      case 'goodwill': {
        const lot = { lot: `L${this.lots.length + 1}`, member, points: random.whole(1, 90) };
        this.gains({ ...lot, pending: false });
        const by = random.happens(50) ? HUB_PARTY : this.partner();
        return { ...base, type, ...lot, by, expiresAt: this.expiry() };
      }
      case 'redeem':
        if (has === 0 && !wrong) return null;
        this.loses(member, some);
        this.redemptions.push({ id: base.id, points: some });
        return { ...base, type, member, redeemer: this.partner(), points: some };
      case 'transfer': {
        const others = this.members.filter((one) => one !== member);
        if (others.length === 0 || has === 0) return null;
        const to = random.pick(others);
        this.loses(member, some);
        this.about.set(to, (this.about.get(to) ?? 0) + some);
        return { ...base, type, from: member, to, points: some };
      }
      case 'hold': {
        if (has === 0) return null;
        const hold = { hold: `h${this.holds.length + 1}`, member, redeemer: this.partner(), points: some };
        this.loses(member, some);
        this.holds.push(hold);
        const expiresAt = this.dueAt(random.whole(1, 8), 500 + this.holds.length);
        return { ...base, type, ...hold, expiresAt };
      }
      default:
        return this.eventAbout(type, base, wrong);
    }
  }

  /** Events about something that was there before. */
  private eventAbout(type: EventType, base: { id: string; at: string }, wrong: boolean): Event | null {
    const { random } = this;
    switch (type) {
      case 'capture':
      case 'releaseHold': {
        if (this.holds.length === 0) return null;
        const { hold, points } = random.pick(this.holds.slice(-3));
        if (type === 'releaseHold') return { ...base, type, hold };
        const captured = random.whole(1, points + (wrong ? 5 : 0));
        this.redemptions.push({ id: base.id, points: captured });
        return { ...base, type, hold, ...(random.happens(30) ? {} : { points: captured }) };
      }
      case 'reverse': {
        if (this.redemptions.length === 0) return null;
        const { id, points } = random.pick(this.redemptions.slice(-5));
        return { ...base, type, of: id, ...(random.happens(25) ? {} : { points: random.whole(1, points) }) };
      }
      case 'clawback': {
        if (this.lots.length === 0) return null;
        const { lot, points, member } = random.pick(this.lots);
        const taken = random.whole(1, wrong ? points + 9 : points);
        this.loses(member, taken);
        return { ...base, type, lot, points: taken };
      }
      case 'release':
      case 'cancel': {
        const waiting = this.lots.filter(({ pending }) => pending);
        if (waiting.length === 0 && !wrong) return null;
        const lot = random.pick(
          waiting.length === 0 ? [{ lot: 'nowhere', member: '', points: 0, pending: true }] : waiting,
        );
        if (type === 'release') this.about.set(lot.member, (this.about.get(lot.member) ?? 0) + lot.points);
        if (random.happens(90)) lot.pending = false;
        return { ...base, type, lot: lot.lot };
      }
      default:
        return null;
    }
  }

  private earn(base: { id: string; at: string }): Event {
    const { random } = this;
    const lot = { lot: `L${this.lots.length + 1}`, member: random.pick(this.members), points: random.whole(1, 1_500) };
    const pending = random.happens(15);
    this.gains({ ...lot, pending });
    const issuer = this.partner();
    const funding = random.happens(20) ? this.funding() : undefined;
    const { model, feeMicros = 0 } = this.partners.find(({ id }) => id === issuer)!;
    if (!pending && funding === undefined && model !== 'AT_ISSUANCE' && Number(feeMicros) > 0)
      this.fees.push({ event: base.id, debtor: issuer });
    return {
      ...base,
      ...{ type: 'earn', ...lot, issuer, expiresAt: this.expiry() },
      ...(pending ? { pending } : {}),
      ...(funding === undefined ? {} : { funding }),
    };
  }

  private funding(): { partner: string; bps: number }[] {
    const names = this.partners.map(({ id }) => id).filter(() => this.random.happens(70));
    if (names.length < 2) return [{ partner: this.partner(), bps: 10_000 }];
    let left = 10_000;
    return names.map((partner, n) => {
      const bps = n === names.length - 1 ? left : this.random.whole(1, left - (names.length - 1 - n));
      left -= bps;
      return { partner, bps };
    });
  }

  private partner(): string {
    return this.random.pick(this.partners).id;
  }

  /** Now and then never; no two at one instant. */
  private expiry(): string | null {
    if (this.random.happens(10)) return null;
    return this.dueAt(
      this.random.happens(40) ? this.random.whole(2, 30) : this.random.whole(40, 700),
      this.lots.length + 1,
    );
  }

  private dueAt(days: number, millisecond: number): string {
    return new Date(this.at + days * DAY + millisecond).toISOString();
  }

  private gains(lot: { lot: string; member: string; points: number; pending: boolean }): void {
    this.lots.push(lot);
    if (!lot.pending) this.about.set(lot.member, (this.about.get(lot.member) ?? 0) + lot.points);
  }

  private loses(member: string, points: number): void {
    this.about.set(member, Math.max(0, (this.about.get(member) ?? 0) - points));
  }
}
