import { Temporal } from 'temporal-polyfill';
import { ConditionLine, customValue, type ConditionFacts } from '../../../../kernel/conditions/vocabulary';
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

/** What a condition may look at, in the programme's own time. */
export function conditionFacts(happened: Happened, person: Person, timeZone: string): ConditionFacts {
  const { at, amountMinor, currency, channel, branch, lines } = happened;
  const { facts, tier } = person;
  const distance = happened.distanceMetres ?? null;
  const temperature = happened.temperatureCelsius ?? null;
  return {
    purchase: { amount: amountMinor, currency, channel: channel ?? '', branch: branch ?? '' },
    lines: lines.map(
      ({ sku, category, quantity, amountMinor: amount }) =>
        new ConditionLine({ sku, category: category ?? '', quantity: BigInt(quantity), amount }),
    ),
    time: timeOf(at, timeZone),
    member: {
      tier: tier ?? '',
      enrolledDays: BigInt(enrolledDays(facts, at, timeZone) ?? -1),
      consented: facts.consented,
    },
    orders: ordersIn(person.orders, at, timeZone),
    segments: [...facts.segments],
    profile: customValue(facts.attributes) as ConditionFacts['profile'],
    attributes: customValue(happened.attributes ?? {}) as ConditionFacts['attributes'],
    ...(distance === null ? {} : { place: { distance } }),
    ...(temperature === null ? {} : { weather: { temperature } }),
  };
}

/** Days of the programme's calendar since the one the member was enrolled on; null where that is not known. */
export function enrolledDays({ enrolledAt }: MemberFacts, at: Date, timeZone: string): number | null {
  if (enrolledAt === null) return null;
  const [from, to] = [enrolledAt, at].map((instant) => Temporal.PlainDate.from(dayOf(instant, timeZone)));
  return (from as Temporal.PlainDate).until(to as Temporal.PlainDate, { largestUnit: 'days' }).days;
}

function zoned(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
}

function timeOf(at: Date, timeZone: string): ConditionFacts['time'] {
  const local = zoned(at, timeZone);
  return {
    date: local.toPlainDate().toString(),
    year: BigInt(local.year),
    month: BigInt(local.month),
    day: BigInt(local.day),
    weekday: BigInt(local.dayOfWeek),
    hour: BigInt(local.hour),
    minute: BigInt(local.minute),
  };
}

/** Purchases up to and with this one in each running period of the programme's calendar. */
function ordersIn(before: readonly Date[], at: Date, timeZone: string): ConditionFacts['orders'] {
  const today = zoned(at, timeZone).toPlainDate();
  const quarter = today.with({ day: 1, month: today.month - ((today.month - 1) % 3) });
  const since = (first: Temporal.PlainDate) => {
    const start = first.toZonedDateTime(timeZone).epochMilliseconds;
    return 1n + BigInt(before.filter((one) => one.getTime() >= start && one <= at).length);
  };
  return {
    day: since(today),
    month: since(today.with({ day: 1 })),
    quarter: since(quarter),
    year: since(today.with({ day: 1, month: 1 })),
  };
}
