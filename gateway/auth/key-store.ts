import type { Database } from '../../kernel/db/database';
import type { Tx } from '../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../kernel/values/id';

/** A partner key as the gateway knows it: enough to recognise it, never the key itself. */
export interface PartnerKey {
  readonly keyId: string;
  /** SHA-256 of the key's whole text. */
  readonly keyHash: Buffer;
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly isSandbox: boolean;
  readonly revokedAt: Date | null;
  /** From where it may be used; null: from anywhere. */
  readonly addresses: readonly string[] | null;
}

/** Finds a key by its id; null when none was announced under it. */
export async function findKey(database: Database, keyId: string): Promise<PartnerKey | null> {
  const { rows } = await database.pool.query<PartnerKey>(
    `/* gateway.partnerKey.find */
     select key_id as "keyId", key_hash as "keyHash", programme_id as "programmeId", partner_id as "partnerId", scopes,
            expires_at as "expiresAt", is_sandbox as "isSandbox", revoked_at as "revokedAt",
            addresses
       from partner_key where key_id = $1`,
    [keyId],
  );
  return rows[0] ?? null;
}

/** Remembers a key; hearing of it a second time changes nothing. */
export async function insertKey(tx: Tx, key: Omit<PartnerKey, 'revokedAt'>): Promise<void> {
  await tx.query(
    `/* gateway.partnerKey.insert */
     insert into partner_key (key_id, key_hash, programme_id, partner_id, scopes, expires_at, is_sandbox, addresses)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (key_id) do nothing`,
    [
      ...[key.keyId, key.keyHash, key.programmeId, key.partnerId, key.scopes, key.expiresAt, key.isSandbox],
      key.addresses,
    ],
  );
}

/** Remembers from where a key may be used. */
export async function setAddresses(tx: Tx, keyId: string, addresses: readonly string[] | null): Promise<void> {
  await tx.query('/* gateway.partnerKey.setAddresses */ update partner_key set addresses = $2 where key_id = $1', [
    keyId,
    addresses,
  ]);
}

/** Marks a key as revoked, from the earliest moment it was said. */
export async function revokeKey(tx: Tx, keyId: string, at: string): Promise<void> {
  await tx.query(
    `/* gateway.partnerKey.revoke */
     update partner_key set revoked_at = least(revoked_at, $2::timestamptz) where key_id = $1`,
    [keyId, at],
  );
}

/** Whether the database answers. */
export async function isReachable(database: Database): Promise<boolean> {
  await database.pool.query('/* gateway.reachable */ select 1');
  return true;
}
