/** What is owed and how it is settled. */
export const SETTLEMENT = `
create table claim (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  entry_n smallint not null,
  cycle_id uuid not null,
  debtor_id uuid,
  creditor_id uuid,
  kind text not null check (kind in ('REDEMPTION', 'REDEMPTION_REVERSAL', 'ARREARS_OFFSET', 'PROGRAMME_FEE',
    'PROGRAMME_FEE_CREDIT', 'ISSUANCE_FUNDING', 'ISSUANCE_REFUND', 'BREAKAGE_SHARE', 'BUY_OUT')),
  micros bigint not null check (micros <> 0),
  lot_seq bigint not null,
  points bigint not null,
  contract_version integer not null,
  currency text not null,
  hub_account text check (hub_account in ('POINT_FUND', 'PREFUND', 'DEFERRED_MARGIN', 'MARGIN_INCOME', 'BREAKAGE_INCOME',
    'PROGRAMME_FEES', 'GOODWILL_EXPENSE')),
  hub_owner uuid,
  primary key (bucket, wallet, seq, n),
  check (debtor_id is distinct from creditor_id),
  check ((debtor_id is null or creditor_id is null) = (hub_account is not null))
);
create index claim_cycle on claim using brin (cycle_id) with (autosummarize = on);
create table money_entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  entry_n smallint not null,
  programme_id uuid not null,
  cycle_id uuid not null,
  debit_kind text not null,
  debit_owner uuid,
  credit_kind text not null,
  credit_owner uuid,
  micros bigint not null check (micros > 0),
  lot_seq bigint not null,
  currency text not null,
  primary key (bucket, wallet, seq, n),
  check ((debit_kind, debit_owner) is distinct from (credit_kind, credit_owner))
);
create index money_entry_programme on money_entry (programme_id, debit_kind, credit_kind);

create table settlement_cycle (
  id uuid primary key,
  programme_id uuid not null,
  number integer not null check (number > 0),
  state text not null check (state in ('OPEN', 'CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED', 'NETTED')),
  currency text not null,
  opens_at timestamptz not null,
  cut_off_at timestamptz,
  issued_at timestamptz,
  version bigint not null default 1 check (version > 0),
  unique (programme_id, number),
  check ((state = 'OPEN') = (cut_off_at is null))
);
create unique index settlement_cycle_open on settlement_cycle (programme_id) where state = 'OPEN';
create table cycle_step (
  cycle_id uuid not null references settlement_cycle,
  to_state text not null,
  cut_off_at timestamptz,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  primary key (cycle_id, to_state),
  check ((approved_by is null) = (approved_at is null))
);
create table directional_total (
  cycle_id uuid not null references settlement_cycle,
  pair smallint not null,
  debtor_id uuid,
  creditor_id uuid,
  exact_micros bigint not null,
  carry_in_micros bigint not null,
  billed_minor bigint not null,
  carry_micros bigint not null,
  primary key (cycle_id, pair)
);
create unique index directional_total_pair on directional_total (cycle_id, debtor_id, creditor_id) nulls not distinct;
create table statement_line (
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  claim_n smallint not null,
  kind text not null,
  micros bigint not null,
  billed_minor bigint not null,
  lot_seq bigint not null,
  primary key (cycle_id, pair, n),
  foreign key (cycle_id, pair) references directional_total
);
create table net_position (
  cycle_id uuid not null references settlement_cycle,
  party_id uuid,
  net_minor bigint not null
);
create unique index net_position_party on net_position (cycle_id, party_id) nulls not distinct;
`;
