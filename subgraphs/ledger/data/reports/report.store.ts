import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import {
  idFromUuid,
  uuidOf,
  type Id,
  type MemberId,
  type PartnerId,
  type ProgrammeId,
} from '../../../../kernel/values/id';

/** A redeemer's price from an instant on. */
export interface Price {
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
  readonly micros: bigint;
}

const POINT_FLOWS = sql`/* ledger.pointFlows.load */
select l.issuer_id, e.credit_owner as redeemer_id, sum(e.amount)::text as points,
       coalesce(sum(e.amount * p.micros), 0)::text as micros
  from journal_transaction t
  join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq and e.credit_kind = 'REDEEMED'
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
  left join lateral (
    select k.micros from unnest($3::uuid[], $4::timestamptz[], $5::bigint[]) with ordinality as k(partner_id, valid_from, micros, place)
     where k.partner_id = e.credit_owner and k.valid_from <= t.occurred_at
     order by k.valid_from desc, k.place desc limit 1) p on true
 where t.cycle_id = $1 and t.programme_id = $2
 group by l.issuer_id, e.credit_owner
 order by l.issuer_id, e.credit_owner`;

/** Points of one issuer redeemed at one partner, and what they are worth at the price of the day. */
export interface PointFlow {
  /** The operator when null: goodwill. */
  readonly issuerId: PartnerId | null;
  readonly redeemerId: PartnerId | null;
  readonly points: bigint;
  readonly micros: bigint;
}

export async function loadPointFlows(
  pool: Pool,
  at: { programmeId: ProgrammeId; cycleId: Id<'cyc'> },
  prices: readonly Price[],
): Promise<PointFlow[]> {
  const { rows } = await pool.query<{
    issuer_id: string | null;
    redeemer_id: string | null;
    points: string;
    micros: string;
  }>(POINT_FLOWS, [
    uuidOf(at.cycleId),
    uuidOf(at.programmeId),
    prices.map(({ partnerId }) => uuidOf(partnerId)),
    prices.map(({ validFrom }) => validFrom),
    prices.map(({ micros }) => micros.toString()),
  ]);
  return rows.map((row) => ({
    issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
    redeemerId: row.redeemer_id === null ? null : idFromUuid('ptr', row.redeemer_id),
    points: BigInt(row.points),
    micros: BigInt(row.micros),
  }));
}

const PARTNER_TOTALS = sql`/* ledger.partnerTotals.load */
with partner as (select unnest($3::uuid[]) as id),
bought as (
  select p.partner_id, count(*) as purchases, count(distinct p.wallet) as members, sum(p.points) as issued,
         sum(coalesce((x.explanation -> 'x' ->> 'a')::bigint, p.amount_minor)) as amount_minor
    from purchase p
    join journal_transaction t on t.bucket = p.bucket and t.wallet = p.wallet and t.seq = p.seq
    left join earn_explanation x on x.bucket = p.bucket and x.wallet = p.wallet and x.seq = p.seq
   where p.programme_id = $2 and t.cycle_id = $1 group by p.partner_id
), expired as (
  select e.credit_owner as partner_id, sum(e.amount) as points
    from journal_transaction t
    join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq and e.credit_kind = 'EXPIRED'
   where t.cycle_id = $1 and t.programme_id = $2 group by e.credit_owner
), spendable as (
  select issuer_id as partner_id, sum(remaining) as points from open_lot where programme_id = $2 group by issuer_id
), held as (
  select l.issuer_id as partner_id, sum(e.amount) as points
    from hold h
    join entry e on e.bucket = h.bucket and e.wallet = h.wallet and e.seq = h.seq
    join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
   where h.programme_id = $2 and h.state = 'OPEN' group by l.issuer_id
)
select partner.id, coalesce(b.purchases, 0)::text as purchases, coalesce(b.members, 0)::text as members,
       coalesce(b.amount_minor, 0)::text as amount_minor, coalesce(b.issued, 0)::text as issued,
       coalesce(x.points, 0)::text as expired, (coalesce(s.points, 0) + coalesce(h.points, 0))::text as outstanding
  from partner
  left join bought b on b.partner_id = partner.id
  left join expired x on x.partner_id = partner.id
  left join spendable s on s.partner_id = partner.id
  left join held h on h.partner_id = partner.id`;

/** One partner's month as issuer; `outstanding` is as of now, the rest is the cycle's. */
export interface PartnerTotal {
  readonly partnerId: PartnerId;
  readonly purchases: bigint;
  readonly distinctMembers: bigint;
  /** In the programme's currency; what was paid in another counts as it was converted to earn. */
  readonly amountMinor: bigint;
  readonly issued: bigint;
  readonly expired: bigint;
  readonly outstanding: bigint;
}

export async function loadPartnerTotals(
  pool: Pool,
  at: { programmeId: ProgrammeId; cycleId: Id<'cyc'> },
  partnerIds: readonly PartnerId[],
): Promise<PartnerTotal[]> {
  const { rows } = await pool.query<Record<string, string>>(PARTNER_TOTALS, [
    uuidOf(at.cycleId),
    uuidOf(at.programmeId),
    partnerIds.map(uuidOf),
  ]);
  return rows.map((row) => ({
    partnerId: idFromUuid('ptr', row.id ?? ''),
    purchases: BigInt(row.purchases ?? 0),
    distinctMembers: BigInt(row.members ?? 0),
    amountMinor: BigInt(row.amount_minor ?? 0),
    issued: BigInt(row.issued ?? 0),
    expired: BigInt(row.expired ?? 0),
    outstanding: BigInt(row.outstanding ?? 0),
  }));
}

const MEMBER_TOTALS = sql`/* ledger.memberTotals.load */
select w.wallet, w.available::text as available, coalesce(s.earned, 0)::text as earned, coalesce(s.spent, 0)::text as spent,
       coalesce(s.expired, 0)::text as expired
  from (select bucket, wallet, available from wallet where programme_id = $1 and wallet > $2 order by wallet limit $3) w
  left join lateral (
    select sum(amount) filter (where debit_kind = 'ISSUED') as earned, sum(amount) filter (where credit_kind = 'REDEEMED') as spent,
           sum(amount) filter (where credit_kind = 'EXPIRED') as expired
      from entry e where e.bucket = w.bucket and e.wallet = w.wallet) s on true
 order by w.wallet`;

/** One member's points over all time. */
export interface MemberTotal {
  readonly memberId: MemberId;
  readonly earned: bigint;
  readonly spent: bigint;
  readonly expired: bigint;
  readonly available: bigint;
}

/** Members of a programme with their totals, by wallet, from after one on. */
export async function loadMemberTotals(
  pool: Pool,
  programmeId: ProgrammeId,
  page: { afterWallet: string | null; limit: number },
): Promise<MemberTotal[]> {
  const first = '00000000-0000-0000-0000-000000000000';
  const { rows } = await pool.query<Record<string, string>>(MEMBER_TOTALS, [
    uuidOf(programmeId),
    page.afterWallet ?? first,
    page.limit,
  ]);
  return rows.map((row) => ({
    memberId: idFromUuid('mem', row.wallet ?? ''),
    earned: BigInt(row.earned ?? 0),
    spent: BigInt(row.spent ?? 0),
    expired: BigInt(row.expired ?? 0),
    available: BigInt(row.available ?? 0),
  }));
}
