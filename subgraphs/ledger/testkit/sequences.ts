import fc from 'fast-check';
import { newId, type MemberId, type PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { inPartyOrder } from '../core/movements/accrual';
import type { Party } from '../core/points/lot';
import type { PostingPlan } from '../core/points/posting';
import type { Contract, RuleBook } from '../core/rule-book';
import * as ask from './asked';
import { aContract, aRuleBook } from './book';
import type { Brand, ModelContract, ModelRules } from './model-book';

const BRANDS = ['A', 'B', 'C', 'D'] as const;
const DAY = 86_400_000;
/** When every sequence begins. */
export const SEQUENCE_START = new Date('2026-03-01T12:00:00Z');

/** One step of a sequence, in plain data: members and things are named by their place among those there are. */
export type Command =
  | { readonly do: 'earn'; readonly m: number; readonly brand: Brand; readonly minor: number; readonly late: number }
  | {
      readonly do: 'bonus';
      readonly m: number;
      /** Whose points they are; B's when not said. A and B pay. */
      readonly by?: Brand;
      readonly points: number;
      readonly days: number;
      readonly waits: boolean;
    }
  | {
      readonly do: 'goodwill';
      readonly m: number;
      readonly by: 'H' | 'A';
      /** Whether A and B pay for A's; A alone when not said. */
      readonly joint?: boolean;
      readonly points: number;
      readonly days: number;
      readonly waits: boolean;
    }
  | { readonly do: 'release' | 'dueRelease' | 'cancel'; readonly m: number; readonly lot: number }
  | { readonly do: 'redeem'; readonly m: number; readonly brand: Brand; readonly points: number; readonly late: number }
  | {
      readonly do: 'pool';
      readonly m: number;
      readonly with: readonly number[];
      readonly brand: Brand;
      readonly points: number;
    }
  | { readonly do: 'hold'; readonly m: number; readonly brand: Brand; readonly points: number; readonly days: number }
  | { readonly do: 'capture'; readonly m: number; readonly hold: number; readonly points: number | null }
  | { readonly do: 'releaseHold' | 'timeOut'; readonly m: number; readonly hold: number }
  | { readonly do: 'reverse'; readonly m: number; readonly redemption: number; readonly points: number | null }
  | { readonly do: 'giveBack'; readonly m: number; readonly purchase: number; readonly minor: number }
  | { readonly do: 'clawBack'; readonly m: number; readonly lot: number; readonly points: number }
  | { readonly do: 'give'; readonly m: number; readonly to: number; readonly points: number }
  | { readonly do: 'extend'; readonly m: number; readonly lot: number; readonly days: number }
  | {
      readonly do: 'reinstate';
      readonly m: number;
      readonly lot: number;
      readonly points: number | null;
      readonly days: number;
    }
  | { readonly do: 'wait'; readonly days: number }
  | { readonly do: 'sweep'; readonly m: number };

/** A programme of four brands under all three settlement models, with prices that fall on the way. */
export interface SequenceProgramme {
  readonly rules: RuleBook;
  readonly model: ModelRules;
  readonly brands: Readonly<Record<Brand, PartnerId>>;
  readonly members: readonly MemberId[];
  nameOf(party: Party): string;
}

/** Prices are odd on purpose: every share and every prefund must be rounded. */
const CONTRACTS: Readonly<Record<Brand, readonly Omit<ModelContract, 'from'>[]>> = {
  A: [
    { model: 'AT_REDEMPTION', r: 8_013, I: 0, f: 517, h: 0, b: 0 },
    { model: 'AT_REDEMPTION', r: 7_993, I: 0, f: 0, h: 0, b: 0 },
  ],
  B: [
    { model: 'AT_REDEMPTION', r: 7_513, I: 0, f: 503, h: 0, b: 0 },
    { model: 'AT_REDEMPTION', r: 7_001, I: 0, f: 499, h: 0, b: 0 },
  ],
  C: [{ model: 'AT_ISSUANCE', r: 7_999, I: 8_509, f: 0, h: 0, b: 4_567 }],
  D: [
    { model: 'HYBRID', r: 8_009, I: 0, f: 511, h: 3_333, b: 0 },
    { model: 'AT_ISSUANCE', r: 7_900, I: 8_100, f: 0, h: 0, b: 10_000 },
  ],
};
/** The second version of a contract begins so many days after the start. */
const NEW_PRICE_AFTER_DAYS = 5;

/** A fresh programme with so many members. */
export function sequenceProgramme(members: number): SequenceProgramme {
  const ids = Object.fromEntries(BRANDS.map((brand) => [brand, newId('ptr')])) as Record<Brand, PartnerId>;
  const names = new Map<Party, string>([...BRANDS.map((brand) => [ids[brand], brand] as const), [null, 'H']]);
  const pendingDays = { A: 0, B: 3, C: 0, D: 0 };
  const model: ModelRules = {
    contracts: Object.fromEntries(
      BRANDS.map((brand) => [brand, CONTRACTS[brand].map((one, n) => ({ ...one, from: beginning(n).getTime() }))]),
    ) as unknown as ModelRules['contracts'],
    earning: { points: 3, perMinor: 250 },
    pendingDays,
    validityDays: 20,
    graceDays: 4,
    arrearsLimit: 150,
  };
  const rules = aRuleBook({
    timeZone: 'UTC',
    opensAt: beginning(0),
    pointsValidityDays: model.validityDays,
    reversalGraceDays: model.graceDays,
    arrearsLimitPoints: points(BigInt(model.arrearsLimit)),
    partners: BRANDS.map((b) => ({ id: ids[b], code: b, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
    contracts: BRANDS.flatMap((brand) => CONTRACTS[brand].map((one, n) => contractOf(ids[brand], one, n))),
    earningRules: BRANDS.map((brand) => ({
      ...{ id: newId('rul'), partnerId: ids[brand], validFrom: beginning(0), pendingDays: pendingDays[brand] },
      ...{ points: BigInt(model.earning.points), perAmountMinor: BigInt(model.earning.perMinor) },
    })),
  });
  return {
    rules,
    model,
    brands: ids,
    members: Array.from({ length: members }, () => newId('mem')),
    nameOf: (party) => names.get(party) ?? '?',
  };
}

function beginning(n: number): Date {
  return n === 0 ? new Date('2026-01-01T00:00:00Z') : new Date(SEQUENCE_START.getTime() + NEW_PRICE_AFTER_DAYS * DAY);
}

function contractOf(partnerId: PartnerId, one: Omit<ModelContract, 'from'>, n: number): Contract {
  const { model: settlementModel, h: prefundBps, b: breakageShareBps, r, I, f } = one;
  return aContract(partnerId, {
    ...{ version: n + 1, validFrom: beginning(n), settlementModel, prefundBps, breakageShareBps },
    ...{ reimbursementMicros: BigInt(r), issuanceMicros: BigInt(I), feeMicros: BigInt(f) },
  });
}

/** Commands that mostly mean something: points are spent in the sizes they are earned in. */
export function commands(members: number): fc.Arbitrary<Command> {
  const m = fc.nat({ max: members - 1 });
  const brand = fc.constantFrom(...BRANDS);
  const place = fc.nat({ max: 11 });
  const amount = fc.integer({ min: 1, max: 120 });
  const part = fc.option(fc.integer({ min: 1, max: 60 }), { freq: 2 });
  const days = fc.integer({ min: 1, max: 15 });
  const late = fc.constantFrom(0, 0, 0, 1, 5, 25);
  const minor = fc.integer({ min: 1, max: 12_000 });
  const rarely = fc.constantFrom(true, false, false);
  const told = <K extends Command['do']>(name: K) => fc.constant(name);
  const often = (weight: number, arbitrary: fc.Arbitrary<Command>) => ({ weight, arbitrary });
  return fc.oneof(
    often(8, fc.record({ do: told('earn'), m, brand, minor, late })),
    often(3, fc.record({ do: told('bonus'), m, by: brand, points: amount, days, waits: rarely })),
    often(
      2,
      fc.record({
        ...{ do: told('goodwill'), m, by: fc.constantFrom('H', 'A'), joint: fc.boolean() },
        ...{ points: amount, days, waits: rarely },
      }),
    ),
    often(3, fc.record({ do: fc.constantFrom('release', 'dueRelease', 'cancel'), m, lot: place })),
    often(6, fc.record({ do: told('redeem'), m, brand, points: amount, late })),
    often(
      2,
      fc.record({ do: told('pool'), m, with: fc.array(m, { minLength: 1, maxLength: 2 }), brand, points: amount }),
    ),
    often(3, fc.record({ do: told('hold'), m, brand, points: amount, days })),
    often(2, fc.record({ do: told('capture'), m, hold: place, points: part })),
    often(2, fc.record({ do: fc.constantFrom('releaseHold', 'timeOut'), m, hold: place })),
    often(3, fc.record({ do: told('reverse'), m, redemption: place, points: part })),
    often(3, fc.record({ do: told('giveBack'), m, purchase: place, minor })),
    often(2, fc.record({ do: told('clawBack'), m, lot: place, points: amount })),
    often(3, fc.record({ do: told('give'), m, to: m, points: amount })),
    often(1, fc.record({ do: told('extend'), m, lot: place, days })),
    often(2, fc.record({ do: told('reinstate'), m, lot: place, points: part, days })),
    often(4, fc.record({ do: told('wait'), days: fc.integer({ min: 1, max: 9 }) })),
    often(1, fc.record({ do: told('sweep'), m })),
  );
}

/** A thing of a member that a later command names: the version that made it, and the brand it was made at. */
interface Made {
  readonly seq: bigint;
  readonly partnerId: PartnerId;
}

/** What was made so far at one member, as a caller would remember it from the answers. */
export class Memory {
  readonly holds: Made[] = [];
  readonly redemptions: Made[] = [];
  readonly purchases: Made[] = [];
  lots = 0;

  remember(plan: PostingPlan, seq: bigint): void {
    this.lots += plan.issued.length;
    const { partnerId } = plan;
    if (partnerId === null) return;
    if (plan.kind === 'HOLD') this.holds.push({ seq, partnerId });
    if (plan.kind === 'REDEEM' || plan.kind === 'CAPTURE') this.redemptions.push({ seq, partnerId });
    if (plan.purchase !== undefined) this.purchases.push({ seq, partnerId });
  }
}

/** Which of the things there are a place names; one that never was when there are none. */
export const among = (place: number, count: number): number => (count === 0 ? NOWHERE : place % count);
const NOWHERE = 999_998;

/** Points given by hand expire on every fifth day only, so that lots of different days often expire together. */
export function dueDate(now: Date, days: number): Date {
  const grid = 5 * DAY;
  return new Date(Math.ceil((now.getTime() + days * DAY) / grid) * grid);
}

/** Where a sequence stands when a command is put into words. */
export interface Situation {
  readonly now: Date;
  /** By member. */
  readonly memories: readonly Memory[];
  /** A receipt number not used before. */
  nextRef(): string;
}

type Spoken<K extends Command['do']> = Extract<Command, { do: K }>;
type Wording = { readonly [K in Exclude<Command['do'], 'wait'>]: (command: Spoken<K>, of: Speaker) => ask.Asked };

/** The members of a pool in the order named, each once: the one who leads first. */
export const poolOf = ({ m, with: others }: Spoken<'pool'>): number[] => [...new Set([m, ...others])];

/** The posting a command asks for; null for one that only lets time pass, gives a member their own points, or pools nobody's. */
export function askedFor(command: Command, programme: SequenceProgramme, at: Situation): ask.Asked | null {
  if (command.do === 'wait' || (command.do === 'give' && command.to === command.m)) return null;
  if (command.do === 'pool' && poolOf(command).length === 1) return null;
  const word = WORDING[command.do] as (command: Command, of: Speaker) => ask.Asked;
  return word(command, new Speaker(programme, at, command.m));
}

/** Puts places into the names a member's book knows. */
class Speaker {
  readonly memberId: MemberId;
  readonly memory: Memory;

  constructor(
    readonly programme: SequenceProgramme,
    readonly at: Situation,
    m: number,
  ) {
    this.memberId = programme.members[m] as MemberId;
    this.memory = at.memories[m] as Memory;
  }

  inDays(count: number): Date {
    return new Date(this.at.now.getTime() + count * DAY);
  }

  sale(brand: Brand, late = 0) {
    return { memberId: this.memberId, partnerId: this.programme.brands[brand], occurredAt: this.inDays(-late) };
  }

  /** What a place names, with its member; something that never was when there is nothing. */
  made(kind: 'holds' | 'redemptions' | 'purchases', place: number) {
    const list = this.memory[kind];
    const nothing: Made = { seq: 999_999n, partnerId: this.programme.brands.A };
    return { ...(list[among(place, list.length)] ?? nothing), memberId: this.memberId };
  }

  lot(place: number): bigint {
    return BigInt(among(place, this.memory.lots) + 1);
  }
}

const whole = (amount: number | null): bigint | null => (amount === null ? null : BigInt(amount));

const WORDING: Wording = {
  earn: ({ brand, late, minor }, of) => ask.purchase(of.sale(brand, late), of.at.nextRef(), BigInt(minor)),
  bonus: (command, of) => {
    const { brands } = of.programme;
    const issuerId = brands[command.by ?? 'B'];
    return given(command, of, { kind: 'EARN', issuerId, isPending: command.waits, funding: jointly(brands) });
  },
  goodwill: (command, of) => {
    const { brands } = of.programme;
    const issuerId = command.by === 'H' ? null : brands.A;
    const funding = command.joint === true && issuerId !== null ? jointly(brands) : null;
    return given(command, of, { kind: 'GOODWILL', issuerId, isPending: command.waits, funding });
  },
  release: ({ lot }, of) => ask.pendingRelease(of.memberId, of.lot(lot)),
  dueRelease: ({ lot }, of) => ask.dueRelease(of.memberId, of.lot(lot)),
  cancel: ({ lot }, of) => ask.pendingCancel(of.memberId, of.lot(lot)),
  redeem: ({ brand, late, points: amount }, of) =>
    ask.redemption(of.sale(brand, late), of.at.nextRef(), BigInt(amount)),
  pool: (command, of) => {
    const { partnerId, occurredAt } = of.sale(command.brand);
    const members = poolOf(command).map((m) => of.programme.members[m] as MemberId);
    return ask.pool(members, { partnerId, occurredAt, externalRef: of.at.nextRef(), amount: BigInt(command.points) });
  },
  hold: ({ brand, days, points: amount }, of) =>
    ask.hold(of.sale(brand), { amount: BigInt(amount), expiresAt: of.inDays(days) }),
  capture: ({ hold, points: amount }, of) => {
    const { seq: holdSeq, ...till } = of.made('holds', hold);
    return ask.capture(till, of.at.nextRef(), { holdSeq, amount: whole(amount) });
  },
  releaseHold: ({ hold }, of) => {
    const { seq, ...till } = of.made('holds', hold);
    return ask.holdRelease(till, seq);
  },
  timeOut: ({ hold }, of) => ask.holdTimeout(of.memberId, of.made('holds', hold).seq),
  reverse: ({ redemption, points: amount }, of) => {
    const { seq: redemptionSeq, memberId } = of.made('redemptions', redemption);
    return ask.reversal(memberId, { redemptionSeq, amount: whole(amount) });
  },
  giveBack: ({ purchase, minor }, of) => {
    const { seq: purchaseSeq, ...till } = of.made('purchases', purchase);
    const back = { purchaseSeq, amountMinor: BigInt(minor) };
    return ask.purchaseReturn({ ...till, occurredAt: of.at.now }, of.at.nextRef(), back);
  },
  clawBack: ({ lot, points: amount }, of) => ask.clawback(of.memberId, { lotSeq: of.lot(lot), amount: BigInt(amount) }),
  give: ({ to, points: amount }, of) => ask.transfer(of.memberId, of.programme.members[to] as MemberId, BigInt(amount)),
  extend: ({ lot, days }, of) =>
    ask.extension(of.memberId, { lotSeq: of.lot(lot), expiresAt: dueDate(of.at.now, days) }),
  reinstate: ({ lot, days, points: amount }, of) =>
    ask.reinstatement(of.memberId, { lotSeq: of.lot(lot), amount: whole(amount), expiresAt: dueDate(of.at.now, days) }),
  sweep: (_command, of) => ask.sweep(of.memberId),
};

const jointly = ({ A, B }: SequenceProgramme['brands']) =>
  inPartyOrder([
    { partyId: B, bps: 6_000 },
    { partyId: A, bps: 4_000 },
  ]);

type Accrual = Parameters<typeof ask.direct>[1];

function given(
  command: Spoken<'bonus'> | Spoken<'goodwill'>,
  of: Speaker,
  terms: Pick<Accrual, 'kind' | 'issuerId' | 'isPending' | 'funding'>,
): ask.Asked {
  return ask.direct(of.memberId, {
    ...terms,
    points: points(BigInt(command.points)),
    occurredAt: of.at.now,
    expiresAt: dueDate(of.at.now, command.days),
    externalRef: null,
    reason: command.do,
  });
}
