import type { Pool } from 'pg';
import { sql } from '../../../kernel/db/sql';
import { idFromUuid, uuidOf, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';

/** How far a partner's link to a member goes: credit only, or read and redeem too. */
export type LinkState = 'CREDIT_ONLY' | 'OPEN';

/** Anything that runs SQL: the pool, or a transaction's entity manager behind `tx.query`. */
export type RunSql = (text: string, values: readonly unknown[]) => Promise<unknown>;

const SAVE_MEMBER = sql`/* ledger.directory.saveMember */
insert into member_projection (programme_id, member_id, enrolled_at) values ($1, $2, $3)
on conflict (programme_id, member_id) do update set enrolled_at = least(member_projection.enrolled_at, excluded.enrolled_at)`;

export async function saveMember(
  run: RunSql,
  at: { programmeId: ProgrammeId; memberId: MemberId; enrolledAt: Date },
): Promise<void> {
  await run(SAVE_MEMBER, [uuidOf(at.programmeId), uuidOf(at.memberId), at.enrolledAt]);
}

const SAVE_IDENTITY = sql`/* ledger.directory.saveIdentity */
insert into identity_projection (programme_id, blind_index, member_id) values ($1, decode($2, 'hex'), $3)
on conflict (programme_id, blind_index) do update set member_id = excluded.member_id`;

export async function saveIdentity(
  run: RunSql,
  identity: { programmeId: ProgrammeId; blindIndex: string; memberId: MemberId },
): Promise<void> {
  await run(SAVE_IDENTITY, [uuidOf(identity.programmeId), identity.blindIndex, uuidOf(identity.memberId)]);
}

const SAVE_LINK = sql`/* ledger.directory.saveLink */
insert into partner_link_projection (programme_id, member_id, partner_id, state) values ($1, $2, $3, $4)
on conflict (programme_id, member_id, partner_id) do update set state = excluded.state`;

export async function saveLink(
  run: RunSql,
  link: { programmeId: ProgrammeId; memberId: MemberId; partnerId: PartnerId; state: LinkState },
): Promise<void> {
  await run(SAVE_LINK, [uuidOf(link.programmeId), uuidOf(link.memberId), uuidOf(link.partnerId), link.state]);
}

const KEEP_IDENTITY = sql`/* ledger.directory.keepIdentity */
insert into identity_projection (programme_id, blind_index, member_id) values ($1, decode($2, 'hex'), $3)
on conflict (programme_id, blind_index) do nothing`;

/** Keeps what members answered, unless an announcement has said something since: an answer may be older than it arrives. */
export async function keepIdentity(run: RunSql, identity: Parameters<typeof saveIdentity>[1]): Promise<void> {
  await run(KEEP_IDENTITY, [uuidOf(identity.programmeId), identity.blindIndex, uuidOf(identity.memberId)]);
}

const KEEP_LINK = sql`/* ledger.directory.keepLink */
insert into partner_link_projection (programme_id, member_id, partner_id, state) values ($1, $2, $3, $4)
on conflict (programme_id, member_id, partner_id) do nothing`;

/** As `keepIdentity`, for a link: one that was opened while members answered stays open. */
export async function keepLink(run: RunSql, link: Parameters<typeof saveLink>[1]): Promise<void> {
  await run(KEEP_LINK, [uuidOf(link.programmeId), uuidOf(link.memberId), uuidOf(link.partnerId), link.state]);
}

const FIND_IDENTITIES = sql`/* ledger.directory.findIdentities */
select i.programme_id, encode(i.blind_index, 'hex') as blind_index, i.member_id
  from identity_projection i
  join unnest($1::uuid[], $2::text[]) as k(programme_id, blind_index)
    on i.programme_id = k.programme_id and i.blind_index = decode(k.blind_index, 'hex')`;

/** Members by the blind index of an identity, for many at once; null where the projection has none. */
export async function findIdentities(
  pool: Pool,
  keys: readonly { programmeId: ProgrammeId; blindIndex: string }[],
): Promise<(MemberId | null)[]> {
  // Named, so that it is planned once for each connection and not for each till.
  const { rows } = await pool.query<{ programme_id: string; blind_index: string; member_id: string }>({
    name: 'ledger.directory.findIdentities',
    text: FIND_IDENTITIES,
    values: [keys.map(({ programmeId }) => uuidOf(programmeId)), keys.map(({ blindIndex }) => blindIndex)],
  });
  const found = new Map(
    rows.map((row) => [`${row.programme_id}:${row.blind_index}`, idFromUuid('mem', row.member_id)]),
  );
  return keys.map(({ programmeId, blindIndex }) => found.get(`${uuidOf(programmeId)}:${blindIndex}`) ?? null);
}

const FIND_LINKS = sql`/* ledger.directory.findLinks */
select l.programme_id, l.member_id, l.partner_id, l.state
  from partner_link_projection l
  join unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k(programme_id, member_id, partner_id)
    on (l.programme_id, l.member_id, l.partner_id) = (k.programme_id, k.member_id, k.partner_id)`;

/** Which link: between a partner and a member of its programme. */
export interface LinkKey {
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
}

/** States of links, for many at once; null where there is none. */
export async function findLinks(pool: Pool, keys: readonly LinkKey[]): Promise<(LinkState | null)[]> {
  const { rows } = await pool.query<{ programme_id: string; member_id: string; partner_id: string; state: LinkState }>({
    name: 'ledger.directory.findLinks',
    text: FIND_LINKS,
    values: [
      keys.map(({ programmeId }) => uuidOf(programmeId)),
      keys.map(({ memberId }) => uuidOf(memberId)),
      keys.map(({ partnerId }) => uuidOf(partnerId)),
    ],
  });
  const found = new Map(rows.map((row) => [[row.programme_id, row.member_id, row.partner_id].join(), row.state]));
  return keys.map(
    ({ programmeId, memberId, partnerId }) =>
      found.get([uuidOf(programmeId), uuidOf(memberId), uuidOf(partnerId)].join()) ?? null,
  );
}

const FIND_MEMBERS = sql`/* ledger.directory.findMembers */
select m.member_id, m.enrolled_at from member_projection m where m.programme_id = $1 and m.member_id = any($2::uuid[])`;

/** When members of a programme were enrolled; absent from the map when they are not of it. */
export async function findMembers(
  pool: Pool,
  programmeId: ProgrammeId,
  memberIds: readonly MemberId[],
): Promise<Map<MemberId, Date>> {
  const { rows } = await pool.query<{ member_id: string; enrolled_at: Date }>(FIND_MEMBERS, [
    uuidOf(programmeId),
    memberIds.map(uuidOf),
  ]);
  return new Map(rows.map((row) => [idFromUuid('mem', row.member_id), row.enrolled_at]));
}
