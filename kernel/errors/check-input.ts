import type { Refusal } from './refusal';
import { invalidInput } from './shared-refusals';

/** A check of one field: INVALID_INPUT that names it, or null when it will do. */
export type Fault = Refusal<'INVALID_INPUT'> | null;

/** The first thing wrong, in the order given; null when nothing is. */
export function firstFault(...faults: readonly Fault[]): Fault {
  return faults.find((fault) => fault !== null) ?? null;
}

/** Checks something only when it was given. */
export function ifGiven<Value>(value: Value | null | undefined, check: (value: Value) => Fault): Fault {
  return value === null || value === undefined ? null : check(value);
}

/** A caller's name for an intent: 1 to 255 characters that can be stored and found again as they are. */
export function idempotencyKeyFault(value: string): Fault {
  return textFault('input.idempotencyKey', value, 255);
}

/**
 * Text a person will read. Refused: nothing to see (empty, blanks or invisible characters only), too long, control
 * characters, and half of a surrogate pair, which a database would silently replace.
 *
 * @param longest in UTF-16 units, as the wire counts
 */
export function textFault(field: string, value: string, longest = 200): Fault {
  if (value.length > longest) return invalidInput(field, `must have at most ${longest} characters`);
  // With the u flag a whole pair is one character, so what still matches is half of one.
  if (/\p{Cs}/u.test(value)) return invalidInput(field, 'holds half of a character');
  if (/\p{Cc}/u.test(value)) return invalidInput(field, 'must not hold control characters');
  if (!/[^\s\p{Cf}\p{Mn}\p{Zs}\u115f\u1160\u3164\uffa0\u2800]/u.test(value))
    return invalidInput(field, 'must not be empty');
  return null;
}

/** A name for machines in lower case: `demo`, `city-cards`. */
export function slugFault(field: string, value: string): Fault {
  return /^[a-z][a-z0-9-]{0,62}$/.test(value)
    ? null
    : invalidInput(field, 'must be 1 to 63 lower-case letters, digits or hyphens, beginning with a letter');
}

/** A short name for machines as others already use it: `P01`, `SILVER`. */
export function codeFault(field: string, value: string): Fault {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(value)
    ? null
    : invalidInput(field, 'must be 1 to 40 letters, digits, hyphens or underscores, beginning with a letter or digit');
}

/** A whole number within limits, both included. */
export function wholeFault<N extends bigint | number>(
  field: string,
  value: N,
  { min, max }: { min: N; max: N },
): Fault {
  return value >= min && value <= max ? null : invalidInput(field, `must be from ${min} to ${max}`);
}

/** Turns a test into a check: `expectThat('input.currency', parseCurrency(code) !== null, 'must be …')`. */
export function expectThat(field: string, holds: boolean, message: string): Fault {
  return holds ? null : invalidInput(field, message);
}
