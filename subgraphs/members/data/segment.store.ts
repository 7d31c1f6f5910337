import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Id, MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { CountedSegment, Segment } from '../core/segment';

const INSERT = sql`/* members.createSegment.insert */
insert into segment (id, programme_id, code, name, created_at)
values ($1, $2, $3, $4, $5)
on conflict (programme_id, code) do nothing
returning id`;

/** Writes a segment; false when the code is taken in its programme, then nothing is written. */
export async function insertSegment(tx: Tx, { id, programmeId, code, name, createdAt }: Segment): Promise<boolean> {
  return (await tx.query<unknown[]>(INSERT, [id, programmeId, code, name, createdAt])).length === 1;
}

const FIND = sql`/* members.segment.find */
select id
  from segment
 where programme_id = $1 and code = $2`;

/** The id of a programme's segment; null when it has none of this code. */
export async function findSegment(tx: Tx, programmeId: ProgrammeId, code: string): Promise<Id<'seg'> | null> {
  const [row] = await tx.query<{ id: Id<'seg'> }[]>(FIND, [programmeId, code]);
  return row?.id ?? null;
}

const ADD = sql`/* members.addToSegment.insert */
insert into segment_member (programme_id, segment_id, member_id, added_at)
select $1, $2, id, $4
  from unnest($3::text[]) as id
on conflict (segment_id, member_id) do nothing
returning member_id`;

const REMOVE = sql`/* members.removeFromSegment.delete */
delete from segment_member
 where programme_id = $1 and segment_id = $2 and member_id = any($3::text[])
returning member_id`;

/** Which members of one programme's segment, and when. */
export interface SegmentChange {
  readonly programmeId: ProgrammeId;
  readonly segmentId: Id<'seg'>;
  readonly memberIds: readonly MemberId[];
  readonly at: Date;
}

/** Puts members of the programme on a list; answers those who were not on it. */
export async function addToSegment(
  tx: Tx,
  { programmeId, segmentId, memberIds, at }: SegmentChange,
): Promise<MemberId[]> {
  const rows = await tx.query<{ member_id: MemberId }[]>(ADD, [programmeId, segmentId, memberIds, at]);
  return rows.map((row) => row.member_id);
}

/** Takes members off a list; answers those who were on it. */
export async function removeFromSegment(
  tx: Tx,
  { programmeId, segmentId, memberIds }: SegmentChange,
): Promise<MemberId[]> {
  const [rows] = await tx.query<[{ member_id: MemberId }[], number]>(REMOVE, [programmeId, segmentId, memberIds]);
  return rows.map((row) => row.member_id);
}

const LIST = sql`/* members.segments.list */
select segment.id, segment.code, segment.name, segment.created_at,
       (select count(*) from segment_member where segment_member.segment_id = segment.id)::int as members
  from segment
 where segment.programme_id = $1
 order by segment.code`;

/** A programme's segments, in the order of their codes. */
export async function listSegments(tx: Tx, programmeId: ProgrammeId): Promise<CountedSegment[]> {
  const rows = await tx.query<(Omit<CountedSegment, 'createdAt'> & { created_at: Date })[]>(LIST, [programmeId]);
  return rows.map(({ id, code, name, created_at: createdAt, members }) => ({
    ...{ id, programmeId, code, name, createdAt, members },
  }));
}
