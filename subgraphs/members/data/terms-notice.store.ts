import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { AnnouncedTerms, NoticeProgress, TermsNotice } from '../core/terms-notice';

const CLOSE = sql`/* members.termsNotice.closeGate */
select pg_advisory_xact_lock(hashtextextended('members.terms ' || $1, 0))`;

const PASS = sql`/* members.termsNotice.passGate */
select pg_advisory_xact_lock_shared(hashtextextended('members.terms ' || $1, 0))`;

/**
 * Waits for enrolments under way in a programme and keeps new ones waiting until the transaction ends: whoever enrolled before is seen by
 * those who tell members, and whoever enrols after sees what was announced.
 */
export async function closeGate(tx: Tx, programmeId: ProgrammeId): Promise<void> {
  await tx.query(CLOSE, [programmeId]);
}

/** What an enrolment holds while it decides what its member is to be told; enrolments do not wait for each other. */
export async function passGate(tx: Tx, programmeId: ProgrammeId): Promise<void> {
  await tx.query(PASS, [programmeId]);
}

const ANNOUNCE = sql`/* members.termsNotice.announce */
insert into announced_terms (programme_id, version, takes_effect_at, texts, announced_at)
values ($1, $2, $3, $4::jsonb, $5)
on conflict (programme_id, version) do nothing`;

const KNOWN = sql`/* members.termsNotice.knownUpTo */
select coalesce(max(version), 1) as version
  from announced_terms
 where programme_id = $1`;

/** The latest version of a programme's terms that was announced; 1 when none was. */
export async function findLatestTerms(tx: Tx, programmeId: ProgrammeId): Promise<number> {
  return (await tx.query<[{ version: number }]>(KNOWN, [programmeId]))[0].version;
}

/** Keeps what was announced; one that is known already changes nothing. */
export async function insertAnnouncedTerms(
  tx: Tx,
  programmeId: ProgrammeId,
  { version, takesEffectAt, texts, at }: AnnouncedTerms & { at: Date },
): Promise<void> {
  await tx.query(ANNOUNCE, [programmeId, version, takesEffectAt, JSON.stringify(texts), at]);
}

const TELL_NEWCOMER = sql`/* members.termsNotice.tellNewcomer */
insert into terms_notice (programme_id, member_id, version, noticed_at)
select programme_id, $2, version, $3
  from announced_terms
 where programme_id = $1 and takes_effect_at > $3
on conflict (member_id, version) do nothing`;

/** Gives somebody who enrols a notice of all terms that take effect later; the gate was passed before. */
export async function tellNewcomer(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, at }: { memberId: MemberId; at: Date },
): Promise<void> {
  await tx.query(TELL_NEWCOMER, [programmeId, memberId, at]);
}

// Without the key: an enrolment that gives its member a notice refers to the row, and must not make it be passed over.
const NEXT = sql`/* members.termsNotice.lockNext */
select programme_id, version, told_up_to
  from announced_terms
 where told_at is null
 order by programme_id, version
 limit 1
   for no key update skip locked`;

const TELL = sql`/* members.termsNotice.tell */
with batch as (
  select id from member where programme_id = $1 and id > $3 order by id limit $5
), told as (
  insert into terms_notice (programme_id, member_id, version, noticed_at)
  select $1, id, $2, $4 from batch
  on conflict (member_id, version) do nothing
)
select count(*)::int as looked_at, max(id) as up_to from batch`;

const KEEP_PLACE = sql`/* members.termsNotice.keepPlace */
update announced_terms
   set told_up_to = coalesce($3, told_up_to), told_at = $4
 where programme_id = $1 and version = $2`;

/**
 * Tells the next members, at most `limit`, of one version of some programme's terms, and keeps the place in the same transaction: whoever
 * comes after a crash goes on there. Of several at once each takes another version.
 *
 * @returns false when nobody is left to tell, or others are at it
 */
