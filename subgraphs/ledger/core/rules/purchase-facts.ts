import { Temporal } from 'temporal-polyfill';
import {
  ConditionLine,
  customValue,
  type ConditionFacts,
  type FactName,
} from '../../../../kernel/conditions/vocabulary';
import { dayOf } from '../../../../kernel/values/instant';
import type { MemberFacts } from './member-facts';

/** A line of a receipt, its amount in minor units of the programme's currency. */
export interface PurchaseLine {
  readonly sku: string;
  readonly category: string | null;
  readonly quantity: number;
  readonly amountMinor: bigint;
}

/** What surrounds a purchase besides the receipt, as the partner told it. */
export interface Surroundings {
  /** Metres between the member and the place of sale. */
  readonly distanceMetres?: number | null;
  readonly temperatureCelsius?: number | null;
  /** Under the partner's own names. */
  readonly attributes?: Readonly<Record<string, unknown>> | null;
}

/** What happened: a purchase, or an action with no amount. */
export interface Happened extends Surroundings {
  readonly at: Date;
  /** In minor units of the programme's currency. */
  readonly amountMinor: bigint;
  /** The currency it was paid in. */
  readonly currency: string;
  readonly channel: string | null;
  readonly branch: string | null;
  readonly lines: readonly PurchaseLine[];
}

/** Who it happened to, as the rules may know. */
export interface Person {
  readonly facts: MemberFacts;
  readonly tier: string | null;
  /** Instants of the member's earlier purchases at the partner since the year before began; unordered. */
  readonly orders: readonly Date[];
}

/**
 * What a condition may look at, in the programme's own time.
 *
 * @param uses what the conditions look at: what none asks for is left at nothing, since a calendar takes its time
 */
export function conditionFacts(
  happened: Happened,
  person: Person,
  { timeZone, uses }: { timeZone: string; uses: ReadonlySet<FactName> },
): ConditionFacts {
  const { at, amountMinor, currency, channel, branch, lines } = happened;
  const { facts, tier } = person;
  const distance = happened.distanceMetres ?? null;
  const temperature = happened.temperatureCelsius ?? null;
  const moment = momentOf(at, timeZone);
  return {
    purchase: { amount: amountMinor, currency, channel: channel ?? '', branch: branch ?? '' },
    lines: lines.map(
      ({ sku, category, quantity, amountMinor: amount }) =>
        new ConditionLine({ sku, category: category ?? '', quantity: BigInt(quantity), amount }),
    ),
    time: moment.time,
    member: {
      tier: tier ?? '',
      enrolledDays: BigInt((uses.has('member') ? enrolledDays(facts, at, timeZone) : null) ?? -1),
      consented: facts.consented,
    },
    orders: ordersIn(person.orders, at, moment),
    segments: uses.has('segments') ? [...facts.segments] : [],
    profile: customValue(facts.attributes) as ConditionFacts['profile'],
    attributes: customValue(happened.attributes ?? {}) as ConditionFacts['attributes'],
    ...(distance === null ? {} : { place: { distance } }),
    ...(temperature === null ? {} : { weather: { temperature } }),
  };
}

/** Days of the programme's calendar since the one the member was enrolled on; null where that is not known. */
export function enrolledDays({ enrolledAt }: MemberFacts, at: Date, timeZone: string): number | null {
  if (enrolledAt === null) return null;
  const from = Temporal.PlainDate.from(dayOf(enrolledAt, timeZone));
  return from.until(momentOf(at, timeZone).today, { largestUnit: 'days' }).days;
}

/** A second as the programme's calendar sees it. */
interface Moment {
  readonly today: Temporal.PlainDate;
  readonly time: ConditionFacts['time'];
  /** When the running periods began, in milliseconds since 1970. */
  readonly since: Readonly<Record<keyof ConditionFacts['orders'], number>>;
}

/** Purchases come by the hundred in one second, and looking a second up in a calendar takes longer than all their conditions. */
const moments = new Map<string, Moment>();
const MOMENTS_KEPT = 500;

/** Offsets from UTC are whole seconds, so all of a second has one date and one minute. */
function momentOf(at: Date, timeZone: string): Moment {
  const key = `${Math.floor(at.getTime() / 1_000)} ${timeZone}`;
  let moment = moments.get(key);
  if (moment === undefined) {
    if (moments.size >= MOMENTS_KEPT) moments.clear();
    moments.set(key, (moment = lookUp(at, timeZone)));
  }
  return moment;
}

function lookUp(at: Date, timeZone: string): Moment {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const today = local.toPlainDate();
  const start = (first: Temporal.PlainDate) => first.toZonedDateTime(timeZone).epochMilliseconds;
  return {
    today,
    time: {
      date: today.toString(),
      year: BigInt(local.year),
      month: BigInt(local.month),
      day: BigInt(local.day),
      weekday: BigInt(local.dayOfWeek),
      hour: BigInt(local.hour),
      minute: BigInt(local.minute),
    },
    since: {
      day: start(today),
      month: start(today.with({ day: 1 })),
      quarter: start(today.with({ day: 1, month: today.month - ((today.month - 1) % 3) })),
      year: start(today.with({ day: 1, month: 1 })),
    },
  };
}

/** Purchases up to and with this one in each running period of the programme's calendar. */
function ordersIn(before: readonly Date[], at: Date, { since }: Moment): ConditionFacts['orders'] {
  const count = (start: number) => 1n + BigInt(before.filter((one) => one.getTime() >= start && one <= at).length);
  return { day: count(since.day), month: count(since.month), quarter: count(since.quarter), year: count(since.year) };
}
