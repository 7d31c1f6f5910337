import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction } from '../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault, ifGiven } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { parseId, type Id } from '../../../kernel/values/id';
import { addressesFault, type PartnerKey } from '../core/partner-key';
import { findPartnerKey, noteUses, setKeyAddresses, type KeyUse } from '../data/partner-key.store';
import { keyAddressesSet } from '../events/published';
import { adminOf } from './authorise';
import type { PartnersSetting } from './setting';

export interface AddressChange {
  readonly idempotencyKey: string;
  readonly keyId: string;
  /** Addresses and ranges in CIDR notation; null: from anywhere. */
  readonly addresses?: readonly string[] | null;
}

/**
 * Says from where a key may be used from now on; open connections from elsewhere end.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND.
 */
export async function setPartnerKeyAddresses(
  setting: PartnersSetting,
  principal: Principal,
  input: AddressChange,
): Promise<Replayable<{ key: PartnerKey }> | Refusal> {
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), ifGiven(input.addresses, addressesFault));
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId } = admin;
  const id = parseId('key', input.keyId);
  if (id === null) return notFound('key');
  const { addresses = null } = input;
  const body = { keyId: id, addresses };
  const command = {
    caller: callerOf(principal),
    operation: 'setPartnerKeyAddresses',
    key: input.idempotencyKey,
    body,
  };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ key: PartnerKey }>> => {
      await setKeyAddresses(tx, programmeId, { id, addresses });
      const key = await findPartnerKey(tx, programmeId, id);
      if (key === null) return notFound('key');
      await appendEvents(tx, 'partners', [keyAddressesSet(key, programmeId)], setting.clock.now());
      return { key };
    }),
  );
  setting.announced();
  if (!isRefusal(outcome))
    setting.log.info({ event: 'partner_key.addresses', keyId: id, by: admin.subject, replayed: outcome.replayed });
  return outcome;
}

/**
 * Takes down when keys were used last, as the gateway tells it now and then for many at once; an earlier instant than the one
 * known changes nothing.
 *
 * Refuses FORBIDDEN unless the gateway tells it.
 *
 * @returns how many keys of the programme were used later than was known
 */
export async function notePartnerKeyUses(
  { database }: PartnersSetting,
  principal: Principal,
  uses: readonly { readonly keyId: string; readonly usedAt: Date }[],
): Promise<number | Refusal> {
  if (principal.kind !== 'service' || principal.name !== 'gateway')
    return forbidden('Only the gateway of this hub may tell this.');
  const known = uses.flatMap(({ keyId, usedAt }): KeyUse[] => {
    const id: Id<'key'> | null = parseId('key', keyId);
    return id === null ? [] : [{ id, usedAt }];
  });
  return inTransaction(database, (tx) => noteUses(tx, principal.programmeId, known));
}
