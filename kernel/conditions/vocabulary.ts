import { Environment } from '@marcbachmann/cel-js';
import { CONDITION_LIMITS } from './limits';

/** One line of a receipt, as a condition sees it; amounts in minor units of the programme's currency. */
export class ConditionLine {
  readonly sku: string;
  readonly category: string;
  readonly quantity: bigint;
  readonly amount: bigint;

  constructor({ sku, category, quantity, amount }: Omit<ConditionLine, never>) {
    this.sku = sku;
    this.category = category;
    this.quantity = quantity;
    this.amount = amount;
  }
}

/** A value a partner or a member brings under a name of its own. */
export type CustomValue = bigint | number | string | boolean | readonly CustomValue[] | { [name: string]: CustomValue };

/** Everything a condition may look at, by the names it writes. */
export interface ConditionFacts {
  /** `amount` in minor units of the programme's currency; text fields are '' where the till named none. */
  readonly purchase: {
    readonly amount: bigint;
    readonly currency: string;
    readonly channel: string;
    readonly branch: string;
  };
  readonly lines: readonly ConditionLine[];
  /** When it happened, in the programme's time zone; `weekday` 1 is Monday. */
  readonly time: {
    readonly date: string;
    readonly year: bigint;
    readonly month: bigint;
    readonly day: bigint;
    readonly weekday: bigint;
    readonly hour: bigint;
    readonly minute: bigint;
  };
  /** `enrolledDays` is 0 on the day of enrolment, -1 where it is not known. */
  readonly member: { readonly tier: string; readonly enrolledDays: bigint; readonly consented: boolean };
  /** Purchases at this partner in the running period of the programme's calendar, this one counted. */
  readonly orders: {
    readonly day: bigint;
    readonly month: bigint;
    readonly quarter: bigint;
    readonly year: bigint;
  };
  readonly segments: readonly string[];
  /** What the member has under the coalition's own names. */
  readonly profile: Readonly<Record<string, CustomValue>>;
  /** What came with the purchase or action under the partner's own names. */
  readonly attributes: Readonly<Record<string, CustomValue>>;
  /** `distance` in metres from the place of sale; absent where it was not told. */
  readonly place?: { readonly distance: number };
  /** `temperature` in degrees Celsius; absent where it was not told. */
  readonly weather?: { readonly temperature: number };
}

/** The names a condition may begin with. */
export type FactName = keyof ConditionFacts;

/** The typed environment of every condition: who saves a rule and who applies it read it alike. */
export const vocabulary = new Environment({
  limits: {
    maxAstNodes: CONDITION_LIMITS.nodes,
    maxDepth: CONDITION_LIMITS.depth,
    maxListElements: CONDITION_LIMITS.listElements,
    maxMapEntries: CONDITION_LIMITS.mapEntries,
    maxCallArguments: CONDITION_LIMITS.callArguments,
  },
})
  .registerType('Line', {
    ctor: ConditionLine,
    fields: { sku: 'string', category: 'string', quantity: 'int', amount: 'int' },
  })
  .registerVariable({
    name: 'purchase',
    schema: { amount: 'int', currency: 'string', channel: 'string', branch: 'string' },
  })
  .registerVariable('lines', 'list<Line>')
  .registerVariable({
    name: 'time',
    schema: {
      date: 'string',
      year: 'int',
      month: 'int',
      day: 'int',
      weekday: 'int',
      hour: 'int',
      minute: 'int',
    },
  })
  .registerVariable({ name: 'member', schema: { tier: 'string', enrolledDays: 'int', consented: 'bool' } })
  .registerVariable({ name: 'orders', schema: { day: 'int', month: 'int', quarter: 'int', year: 'int' } })
  .registerVariable('segments', 'list<string>')
  .registerVariable('profile', 'map<string, dyn>')
  .registerVariable('attributes', 'map<string, dyn>')
  .registerVariable({ name: 'place', schema: { distance: 'double' } })
  .registerVariable({ name: 'weather', schema: { temperature: 'double' } });

/** A value out of JSON as conditions compare it: whole numbers are integers, and nothing is nested deeper than four. */
export function customValue(value: unknown, depth = 4): CustomValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (depth === 0 || value === null || typeof value !== 'object') return '';
  if (Array.isArray(value)) {
    return value.slice(0, CONDITION_LIMITS.runtimeElements + 1).map((one) => customValue(one, depth - 1));
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, customValue(one, depth - 1)]));
}