export async function tellSome(tx: Tx, { limit, at }: { limit: number; at: Date }): Promise<boolean> {
  const [next] = await tx.query<{ programme_id: ProgrammeId; version: number; told_up_to: string }[]>(NEXT);
  if (next === undefined) return false;
  const { programme_id: programmeId, version, told_up_to: after } = next;
  const [batch] = await tx.query<[{ looked_at: number; up_to: MemberId | null }]>(TELL, [
    ...[programmeId, version, after, at, limit],
  ]);
  const isDone = batch.looked_at < limit;
  await tx.query(KEEP_PLACE, [programmeId, version, batch.up_to, isDone ? at : null]);
  return true;
}

const OF_MEMBERS = sql`/* members.termsNotice.ofMembers */
select notice.member_id, notice.version, notice.noticed_at, notice.acknowledged_at, terms.takes_effect_at, terms.texts
  from terms_notice as notice
  join announced_terms as terms using (programme_id, version)
 where notice.programme_id = $1 and notice.member_id = any($2::text[])
 order by notice.member_id, notice.version`;

interface NoticeRow {
  readonly member_id: MemberId;
  readonly version: number;
  readonly noticed_at: Date;
  readonly acknowledged_at: Date | null;
  readonly takes_effect_at: Date;
  readonly texts: AnnouncedTerms['texts'];
}

/** The notices of some members of a programme, by version. */
export async function findNotices(
  tx: Tx,
  programmeId: ProgrammeId,
  memberIds: readonly MemberId[],
): Promise<TermsNotice[]> {
  return (await tx.query<NoticeRow[]>(OF_MEMBERS, [programmeId, memberIds])).map((row) => ({
    ...{ memberId: row.member_id, version: row.version, noticedAt: row.noticed_at },
    ...{ acknowledgedAt: row.acknowledged_at, takesEffectAt: row.takes_effect_at, texts: row.texts },
  }));
}

const ACKNOWLEDGE = sql`/* members.termsNotice.acknowledge */
update terms_notice
   set acknowledged_at = coalesce(acknowledged_at, $4)
 where programme_id = $1 and member_id = $2 and version = $3`;

/** Keeps that a member has read a notice; the first time counts. */
export async function acknowledgeNotice(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, version, at }: { memberId: MemberId; version: number; at: Date },
): Promise<void> {
  await tx.query(ACKNOWLEDGE, [programmeId, memberId, version, at]);
}

const PROGRESS = sql`/* members.termsNotice.progress */
select terms.version, terms.takes_effect_at, terms.told_at, notices.noticed, notices.acknowledged,
       case when terms.told_at is null
            then (select count(*)::int from member
                   where member.programme_id = terms.programme_id and member.id > terms.told_up_to
                     and not exists (select from terms_notice
                                      where terms_notice.member_id = member.id and terms_notice.version = terms.version))
            else 0 end as remaining
  from announced_terms as terms
 cross join lateral (select count(*)::int as noticed, count(acknowledged_at)::int as acknowledged
                       from terms_notice
                      where terms_notice.programme_id = terms.programme_id and terms_notice.version = terms.version) as notices
 where terms.programme_id = $1
 order by terms.version desc
 limit 20`;

interface ProgressRow {
  readonly version: number;
  readonly takes_effect_at: Date;
  readonly told_at: Date | null;
  readonly noticed: number;
  readonly acknowledged: number;
  readonly remaining: number;
}

/** How far the telling of a programme's latest twenty versions has come, latest first. */
export async function findNoticeProgress(tx: Tx, programmeId: ProgrammeId): Promise<NoticeProgress[]> {
  return (await tx.query<ProgressRow[]>(PROGRESS, [programmeId])).map((row) => ({
    ...{ version: row.version, takesEffectAt: row.takes_effect_at, noticed: row.noticed, remaining: row.remaining },
    ...{ acknowledged: row.acknowledged, completedAt: row.told_at },
  }));
}
