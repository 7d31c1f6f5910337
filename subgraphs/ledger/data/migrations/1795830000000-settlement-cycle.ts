import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The whole cycle (docs/adr/0015): claims are rolled up as they post, so that a close reads pairs and not claims; lines may be
 * disputed; a cycle goes on to be paid and locked.
 *
 * Cycles drawn up before keep their lines and their cents. Claims of cycles not drawn up yet are rolled up by the first pass.
 */
export class SettlementCycle1795830000000 implements MigrationInterface {
  readonly name = 'SettlementCycle1795830000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROLL_UP);
    await runner.query(TAKE_OVER);
    await runner.query(LINES);
    await runner.query(CYCLE);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}

const ROLL_UP = `
create function micros_per_minor(currency text) returns integer immutable parallel safe language sql as $$
  -- The currencies are those that ISO 4217 gives other than two decimals.
  select case
           when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
           when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF',
                             'XOF', 'XPF') then 1000000
           else 10000
         end
$$;
create table roll_up_state (
  only_row boolean primary key default true check (only_row),
  snapshot pg_snapshot not null,
  system_id text not null
);
insert into roll_up_state (snapshot, system_id) select '1:1:', system_identifier::text from pg_control_system();
create table cycle_activity (
  cycle_id uuid primary key,
  transactions bigint not null,
  latest_recorded_at timestamptz not null
);
create table claim_pair (
  cycle_id uuid not null,
  pair smallint not null,
  debtor_id uuid,
  creditor_id uuid,
  lines integer not null,
  micros bigint not null,
  remainders bigint not null check (remainders >= 0),
  primary key (cycle_id, pair)
) with (fillfactor = 70);
create unique index claim_pair_parties on claim_pair (cycle_id, debtor_id, creditor_id) nulls not distinct;
create table claim_part (
  cycle_id uuid not null,
  pair smallint not null,
  kind text not null,
  contract_version integer not null,
  lines integer not null,
  micros bigint not null,
  points bigint not null,
  primary key (cycle_id, pair, kind, contract_version)
) with (fillfactor = 70);
create table claim_remainder (
  cycle_id uuid not null,
  pair smallint not null,
  remainder integer not null check (remainder >= 0),
  lines integer not null check (lines >= 0),
  primary key (cycle_id, pair, remainder)
) with (fillfactor = 70);
create table claim_line (
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  claim_n smallint not null,
  kind text not null,
  micros bigint not null,
  lot_seq bigint not null,
  remainder integer not null,
  tie integer not null,
  dispute_id uuid,
  primary key (cycle_id, pair, n)
);
create table point_fund (
  programme_id uuid not null,
  issuer_id uuid,
  fund_micros bigint not null,
  reserve_micros bigint not null
);
create unique index point_fund_issuer on point_fund (programme_id, issuer_id) nulls not distinct;
create table trial_finding (
  programme_id uuid not null,
  what text not null check (what in ('CLAIM', 'BALANCE')),
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  found_at timestamptz not null default clock_timestamp(),
  primary key (what, bucket, wallet, seq)
);
create index trial_finding_programme on trial_finding (programme_id);
`;

/** Lines of cycles drawn up before, with the place each has among lines of the same remainder. */
const TAKE_OVER = `
insert into claim_line (cycle_id, pair, n, bucket, wallet, seq, claim_n, kind, micros, lot_seq, remainder, tie)
select cycle_id, pair, n, bucket, wallet, seq, claim_n, kind, micros, lot_seq, remainder,
       row_number() over (partition by cycle_id, pair, remainder order by n)
  from (select l.*, mod(mod(l.micros, m.per_minor) + m.per_minor, m.per_minor)::integer as remainder
          from statement_line l join settlement_cycle y on y.id = l.cycle_id
         cross join lateral (select micros_per_minor(y.currency)::bigint as per_minor) m) l;
insert into claim_pair (cycle_id, pair, debtor_id, creditor_id, lines, micros, remainders)
select d.cycle_id, d.pair, d.debtor_id, d.creditor_id, count(l.n), coalesce(sum(l.micros), 0), coalesce(sum(l.remainder), 0)
  from directional_total d left join claim_line l on l.cycle_id = d.cycle_id and l.pair = d.pair
 group by d.cycle_id, d.pair;
insert into claim_part (cycle_id, pair, kind, contract_version, lines, micros, points)
select l.cycle_id, l.pair, l.kind, c.contract_version, count(*), sum(l.micros), sum(c.points)
  from claim_line l join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
 group by l.cycle_id, l.pair, l.kind, c.contract_version;
insert into claim_remainder (cycle_id, pair, remainder, lines)
select cycle_id, pair, remainder, count(*) from claim_line group by cycle_id, pair, remainder;
alter table directional_total
  add column suspense_micros bigint not null default 0,
  add column lines integer not null default 0 check (lines >= 0),
  add column cut_remainder integer,
  add column cut_tie integer not null default 0;
update directional_total d
   set lines = p.lines, cut_remainder = c.remainder, cut_tie = coalesce(c.tie, 0)
  from claim_pair p
  left join (
    select distinct on (r.cycle_id, r.pair) r.cycle_id, r.pair, r.remainder, r.extra - (r.reached - r.lines) as tie
      from (select r.cycle_id, r.pair, r.remainder, r.lines, b.extra,
                   sum(r.lines) over (partition by r.cycle_id, r.pair order by r.remainder desc) as reached
              from claim_remainder r
              join (select t.cycle_id, t.pair,
                           t.billed_minor - (p.micros - p.remainders) / micros_per_minor(y.currency) as extra
                      from directional_total t
                      join claim_pair p on p.cycle_id = t.cycle_id and p.pair = t.pair
                      join settlement_cycle y on y.id = t.cycle_id) b
                on b.cycle_id = r.cycle_id and b.pair = r.pair) r
     where r.extra > 0 and r.reached >= r.extra
     order by r.cycle_id, r.pair, r.reached
  ) c on c.cycle_id = p.cycle_id and c.pair = p.pair
 where d.cycle_id = p.cycle_id and d.pair = p.pair;
drop table statement_line;
`;

