import type { Pool } from 'pg';
import { uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { Campaign } from '../../core/campaigns/campaign';
import type { CampaignCounts, Stretches } from '../../core/campaigns/figures';

/** A campaign with the stretches its report compares. */
export interface ReportedCampaign extends Pick<Campaign, 'id' | 'partnerId' | 'segments'> {
  readonly stretches: Stretches;
}

/**
 * Who each campaign is for, and the bucket of its account: the account is named by the member, the bucket by its last byte
 * (core/points/wallet.ts). Segments are asked of their index.
 */
const TARGETS = `campaign as (
  select * from jsonb_to_recordset($2::jsonb)
      as c(id uuid, partner_id uuid, segments text[], begins timestamptz, ends timestamptz, before timestamptz)
), target as materialized (
  select c.id, m.member_id as wallet, get_byte(uuid_send(m.member_id), 15)::smallint as bucket
    from campaign c join member_facts m on m.programme_id = $1 and m.segments && c.segments where c.segments <> '{}'
  union all
  select c.id, m.member_id, get_byte(uuid_send(m.member_id), 15)::smallint
    from campaign c join member_projection m on m.programme_id = $1 where c.segments = '{}'
)`;

/** Sums by campaign over the rows of each target, found by the key of its account: no row of anybody else is read. */
const COUNT = `/* ledger.campaignReport.count */
with ${TARGETS}, asked as (
  select id, count(*) as targeted from target group by id
), answered as (
  select r.campaign_id as id, count(*) filter (where r.kind = 'USED' and t.wallet is not null) as responses,
         count(*) filter (where r.kind = 'USED' and t.wallet is null) as other_responses,
         count(distinct t.wallet) filter (where r.kind = 'USED') as responders,
         count(distinct t.wallet) filter (where r.kind = 'OPENED') as openers
    from campaign c join campaign_response r on r.campaign_id = c.id and r.programme_id = $1
    left join target t on t.id = r.campaign_id and t.wallet = r.member_id
   where r.occurred_at < c.ends
   group by r.campaign_id
), given as (
  select g.campaign_id as id, sum(g.points) as given, count(distinct g.wallet) as rewarded, sum(u.taken) as taken
    from campaign c join campaign_lot g on g.campaign_id = c.id and g.occurred_at < c.ends
    left join lateral (
      select sum(e.amount) as taken from entry e
       where e.bucket = g.bucket and e.wallet = g.wallet and e.lot_seq = g.lot_seq and e.credit_kind = 'CLAWED_BACK') u on true
   group by g.campaign_id
), bought as (
  select t.id, p.occurred_at >= c.begins as is_during, count(*) as purchases, count(distinct t.wallet) as buyers,
         sum(coalesce((x.explanation -> 'x' ->> 'a')::bigint, p.amount_minor)) as spend
    from campaign c join target t on t.id = c.id
    join purchase p on p.bucket = t.bucket and p.wallet = t.wallet and p.partner_id = c.partner_id
     and p.occurred_at >= c.before and p.occurred_at < c.ends
    left join earn_explanation x on x.bucket = p.bucket and x.wallet = p.wallet and x.seq = p.seq
   group by 1, 2
), burned as (
  select t.id, j.occurred_at >= c.begins as is_during, sum(e.amount) as points
    from campaign c join target t on t.id = c.id
    join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.credit_kind = 'REDEEMED'
    join journal_transaction j on j.bucket = e.bucket and j.wallet = e.wallet and j.seq = e.seq
     and j.occurred_at >= c.before and j.occurred_at < c.ends
   group by 1, 2
)
select c.id, a.targeted, r.openers, r.responders, r.responses, r.other_responses, g.rewarded, g.given, g.taken,
       d.purchases, d.buyers, d.spend, s.points,
       b.purchases as purchases_before, b.buyers as buyers_before, b.spend as spend_before, q.points as points_before
  from campaign c
  left join asked a on a.id = c.id
  left join answered r on r.id = c.id
  left join given g on g.id = c.id
  left join bought d on d.id = c.id and d.is_during
  left join bought b on b.id = c.id and not b.is_during
  left join burned s on s.id = c.id and s.is_during
  left join burned q on q.id = c.id and not q.is_during`;

type Row = Readonly<Record<string, string | null>>;

/** What campaigns came to, by id; all of them in one statement. */
export async function countCampaigns(
  pool: Pool,
  programmeId: ProgrammeId,
  campaigns: readonly ReportedCampaign[],
): Promise<Map<Id<'cmp'>, CampaignCounts>> {
  const asked = campaigns.map(({ id, partnerId, segments, stretches }) => ({
    ...{ id: uuidOf(id), partner_id: uuidOf(partnerId), segments },
    ...{ begins: stretches.from, ends: stretches.end, before: stretches.beforeFrom },
  }));
  const { rows } = await pool.query<Row>(COUNT, [uuidOf(programmeId), JSON.stringify(asked)]);
  const byId = new Map(rows.map((row) => [row['id'] ?? '', countsFrom(row)]));
  return new Map(campaigns.map(({ id }) => [id, byId.get(uuidOf(id)) ?? countsFrom({})]));
}

function countsFrom(row: Row): CampaignCounts {
  const whole = (name: string) => BigInt(row[name] ?? 0);
  const activity = (suffix: '' | '_before') => ({
    purchases: whole(`purchases${suffix}`),
    buyers: whole(`buyers${suffix}`),
    spendMinor: whole(`spend${suffix}`),
    pointsSpent: whole(`points${suffix}`),
  });
  return {
    targeted: whole('targeted'),
    openers: whole('openers'),
    responders: whole('responders'),
    responses: whole('responses'),
    otherResponses: whole('other_responses'),
    rewarded: whole('rewarded'),
    pointsGiven: whole('given'),
    pointsTakenBack: whole('taken'),
    during: activity(''),
    before: activity('_before'),
  };
}
