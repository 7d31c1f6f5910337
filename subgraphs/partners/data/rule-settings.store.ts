import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { ConversionRate, PurposeBudget } from '../core/rule-settings';

const INSERT_RATE = sql`/* partners.conversionRate.insert */
insert into conversion_rate (programme_id, currency, day, rate, source, set_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (programme_id, currency, day) do nothing
returning currency`;

/** Keeps a rate; false when the day has one already, which stays what it is: purchases were converted by it. */
export async function insertConversionRate(
  tx: Tx,
  programmeId: ProgrammeId,
  { currency, day, rate, source }: ConversionRate,
  setAt: Date,
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(INSERT_RATE, [programmeId, currency, day, rate, source, setAt]);
  return rows.length === 1;
}

const FIND_RATES = sql`/* partners.conversionRate.find */
select currency, day::text, rate, source
  from conversion_rate
 where programme_id = $1
 order by currency, day`;

/** Every rate of a programme. */
export function findConversionRates(tx: Tx, programmeId: ProgrammeId): Promise<ConversionRate[]> {
  return tx.query(FIND_RATES, [programmeId]);
}

const INSERT_BUDGET = sql`/* partners.purposeBudget.insert */
insert into purpose_budget (programme_id, partner_id, purpose, points, period, set_at)
values ($1, $2, $3, $4, $5, $6)`;

/** Sets a budget in the place of the one before. */
export async function insertPurposeBudget(
  tx: Tx,
  programmeId: ProgrammeId,
  { partnerId, purpose, points, period }: PurposeBudget,
  setAt: Date,
): Promise<void> {
  await tx.query(INSERT_BUDGET, [programmeId, partnerId, purpose, points, period, setAt]);
}

const FIND_BUDGETS = sql`/* partners.purposeBudget.find */
select distinct on (partner_id, purpose) partner_id, purpose, points, period
  from purpose_budget
 where programme_id = $1
 order by partner_id, purpose, n desc`;

/** The budgets that count now. */
export async function findPurposeBudgets(tx: Tx, programmeId: ProgrammeId): Promise<PurposeBudget[]> {
  const rows = await tx.query<{ partner_id: PartnerId; points: string }[]>(FIND_BUDGETS, [programmeId]);
  return (rows as (Omit<PurposeBudget, 'partnerId' | 'points'> & { partner_id: PartnerId; points: string })[]).map(
    ({ partner_id: partnerId, points, purpose, period }) => ({ partnerId, purpose, period, points: BigInt(points) }),
  );
}
