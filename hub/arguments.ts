import { InvalidArgumentError } from 'commander';

/** Reads an option that is an instant with its offset, as RFC 3339 writes it. */
export function instant(text: string): Date {
  const at = new Date(text);
  if (!/T.*(Z|[+-]\d\d:\d\d)$/u.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('must be an instant such as 2026-03-10T12:00:00Z');
  return at;
}
