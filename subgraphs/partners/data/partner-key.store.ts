import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerKey } from '../core/partner-key';
import { PartnerKeyRow } from './partner-key.row';

const INSERT = sql`/* partners.issuePartnerKey.insert */
insert into partner_key (id, programme_id, partner_id, key_hash, scopes, issued_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)`;

/** @param keyHash SHA-256 of the key's text, hexadecimal */
export async function insertPartnerKey(
  tx: Tx,
  programmeId: ProgrammeId,
  key: PartnerKey,
  keyHash: string,
): Promise<void> {
  await tx.query(INSERT, [key.id, programmeId, key.partnerId, keyHash, key.scopes, key.issuedAt, key.expiresAt]);
}

const REVOKE = sql`/* partners.revokePartnerKey.revoke */
update partner_key
   set revoked_at = $3
 where programme_id = $1 and id = $2 and revoked_at is null
returning id`;

/** Revokes a key; false when the programme has no such key, or it was revoked before: then nothing changes. */
export async function revokeKey(
  tx: Tx,
  programmeId: ProgrammeId,
  { id, revokedAt }: { id: Id<'key'>; revokedAt: Date },
): Promise<boolean> {
  const [revoked] = await tx.query<[unknown[], number]>(REVOKE, [programmeId, id, revokedAt]);
  return revoked.length === 1;
}

export async function findPartnerKey(tx: Tx, programmeId: ProgrammeId, id: Id<'key'>): Promise<PartnerKey | null> {
  const row = await tx.findOneBy(PartnerKeyRow, { programmeId, id });
  return row === null ? null : keyOf(row);
}

/** Every key some partners ever had, oldest first. */
export async function findPartnerKeys(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<PartnerKey[]> {
  const rows = await tx.find(PartnerKeyRow, {
    where: { programmeId, partnerId: In([...partnerIds]) },
    order: { id: 'asc' },
  });
  return rows.map(keyOf);
}

function keyOf({ id, partnerId, scopes, issuedAt, expiresAt, revokedAt }: PartnerKeyRow): PartnerKey {
  return { id, partnerId, scopes, issuedAt, expiresAt, revokedAt };
}