/**
 * A line shows its claim, what it bills, and whether it waits. A line bills its floor in minor units; one more when it stands
 * before the total's cut: by remainder, the largest first, and among equals in the order of posting.
 */
const LINES = `
create table dispute (
  id uuid primary key,
  programme_id uuid not null,
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  micros bigint not null,
  remainder integer not null,
  tie integer not null,
  reason text not null,
  raised_by text not null,
  raised_at timestamptz not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'PROPOSED', 'RESOLVED')),
  outcome text check (outcome in ('ACCEPT', 'REJECT', 'PARTIAL')),
  owed_micros bigint,
  answer text,
  content_hash text,
  proposed_by text,
  proposed_at timestamptz,
  approved_by text,
  approved_at timestamptz,
  posted_cycle_id uuid,
  unique (cycle_id, pair, n),
  check ((state = 'OPEN') = (outcome is null) and (outcome is null) = (owed_micros is null)),
  check ((state = 'RESOLVED') = (approved_by is not null) and (approved_by is null) = (posted_cycle_id is null))
);
create index dispute_programme on dispute (programme_id, id desc);
create view statement_line as
select l.cycle_id, l.pair, l.n, l.bucket, l.wallet, l.seq, l.claim_n, l.kind, l.micros, l.lot_seq, l.dispute_id,
       d.id is not null as is_disputed,
       case when d.id is not null then 0
            else (l.micros - l.remainder) / micros_per_minor(y.currency)
                 + (t.cut_remainder is not null
                    and (l.remainder > t.cut_remainder or (l.remainder = t.cut_remainder and l.tie <= t.cut_tie)))::integer
       end as billed_minor
  from claim_line l
  join directional_total t on t.cycle_id = l.cycle_id and t.pair = l.pair
  join settlement_cycle y on y.id = l.cycle_id
  left join dispute d on d.cycle_id = l.cycle_id and d.pair = l.pair and d.n = l.n;
`;

const CYCLE = `
alter table settlement_cycle drop constraint settlement_cycle_state_check;
alter table settlement_cycle add constraint settlement_cycle_state_check check (state in
  ('OPEN', 'CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED'));
alter table settlement_cycle add column pay_from_minor bigint not null default 0 check (pay_from_minor >= 0);
alter table cycle_step add column terms jsonb;
create table statement_agreement (
  cycle_id uuid not null references settlement_cycle,
  partner_id uuid not null,
  version bigint not null,
  agreed_by text not null,
  agreed_at timestamptz not null,
  primary key (cycle_id, partner_id)
);
create table settlement_rate (
  cycle_id uuid not null references settlement_cycle,
  partner_id uuid not null,
  currency text not null,
  rate text not null,
  source text not null,
  rate_id text not null,
  primary key (cycle_id, partner_id)
);
alter table net_position
  add column carry_in_minor bigint not null default 0,
  add column carry_out_minor bigint not null default 0,
  add column pay_minor bigint not null default 0,
  add column pay_currency text,
  add column pay_amount_minor bigint not null default 0,
  add column rate text,
  add column fx_difference_micros bigint not null default 0;
create table settlement_entry (
  cycle_id uuid not null references settlement_cycle,
  n integer not null,
  programme_id uuid not null,
  debit_kind text not null,
  debit_owner uuid,
  debit_counterparty uuid,
  credit_kind text not null,
  credit_owner uuid,
  credit_counterparty uuid,
  micros bigint not null check (micros > 0),
  currency text not null,
  cause text not null,
  primary key (cycle_id, n),
  check ((debit_kind, debit_owner, debit_counterparty) is distinct from (credit_kind, credit_owner, credit_counterparty))
);
create index settlement_entry_programme on settlement_entry (programme_id);
create trigger settlement_entry_append_only before update or delete or truncate on settlement_entry
  for each statement execute function refuse_change();
`;
