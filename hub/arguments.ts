import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../kernel/values/instant';

/** Reads an option that is an instant with its offset, as RFC 3339 writes it. */
export function instant(text: string): Date {
  const at = parseInstant(text);
  if (at === null) throw new InvalidArgumentError('must be an instant such as 2026-03-10T12:00:00Z');
  return at;
}
