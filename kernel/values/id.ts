import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

/** What an id names; the prefix travels with it so that a voucher's id never passes for a member's. */
export const ID_PREFIXES = [
  'prg',
  'ptr',
  'ctr',
  'cmp',
  'rul',
  'key',
  'mem',
  'idl',
  'acc',
  'txn',
  'pst',
  'lot',
  'hld',
  'rwd',
  'ord',
  'vch',
  'cyc',
  'stp',
  'lin',
  'dsp',
  'rev',
  'svy',
  'inv',
  'qst',
  'evt',
  'req',
  'adj',
  'mpc',
  'frz',
  'bto',
  'gpm',
  'dft',
  'rof',
  'rdr',
  'cpr',
  'rpr',
  'seg',
  'exp',
  'tch',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

/**
 * An id as clients see it: prefix, underscore, the 32 hexadecimal digits of a UUID version 7. Ids of one kind sort by
 * the time they were made, but for those that must not tell it (`newOpaqueId`).
 */
export type Id<P extends IdPrefix = IdPrefix> = string & { readonly __prefix: P };

export type ProgrammeId = Id<'prg'>;
export type PartnerId = Id<'ptr'>;
export type MemberId = Id<'mem'>;

/** Makes a new id. Ids are made here and never by SQL, so that any PostgreSQL from 15 on will do. */
export function newId<P extends IdPrefix>(prefix: P): Id<P> {
  return `${prefix}_${uuidv7().replaceAll('-', '')}` as Id<P>;
}

/**
 * Makes a new id that does not tell when it was made, from a random UUID. For members: a partner that enrols somebody must
 * not read from the id whether that person was a member before.
 */
export function newOpaqueId<P extends IdPrefix>(prefix: P): Id<P> {
  return `${prefix}_${randomUUID().replaceAll('-', '')}` as Id<P>;
}

/** Puts a prefix on a stored UUID. */
export function idFromUuid<P extends IdPrefix>(prefix: P, uuid: string): Id<P> {
  return `${prefix}_${uuid.replaceAll('-', '')}` as Id<P>;
}

/** The UUID within an id, as PostgreSQL stores it. */
export function uuidOf(id: Id): string {
  const hex = id.slice(id.indexOf('_') + 1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Reads an id given from outside; null when it is not one of this kind. */
export function parseId<P extends IdPrefix>(prefix: P, text: unknown): Id<P> | null {
  if (typeof text !== 'string' || text.length !== prefix.length + 33) return null;
  return text.startsWith(`${prefix}_`) && /^[0-9a-f]{32}$/.test(text.slice(prefix.length + 1)) ? (text as Id<P>) : null;
}
