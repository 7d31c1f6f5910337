import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Partner } from '../core/partner';
import { PartnerRow } from './partner.row';

const INSERT = sql`/* partners.addPartner.insert */
insert into partner (id, programme_id, code, name, can_issue, can_redeem, status, joined_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (programme_id, code) do nothing
returning id`;

/** Writes a partner; false when the code is taken in its programme, then nothing is written. */
export async function insertPartner(tx: Tx, partner: Partner, joinedAt: Date): Promise<boolean> {
  const { id, programmeId, code, name, canIssue, canRedeem, status } = partner;
  const inserted = await tx.query<unknown[]>(INSERT, [
    id,
    programmeId,
    code,
    name,
    canIssue,
    canRedeem,
    status,
    joinedAt,
  ]);
  return inserted.length === 1;
}

const LOCK = sql`/* partners.partner.lock */
select id
  from partner
 where programme_id = $1 and id = $2
   for no key update`;

/** The partner, its row locked until the transaction ends; null when the programme has no such partner. */
export async function lockPartner(tx: Tx, programmeId: ProgrammeId, id: PartnerId): Promise<Partner | null> {
  const locked = await tx.query<unknown[]>(LOCK, [programmeId, id]);
  return locked.length === 0 ? null : ((await findPartners(tx, programmeId, [id]))[0] ?? null);
}

const SET_STATUS = sql`/* partners.partner.setStatus */
update partner
   set status = $3, status_reason = $4, leaving_since = $5
 where programme_id = $1 and id = $2`;

/** Writes where a partner now stands, and keeps why. */
export async function setPartnerStatus(
  tx: Tx,
  { programmeId, id, status, leavingSince }: Partner,
  reason: string,
): Promise<void> {
  await tx.query(SET_STATUS, [programmeId, id, status, reason, leavingSince]);
}

/** Those of a programme's partners that are named, in any order; ids of other programmes find nothing. */
export async function findPartners(tx: Tx, programmeId: ProgrammeId, ids: readonly PartnerId[]): Promise<Partner[]> {
  const rows = await tx.findBy(PartnerRow, { programmeId, id: In([...ids]) });
  return rows.map(partnerOf);
}

/** All of a programme's partners, in the order they joined. */
export async function findAllPartners(tx: Tx, programmeId: ProgrammeId): Promise<Partner[]> {
  const rows = await tx.find(PartnerRow, { where: { programmeId }, order: { id: 'asc' } });
  return rows.map(partnerOf);
}

const PAGE = sql`/* partners.partners.page */
select id, programme_id as "programmeId", code, name, can_issue as "canIssue", can_redeem as "canRedeem", status,
       leaving_since as "leavingSince"
  from partner
 where programme_id = $1 and code > $2
 order by code
 limit $3`;

/** Partners in the order of their codes, beginning after one of them. */
export async function findPartnerPage(
  tx: Tx,
  programmeId: ProgrammeId,
  { afterCode, limit }: { afterCode: string | null; limit: number },
): Promise<Partner[]> {
  return tx.query<Partner[]>(PAGE, [programmeId, afterCode ?? '', limit]);
}

function partnerOf({ joinedAt: _, ...partner }: PartnerRow): Partner {
  return partner;
}
