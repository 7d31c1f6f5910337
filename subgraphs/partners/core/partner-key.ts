import { expectThat, firstFault, idempotencyKeyFault, ifGiven, type Fault } from '../../../kernel/errors/check-input';
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
}

/** What an admin asks for when a partner needs a key. */
export interface KeyRequest {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** Null: the standard scopes. */
  readonly scopes?: readonly string[] | null;
  readonly expiresAt?: Date | null;
}

/** One in use and one to rotate to. */
export const ACTIVE_KEYS_MAX = 2;

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
    ifGiven(input.expiresAt, (expiresAt) => expectThat('input.expiresAt', expiresAt > now, 'must be in the future')),
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
