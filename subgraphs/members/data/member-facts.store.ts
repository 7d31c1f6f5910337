import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { fullNameOf, type AttributeValue, type MemberFacts } from '../core/member-facts';

const LOCK = sql`/* members.memberFacts.advance */
insert into member_fact_version (programme_id, member_id, version)
select $1, id, 1
  from unnest($2::text[]) as id
 order by id
on conflict (member_id) do update set version = member_fact_version.version + 1`;

/** Gives facts of members of a programme their next version; the rows stay locked until the transaction ends. */
export async function advanceFacts(tx: Tx, programmeId: ProgrammeId, memberIds: readonly MemberId[]): Promise<void> {
  await tx.query(LOCK, [programmeId, memberIds]);
}

const DECIDE = sql`/* members.profilingConsent.decide */
update member_fact_version
   set consented = $3, consent_decided_at = $4
 where programme_id = $1 and member_id = $2`;

/** Keeps what a member decided; its facts were advanced before. */
export async function decideConsent(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, consented, at }: { memberId: MemberId; consented: boolean; at: Date },
): Promise<void> {
  await tx.query(DECIDE, [programmeId, memberId, consented, at]);
}

const FORGET = sql`/* members.attribute.forget */
delete from member_attribute where programme_id = $1 and member_id = $2`;

/** Removes every attribute of a member, at all partners; its facts were advanced before. */
export async function forgetAttributes(tx: Tx, programmeId: ProgrammeId, memberId: MemberId): Promise<void> {
  await tx.query(FORGET, [programmeId, memberId]);
}

/** One attribute of a member at a partner. */
export interface Attribute {
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly name: string;
}

const SET = sql`/* members.attribute.set */
insert into member_attribute (programme_id, member_id, partner_id, name, value, set_at)
select $1, $2, $3, $4, $5::jsonb, $6
  from member_fact_version
 where programme_id = $1 and member_id = $2 and consented
on conflict (member_id, partner_id, name) do update set value = excluded.value, set_at = excluded.set_at`;

const REMOVE = sql`/* members.attribute.remove */
delete from member_attribute
 where programme_id = $1 and member_id = $2 and partner_id = $3 and name = $4`;

/**
 * Sets an attribute, or removes it when the value is null. Without the member's consent nothing is set; its facts were advanced before, so
 * that no consent is withdrawn meanwhile.
 */
export async function setAttribute(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, partnerId, name, value, at }: Attribute & { value: AttributeValue | null; at: Date },
): Promise<void> {
  if (value === null) await tx.query(REMOVE, [programmeId, memberId, partnerId, name]);
  else await tx.query(SET, [programmeId, memberId, partnerId, name, JSON.stringify(value), at]);
}

const OTHERS = sql`/* members.attribute.countOthers */
select count(*)::int as others
  from member_attribute
 where programme_id = $1 and member_id = $2 and partner_id = $3 and name <> all($4::text[])`;

/** How many attributes a member has at a partner besides those named. */
export async function countOtherAttributes(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, partnerId, names }: Pick<Attribute, 'memberId' | 'partnerId'> & { readonly names: readonly string[] },
): Promise<number> {
  const [row] = await tx.query<{ others: number }[]>(OTHERS, [programmeId, memberId, partnerId, names]);
  return row?.others ?? 0;
}

const LOAD = sql`/* members.memberFacts.load */
select facts.member_id, facts.version, facts.consented,
       array(select segment.code
               from segment_member
               join segment on segment.id = segment_member.segment_id
              where segment_member.member_id = facts.member_id
              order by segment.code) as segments,
       (select jsonb_agg(jsonb_build_array(partner_id, name, value) order by partner_id, name)
          from member_attribute
         where member_attribute.member_id = facts.member_id and facts.consented) as attributes
  from member_fact_version as facts
 where facts.programme_id = $1 and facts.member_id = any($2::text[])
 order by facts.member_id`;

interface FactsRow {
  readonly member_id: MemberId;
  readonly version: string;
  readonly consented: boolean;
  readonly segments: string[];
  readonly attributes: [PartnerId, string, AttributeValue][] | null;
}

/** The facts of those members of a programme that have any, as rules may use them: without consent no attribute. */
export async function loadFacts(
  tx: Tx,
  programmeId: ProgrammeId,
  memberIds: readonly MemberId[],
): Promise<MemberFacts[]> {
  const rows = await tx.query<FactsRow[]>(LOAD, [programmeId, memberIds]);
  return rows.map(({ member_id: memberId, version, consented, segments, attributes }) => ({
    ...{ memberId, version: BigInt(version), consented, segments },
    attributes: Object.fromEntries(
      (attributes ?? []).map(([partnerId, name, value]) => [fullNameOf(partnerId, name), value]),
    ),
  }));
}
