import { Temporal } from 'temporal-polyfill';
import { isConditionFault, readCondition, type ConditionAnswer } from '../../../kernel/conditions/condition';
import { customValue, type ConditionFacts } from '../../../kernel/conditions/vocabulary';
import { inTransaction } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import { findProgramme } from '../data/programme.store';
import type { PartnersSetting } from './setting';

/** A purchase to try a condition on; what is absent is empty. */
export interface ConditionSample {
  readonly amountMinor?: bigint | null;
  readonly channel?: string | null;
  readonly branch?: string | null;
  readonly occurredAt?: Date | null;
  readonly tier?: string | null;
  readonly enrolledDays?: number | null;
  readonly segments?: readonly string[] | null;
  readonly orders?: number | null;
  readonly attributes?: Readonly<Record<string, unknown>> | null;
  readonly distanceMetres?: number | null;
  readonly temperatureCelsius?: number | null;
}

/** What became of a trial. */
export interface ConditionTrial {
  readonly outcome: ConditionAnswer['outcome'] | 'NOT_VALID';
  readonly message: string | null;
  readonly position: number | null;
}

/** Asks a condition about samples, in the programme's time and currency, as the ledger would; nothing is kept. */
export async function tryCondition(
  setting: PartnersSetting,
  programmeId: ProgrammeId,
  { condition, samples }: { condition: string; samples: readonly ConditionSample[] },
): Promise<ConditionTrial[]> {
  const read = readCondition(condition);
  if (isConditionFault(read)) {
    return samples.map(() => ({ outcome: 'NOT_VALID', message: read.message, position: read.position }));
  }
  const programme = await inTransaction(setting.database, (tx) => findProgramme(tx, programmeId));
  const { timeZone = 'UTC', currency = '' } = programme ?? {};
  return samples.map((sample) => {
    const at = sample.occurredAt ?? setting.clock.now();
    const answer = read.ask(factsOf(sample, { at, timeZone, currency }));
    return { outcome: answer.outcome, message: 'message' in answer ? answer.message : null, position: null };
  });
}

function factsOf(
  sample: ConditionSample,
  { at, timeZone, currency }: { at: Date; timeZone: string; currency: string },
): ConditionFacts {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const order = BigInt(sample.orders ?? 1);
  const [distance, temperature] = [sample.distanceMetres ?? null, sample.temperatureCelsius ?? null];
  return {
    purchase: {
      amount: sample.amountMinor ?? 0n,
      currency,
      channel: sample.channel ?? '',
      branch: sample.branch ?? '',
    },
    lines: [],
    time: {
      date: local.toPlainDate().toString(),
      year: BigInt(local.year),
      month: BigInt(local.month),
      day: BigInt(local.day),
      weekday: BigInt(local.dayOfWeek),
      hour: BigInt(local.hour),
      minute: BigInt(local.minute),
    },
    member: { tier: sample.tier ?? '', enrolledDays: BigInt(sample.enrolledDays ?? -1), consented: false },
    orders: { day: order, month: order, quarter: order, year: order },
    segments: [...(sample.segments ?? [])],
    profile: {},
    attributes: customValue(sample.attributes ?? {}) as ConditionFacts['attributes'],
    ...(distance === null ? {} : { place: { distance } }),
    ...(temperature === null ? {} : { weather: { temperature } }),
  };
}
