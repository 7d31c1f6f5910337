import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { armEnds, type Experiment } from '../../core/experiments/experiment';
import { noCounts, type ArmCounts } from '../../core/experiments/report';

/** An experiment, and whose doings in which time its report is of. */
export interface ReportedExperiment extends Pick<Experiment, 'id' | 'arms'> {
  readonly from: Date;
  /** What happens before it counts. */
  readonly end: Date;
  /** Where purchases count; null: anywhere. */
  readonly partnerId: PartnerId | null;
  /** Whom it is about; empty: everybody. */
  readonly segments: readonly string[];
}

/**
 * The arm of a member as core/experiments/experiment.ts has it, for all members at once: the first four bytes of a hash, laid along
 * the weights. Then sums over the rows of each, found by the key of its account.
 */
const COUNT = sql`/* ledger.experimentReport.count */
with target as materialized (
  select m.member_id as wallet, get_byte(uuid_send(m.member_id), 15)::smallint as bucket,
         sha256(convert_to($2 || ':mem_' || replace(m.member_id::text, '-', ''), 'UTF8')) as hash
    from (select member_id from member_facts where programme_id = $1 and segments && $5::text[]
          union all
          select member_id from member_projection where programme_id = $1 and $5::text[] = '{}') m
), placed as materialized (
  select t.wallet, t.bucket,
         (select a.code from unnest($3::text[], $4::numeric[]) with ordinality as a(code, ends, n)
           where (get_byte(t.hash, 0) * 16777216::bigint + get_byte(t.hash, 1) * 65536 + get_byte(t.hash, 2) * 256 + get_byte(t.hash, 3))
                 * $6::numeric < a.ends
           order by a.n limit 1) as code
    from target t
), bought as (
  select p.wallet, count(*) as purchases, sum(coalesce((x.explanation -> 'x' ->> 'a')::bigint, p.amount_minor)) as spend
    from placed t
    join purchase p on p.bucket = t.bucket and p.wallet = t.wallet and ($7::uuid is null or p.partner_id = $7)
     and p.occurred_at >= $8 and p.occurred_at < $9
    left join earn_explanation x on x.bucket = p.bucket and x.wallet = p.wallet and x.seq = p.seq
   group by p.wallet
), burned as (
  select e.wallet, sum(e.amount) as points
    from placed t
    join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.credit_kind = 'REDEEMED'
    join journal_transaction j on j.bucket = e.bucket and j.wallet = e.wallet and j.seq = e.seq
     and j.occurred_at >= $8 and j.occurred_at < $9
   group by e.wallet
)
select t.code, count(*) as members, count(b.wallet) as buyers, coalesce(sum(b.purchases), 0) as purchases,
       coalesce(sum(b.spend), 0) as spend, coalesce(sum(b.spend::numeric ^ 2), 0)::numeric(60, 0) as spend_squares,
       count(r.wallet) as redeemers, coalesce(sum(r.points), 0) as points,
       coalesce(sum(r.points::numeric ^ 2), 0)::numeric(60, 0) as points_squares
  from placed t
  left join bought b on b.wallet = t.wallet
  left join burned r on r.wallet = t.wallet
 group by t.code`;

interface Row {
  readonly code: string;
  readonly [figure: string]: string;
}

/** What the members of each arm did, in the order of the arms. */
export async function countArms(
  pool: Pool,
  programmeId: ProgrammeId,
  { id, arms, from, end, partnerId, segments }: ReportedExperiment,
): Promise<ArmCounts[]> {
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0);
  const { rows } = await pool.query<Row>(COUNT, [
    ...[uuidOf(programmeId), id, arms.map(({ code }) => code), armEnds(arms).map(String), segments, weights],
    ...[partnerId === null ? null : uuidOf(partnerId), from, end],
  ]);
  const byCode = new Map(rows.map((row) => [row.code, countsFrom(row)]));
  return arms.map(({ code }) => byCode.get(code) ?? noCounts(code));
}

function countsFrom(row: Row): ArmCounts {
  const whole = (name: string) => BigInt(row[name] ?? 0);
  return {
    code: row.code,
    members: whole('members'),
    buyers: whole('buyers'),
    purchases: whole('purchases'),
    spendMinor: whole('spend'),
    spendSquares: whole('spend_squares'),
    redeemers: whole('redeemers'),
    pointsSpent: whole('points'),
    pointsSquares: whole('points_squares'),
  };
}
