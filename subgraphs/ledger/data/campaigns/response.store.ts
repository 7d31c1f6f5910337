import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { canonicalJson, digest, type Digest } from '../../../../kernel/values/canonical';
import { uuidOf, type Id, type MemberId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';

export type ResponseKind = 'OPENED' | 'USED';

/** What a member answered a campaign, as a partner told it. */
export interface CampaignResponse {
  readonly programmeId: ProgrammeId;
  readonly campaignId: Id<'cmp'>;
  readonly memberId: MemberId;
  /** Who told it; its key is its own. */
  readonly partnerId: PartnerId;
  readonly idempotencyKey: string;
  readonly kind: ResponseKind;
  readonly occurredAt: Date;
}

/** What became of a row: it is new, it was there, or its key was used for something else. */
export type KeptResponse = 'NEW' | 'REPLAYED' | 'MISMATCH';

const KEEP = sql`/* ledger.campaignResponse.keep */
with given as (
  select * from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::timestamptz[])
    with ordinality as g(hash, body_hash, campaign_id, member_id, partner_id, kind, occurred_at, place)
), kept as (
  insert into campaign_response (hash, body_hash, programme_id, campaign_id, member_id, partner_id, kind, occurred_at, recorded_at)
  select distinct on (hash) hash, body_hash, $1, campaign_id, member_id, partner_id, kind, occurred_at, $2
    from given order by hash, place
  on conflict (hash) do nothing
  returning hash
)
select g.place::integer, (k.hash is not null) as is_new, g.hash, g.body_hash
  from given g left join kept k on k.hash = g.hash order by g.place`;

const FIND = sql`/* ledger.campaignResponse.find */
select hash, body_hash from campaign_response where hash = any($1::uuid[])`;

const uuidDigest = (text: string): Digest => digest(text).slice(0, 32);
const bare = (uuid: string): string => uuid.replaceAll('-', '');

/**
 * Keeps responses of one programme, each once for its partner and key; of one key given twice the first counts.
 *
 * @returns what became of each, in the order given
 */
export async function keepResponses(
  pool: Pool,
  programmeId: ProgrammeId,
  { responses, recordedAt }: { responses: readonly CampaignResponse[]; recordedAt: Date },
): Promise<KeptResponse[]> {
  if (responses.length === 0) return [];
  const hashes = responses.map((one) => uuidDigest(canonicalJson([one.partnerId, one.idempotencyKey])));
  const bodies = responses.map(({ campaignId, memberId, kind, occurredAt }) =>
    uuidDigest(canonicalJson({ campaignId, memberId, kind, occurredAt })),
  );
  const { rows } = await pool.query<{ is_new: boolean }>(KEEP, [
    ...[uuidOf(programmeId), recordedAt, hashes, bodies],
    responses.map(({ campaignId }) => uuidOf(campaignId)),
    responses.map(({ memberId }) => uuidOf(memberId)),
    responses.map(({ partnerId }) => uuidOf(partnerId)),
    responses.map(({ kind }) => kind),
    responses.map(({ occurredAt }) => occurredAt),
  ]);
  const stored = await pool.query<{ hash: string; body_hash: string }>(FIND, [hashes]);
  const bodyOf = new Map(stored.rows.map((row) => [bare(row.hash), bare(row.body_hash)]));
  const first = new Map(hashes.map((hash, n) => [hash, n] as const).reverse());
  return hashes.map((hash, n) => {
    if (bodyOf.get(hash) !== bodies[n]) return 'MISMATCH';
    return rows[n]?.is_new === true && first.get(hash) === n ? 'NEW' : 'REPLAYED';
  });
}
