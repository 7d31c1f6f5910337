import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { BudgetPurpose } from '../../../kernel/conditions/rule-terms';
import type { PartnerId } from '../../../kernel/values/id';
import { isDay } from '../../../kernel/values/instant';
import { parseCurrency } from '../../../kernel/values/money';
import { ANNOUNCED_MAX } from './announced';
import type { LimitPeriod } from './contract';

/** What one unit of a currency is worth in the programme's, from a day on. */
export interface ConversionRate {
  readonly currency: string;
  /** An ISO date, by the programme's calendar. */
  readonly day: string;
  /** A decimal, exact. */
  readonly rate: string;
  readonly source: string;
}

/** A rate an admin states. */
export interface AskedRate extends ConversionRate {
  readonly idempotencyKey: string;
}

/** A partner's budget for a purpose, anew each period. */
export interface PurposeBudget {
  readonly partnerId: PartnerId;
  readonly purpose: BudgetPurpose;
  readonly points: bigint;
  readonly period: LimitPeriod;
}

/** A budget an admin sets. */
export interface AskedBudget extends Omit<PurposeBudget, 'partnerId'> {
  readonly idempotencyKey: string;
  readonly partnerId: string;
}

/** The first field of a rate that cannot be what it says. */
export function rateFault({ idempotencyKey, currency, day, rate, source }: AskedRate): Fault {
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    expectThat('input.currency', parseCurrency(currency) !== null, 'must be an ISO 4217 code in capitals, such as EUR'),
    expectThat('input.day', isDay(day), 'must be a day such as 2026-03-01'),
    expectThat(
      'input.rate',
      /^[0-9]{1,9}([.][0-9]{1,12})?$/.test(rate) && /[1-9]/.test(rate),
      'must be a decimal above 0, such as 4.2715, with at most 12 decimal places',
    ),
    textFault('input.source', source),
  );
}

/** The first field of a budget that cannot be what it says. */
export function budgetFault({ idempotencyKey, points }: AskedBudget): Fault {
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    wholeFault('input.points', points, { min: 1n, max: ANNOUNCED_MAX }),
  );
}
