import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerKey } from '../core/partner-key';
import { PartnerKeyRow } from './partner-key.row';

const INSERT = sql`/* partners.issuePartnerKey.insert */
insert into partner_key (id, programme_id, partner_id, key_hash, scopes, issued_at, expires_at, addresses)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** @param keyHash SHA-256 of the key's text, hexadecimal */
export async function insertPartnerKey(
  tx: Tx,
  programmeId: ProgrammeId,
  key: PartnerKey,
  keyHash: string,
): Promise<void> {
  const { id, partnerId, scopes, issuedAt, expiresAt, addresses } = key;
  await tx.query(INSERT, [id, programmeId, partnerId, keyHash, scopes, issuedAt, expiresAt, addresses]);
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

const SET_ADDRESSES = sql`/* partners.setPartnerKeyAddresses.set */
update partner_key set addresses = $3 where programme_id = $1 and id = $2`;

/** Says from where a key may be used; null: from anywhere. */
export async function setKeyAddresses(
  tx: Tx,
  programmeId: ProgrammeId,
  { id, addresses }: { id: Id<'key'>; addresses: readonly string[] | null },
): Promise<void> {
  await tx.query(SET_ADDRESSES, [programmeId, id, addresses]);
}

/** When a key was used. */
export interface KeyUse {
  readonly id: Id<'key'>;
  readonly usedAt: Date;
}

// Locked in the order of their ids, so that two gateways that tell of the same keys wait for each other and never in a ring.
const NOTE_USES = sql`/* partners.notePartnerKeyUses.note */
with used as (
  select id, max(used_at) as used_at from unnest($2::text[], $3::timestamptz[]) as use (id, used_at) group by id
), later as (
  select partner_key.id, used.used_at
    from partner_key join used using (id)
   where partner_key.programme_id = $1 and (last_used_at is null or last_used_at < used.used_at)
   order by partner_key.id
     for update of partner_key
)
update partner_key set last_used_at = later.used_at from later where partner_key.id = later.id
returning partner_key.id`;

/** Takes down last uses of a programme's keys in one statement; answers how many were later than what was known. */
export async function noteUses(tx: Tx, programmeId: ProgrammeId, uses: readonly KeyUse[]): Promise<number> {
  const ids = uses.map(({ id }) => id);
  const instants = uses.map(({ usedAt }) => usedAt);
  const [noted] = await tx.query<[unknown[], number]>(NOTE_USES, [programmeId, ids, instants]);
  return noted.length;
}

function keyOf({ programmeId: _, keyHash: __, ...key }: PartnerKeyRow): PartnerKey {
  return key;
}
