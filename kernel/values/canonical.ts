import { hash } from 'node:crypto';

/**
 * One text for one value: keys sorted, bigints and dates as strings, `undefined` left out. Two bodies that mean the
 * same hash the same, whatever order a client wrote their fields in.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null';
  if (typeof value === 'bigint') return JSON.stringify(value.toString());
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    return objectText(value as Record<string, unknown>);
  }
  throw new TypeError(`canonicalJson: ${typeof value} has no JSON`);
}

/** Every command's body goes through here: no list is made of what can be said at once. */
function objectText(fields: Record<string, unknown>): string {
  let text = '';
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name];
    if (field === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}

/** SHA-256 as hexadecimal digits, 64 of them unless shortened: as text it is compared and kept without making a buffer. */
export type Digest = string;

/** The digest of a text. */
export function digest(text: string): Digest {
  return hash('sha256', text, 'hex');
}

/** SHA-256 of a value's canonical text, 32 bytes. */
export function canonicalHash(value: unknown): Buffer {
  return hash('sha256', canonicalJson(value), 'buffer');
}
