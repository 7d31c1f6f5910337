import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { parseId, type Id, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { PartnerKey } from '../core/partner-key';
import { findPartnerKey, findPartnerKeys, revokeKey } from '../data/partner-key.store';
import { keyRevoked } from '../events/published';
import { adminOf } from './authorise';
import type { PartnersSetting } from './setting';

export interface Revocation {
  readonly idempotencyKey: string;
  readonly keyId: string;
}

/**
 * Revokes a key for good. Revoking it again answers the same and announces nothing.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND.
 */
export async function revokePartnerKey(
  setting: PartnersSetting,
  principal: Principal,
  input: Revocation,
): Promise<Replayable<{ key: PartnerKey }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId } = admin;
  const keyId = parseId('key', input.keyId);
  if (keyId === null) return notFound('key');
  const command = {
    caller: callerOf(principal),
    operation: 'revokePartnerKey',
    key: input.idempotencyKey,
    body: { keyId },
  };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ key: PartnerKey }>> => {
      const key = await revoke(tx, { programmeId, keyId, now: setting.clock.now() });
      return key === null ? notFound('key') : { key };
    }),
  );
  setting.announced();
  if (!isRefusal(outcome))
    setting.log.info({ event: 'partner_key.revoked', keyId, by: admin.subject, replayed: outcome.replayed });
  return outcome;
}

/** Revokes every key of a partner that has none to need any more, and announces each; the partner is locked. */
export async function revokeKeysOf(
  tx: Tx,
  { programmeId, partnerId, now }: { programmeId: ProgrammeId; partnerId: PartnerId; now: Date },
): Promise<void> {
  for (const { id: keyId, revokedAt } of await findPartnerKeys(tx, programmeId, [partnerId])) {
    if (revokedAt === null) await revoke(tx, { programmeId, keyId, now });
  }
}

async function revoke(
  tx: Tx,
  { programmeId, keyId, now }: { programmeId: ProgrammeId; keyId: Id<'key'>; now: Date },
): Promise<PartnerKey | null> {
  const isNew = await revokeKey(tx, programmeId, { id: keyId, revokedAt: now });
  const key = await findPartnerKey(tx, programmeId, keyId);
  if (key !== null && isNew) await appendEvents(tx, 'partners', [keyRevoked(key, programmeId)], now);
  return key;
}
