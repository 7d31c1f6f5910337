import { callerOf, SCOPES, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { newId, parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { keyRequestFault, scopesOf, whyNoKey, type KeyRequest, type PartnerKey } from '../core/partner-key';
import { refuse } from '../core/refusals';
import { findPartnerKeys, insertPartnerKey } from '../data/partner-key.store';
import { lockPartner } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { keyIssued } from '../events/published';
import { adminOf } from './authorise';
import { hashOfKeyText, makeKeyText } from './key-text';
import type { PartnersSetting } from './setting';

export interface IssuedKey {
  readonly key: PartnerKey;
  /** The credential itself, shown this once; null when the answer is a repeat. */
  readonly keyText: string | null;
}

/**
 * Issues a key to a partner's programs. Its text is in this answer and nowhere else: a repeat with the same idempotency
 * key answers the key without it, and whoever lost the text revokes the key and asks for another.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PARTNER_SUSPENDED, PARTNERS_PARTNER_LEAVING, PARTNERS_TOO_MANY_KEYS.
 */
export async function issuePartnerKey(
  setting: PartnersSetting,
  principal: Principal,
  input: KeyRequest,
): Promise<Replayable<IssuedKey> | Refusal> {
  const now = setting.clock.now();
  const fault = keyRequestFault(input, { known: SCOPES, now });
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  const { idempotencyKey: idempotency, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'issuePartnerKey', key: idempotency, body };
  // Filled within the transaction and kept outside what is stored: see `once`.
  const shown: { text: string | null } = { text: null };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ key: PartnerKey }>> => {
      const issued = await issue(tx, { programmeId: admin.programmeId, partnerId, request: input, now });
      if (isRefusal(issued)) return issued;
      shown.text = issued.text;
      return { key: issued.key };
    }),
  );
  setting.announced();
  if (isRefusal(outcome)) return outcome;
  setting.log.info({
    event: 'partner_key.issued',
    keyId: outcome.key.id,
    partnerId,
    by: admin.subject,
    replayed: outcome.replayed,
  });
  return { ...outcome, keyText: outcome.replayed ? null : shown.text };
}

async function issue(
  tx: Tx,
  {
    programmeId,
    partnerId,
    request,
    now,
  }: { programmeId: ProgrammeId; partnerId: PartnerId; request: KeyRequest; now: Date },
): Promise<Outcome<{ key: PartnerKey; text: string }>> {
  // The lock makes two requests count each other's key.
  const partner = await lockPartner(tx, programmeId, partnerId);
  const programme = await findProgramme(tx, programmeId);
  if (partner === null || programme === null || partner.status === 'LEFT') return notFound('partner');
  if (partner.status === 'SUSPENDED')
    return refuse('PARTNERS_PARTNER_SUSPENDED', 'A suspended partner gets no new key.');
  if (partner.status === 'LEAVING') return refuse('PARTNERS_PARTNER_LEAVING', 'A partner that leaves gets no new key.');
  const refusal = whyNoKey(await findPartnerKeys(tx, programmeId, [partnerId]), now);
  if (refusal !== null) return refusal;
  const id = newId('key');
  const { isSandbox } = programme;
  const text = makeKeyText(id, { isSandbox });
  const key: PartnerKey = {
    ...{ id, partnerId, scopes: scopesOf(request, SCOPES) },
    ...{ issuedAt: now, expiresAt: request.expiresAt ?? null, revokedAt: null },
    ...{ addresses: request.addresses ?? null, lastUsedAt: null },
  };
  const keyHash = hashOfKeyText(text);
  await insertPartnerKey(tx, programmeId, key, keyHash);
  await appendEvents(tx, 'partners', [keyIssued(key, { programmeId, isSandbox, keyHash })], now);
  return { key, text };
}
