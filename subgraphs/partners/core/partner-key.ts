import { expectThat, firstFault, idempotencyKeyFault, ifGiven, type Fault } from '../../../kernel/errors/check-input';
import { isAddressRange } from '../../../kernel/values/address-range';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { refuse } from './refusals';

/** A credential of a partner's programs. Its text is shown once and never stored. */
export interface PartnerKey {
  readonly id: Id<'key'>;
  readonly partnerId: PartnerId;
  readonly scopes: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** From where it may be used: addresses and ranges in CIDR notation; null: from anywhere. */
  readonly addresses: readonly string[] | null;
  /** When the gateway let it in last, told a few seconds later; null: not yet. */
  readonly lastUsedAt: Date | null;
}

/** What an admin asks for when a partner needs a key. */
export interface KeyRequest {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** Null: the standard scopes. */
  readonly scopes?: readonly string[] | null;
  readonly expiresAt?: Date | null;
  /** Addresses and ranges in CIDR notation; null: from anywhere. */
  readonly addresses?: readonly string[] | null;
}

/** One in use and one to rotate to. */
export const ACTIVE_KEYS_MAX = 2;

/** Ranges a key may name. */
const ADDRESSES_MAX = 50;

/** Giving points without a purchase must be asked for by name. */
const ONLY_WHEN_NAMED: ReadonlySet<string> = new Set(['accrual:direct']);

/**
 * The scopes a key will have: those named, once each, in the order of `known`; without any, all that are standard.
 *
 * @param known every scope there is
 */
export function scopesOf(request: KeyRequest, known: readonly string[]): string[] {
  const named = request.scopes;
  return known.filter((scope) => (named ? named.includes(scope) : !ONLY_WHEN_NAMED.has(scope)));
}

/** The first field of a key request that cannot be what it says. */
export function keyRequestFault(input: KeyRequest, { known, now }: { known: readonly string[]; now: Date }): Fault {
  const isKnown = (scopes: readonly string[]): boolean =>
    scopes.length > 0 && scopes.every((scope) => known.includes(scope));
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    ifGiven(input.scopes, (scopes) =>
      expectThat('input.scopes', isKnown(scopes), `must be some of ${known.join(', ')}`),
    ),
    ifGiven(input.addresses, addressesFault),
    ifGiven(input.expiresAt, (expiresAt) => expectThat('input.expiresAt', expiresAt > now, 'must be in the future')),
  );
}

/** Whether addresses are what they say; an empty list would lock its key out, or seem to let everybody in. */
export function addressesFault(addresses: readonly string[]): Fault {
  const { length } = addresses;
  return firstFault(
    expectThat('input.addresses', length > 0 && length <= ADDRESSES_MAX, `must be 1 to ${ADDRESSES_MAX}, or not given`),
    expectThat(
      'input.addresses',
      addresses.every(isAddressRange),
      'must be IPv4 or IPv6 addresses, or ranges of them such as 203.0.113.0/24',
    ),
  );
}

/** Whether a key still opens the door. */
export function isActive(key: PartnerKey, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

/** Whether a partner may get another key; else PARTNERS_TOO_MANY_KEYS. */
export function whyNoKey(keys: readonly PartnerKey[], now: Date): Refusal | null {
  if (keys.filter((key) => isActive(key, now)).length < ACTIVE_KEYS_MAX) return null;
  return refuse('PARTNERS_TOO_MANY_KEYS', `This partner has ${ACTIVE_KEYS_MAX} active keys; revoke one first.`);
}
