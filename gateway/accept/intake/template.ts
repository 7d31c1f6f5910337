import { minorPerMajor, parseCurrency } from '../../../kernel/values/money';

/** A value of a message that is not what a template needs; said with the place it stands in. */
export class TemplateFault extends Error {}

const LEFT_OUT = Symbol('left out');
type Filled = unknown;

/** What the places of a template point into: the message, and the item of a list that is being gone over. */
interface Sources {
  readonly $: unknown;
  readonly '@': unknown;
}

/**
 * Fills a template with the values of a message. A text beginning with `$.` or `@.` is a place; objects of one `$` operator are
 * worked out; everything else stands as it is. What is not there is left out of the object it would stand in.
 *
 * Operators: `$constant` · `$first: [a, b]` the first that is there · `$text` a number or text as text · `$name` an event's title as a
 * name for machines · `$money: { amount, currency, times? }` decimal amounts as `{ amountMinor, currency }` · `$each`, `$as` a list.
 *
 * @throws TemplateFault when a value is there and cannot be what is wanted
 */
export function fill(template: unknown, message: unknown): Record<string, unknown> {
  const filled = fillAny(template, { $: message, '@': undefined });
  return filled === LEFT_OUT ? {} : (filled as Record<string, unknown>);
}

function fillAny(template: unknown, sources: Sources): Filled {
  if (typeof template === 'string') return /^[$@]\./.test(template) ? at(template, sources) : template;
  if (Array.isArray(template))
    return template.map((item) => fillAny(item, sources)).filter((item) => item !== LEFT_OUT);
  if (typeof template !== 'object' || template === null) return template;
  // A database may have put the fields of an object in another order.
  const operator = Object.keys(template).find((name) => Object.hasOwn(OPERATORS, name));
  if (operator !== undefined) return OPERATORS[operator]!(template as Record<string, unknown>, sources);
  const fields = Object.entries(template).map(([name, value]) => [name, fillAny(value, sources)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== LEFT_OUT));
}

/** The value at a place. Only a message's own properties count, so no name reaches into what every object inherits. */
function at(place: string, sources: Sources): Filled {
  const [root, ...steps] = place.split('.') as ['$' | '@', ...string[]];
  let value: unknown = sources[root];
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return LEFT_OUT;
    value = (value as Record<string, unknown>)[step];
  }
  return value ?? LEFT_OUT;
}

type Operator = (template: Record<string, unknown>, sources: Sources) => Filled;

const OPERATORS: Readonly<Record<string, Operator>> = {
  $constant: ({ $constant }) => $constant,
  $first: ({ $first }, sources) => {
    const filled = ($first as unknown[]).map((choice) => fillAny(choice, sources));
    return filled.find((value) => value !== LEFT_OUT && value !== '') ?? LEFT_OUT;
  },
  $text: ({ $text }, sources) => {
    const value = fillAny($text, sources);
    if (value === LEFT_OUT || typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw new TemplateFault(`${JSON.stringify($text)} must be a text or a number`);
  },
  $name: ({ $name }, sources) => {
    const value = fillAny($name, sources);
    if (value === LEFT_OUT) return value;
    return String(value)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '.')
      .replace(/^\.|\.$/g, '');
  },
  $money: ({ $money }, sources) => money($money as Record<string, unknown>, sources),
  $each: ({ $each, $as }, sources) => {
    const list = fillAny($each, sources);
    if (list === LEFT_OUT) return list;
    if (!Array.isArray(list)) throw new TemplateFault(`${String($each)} must be a list`);
    return list.map((item) => fillAny($as, { ...sources, '@': item as unknown }));
  },
};

function money(template: Record<string, unknown>, sources: Sources): Filled {
  const amount = fillAny(template['amount'], sources);
  const code = fillAny(template['currency'], sources);
  const times = template['times'] === undefined ? 1 : fillAny(template['times'], sources);
  if (amount === LEFT_OUT || code === LEFT_OUT) return LEFT_OUT;
  const currency = typeof code === 'string' ? parseCurrency(code.toUpperCase()) : null;
  if (currency === null) throw new TemplateFault(`${JSON.stringify(code)} is no currency`);
  const count = times === LEFT_OUT ? 1 : times;
  if (typeof count !== 'number' || !Number.isInteger(count))
    throw new TemplateFault('a quantity must be a whole number');
  const minor = minorOf(amount, minorPerMajor(currency)) * BigInt(count);
  return { amountMinor: minor.toString(), currency };
}

/** A decimal amount in whole minor units, exactly: more decimals than the currency has are refused, never rounded. */
function minorOf(amount: unknown, perMajor: bigint): bigint {
  const text = typeof amount === 'number' || typeof amount === 'string' ? String(amount) : '';
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new TemplateFault(`${JSON.stringify(amount)} is no amount`);
  const places = perMajor.toString().length - 1;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > places) throw new TemplateFault(`${text} has more decimals than its currency`);
  const minor = BigInt(whole) * perMajor + BigInt(kept.padEnd(places, '0') || '0');
  return sign === '-' ? -minor : minor;
}
