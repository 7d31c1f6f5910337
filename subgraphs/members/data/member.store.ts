import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Member } from '../core/member';
import type { LinkState } from '../core/partner-link';

const INSERT = sql`/* members.enrolMember.insert */
insert into member (id, programme_id, display_name, language, terms_accepted_at, enrolled_at)
values ($1, $2, $3, $4, $5, $5)`;

/** Writes a member who accepted the terms as they enrolled. */
export async function insertMember(
  tx: Tx,
  { id, programmeId, displayName, language }: Member,
  enrolledAt: Date,
): Promise<void> {
  await tx.query(INSERT, [id, programmeId, displayName, language, enrolledAt]);
}

/** A member, and the state of the link to the partner that is reading. */
export interface MemberSeen {
  readonly member: Member;
  readonly link: LinkState | null;
}

const FIND = sql`/* members.member.find */
select member.id, member.display_name, member.language, partner_link.state
  from member
  left join partner_link on partner_link.member_id = member.id and partner_link.partner_id = $3
 where member.programme_id = $1 and member.id = any($2::text[])`;

/**
 * Those of a programme's members that are named, in any order, in one statement.
 *
 * @param partnerId the partner that is reading, whose links come along; null when none is
 */
export async function findMembers(
  tx: Tx,
  programmeId: ProgrammeId,
  { ids, partnerId }: { ids: readonly MemberId[]; partnerId: PartnerId | null },
): Promise<MemberSeen[]> {
  const rows = await tx.query<FoundRow[]>(FIND, [programmeId, ids, partnerId]);
  return rows.map(({ id, display_name: displayName, language, state }) => ({
    member: { id, programmeId, displayName, language },
    link: state,
  }));
}

interface FoundRow {
  id: MemberId;
  display_name: string | null;
  language: string | null;
  state: LinkState | null;
}
