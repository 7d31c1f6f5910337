import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { INBOX_DDL } from '../../../../kernel/events/inbox-ddl';

/**
 * The ledger's book: wallets, journal, lots, claims, settlement; and the projections it posts by.
 *
 * Every hot table's key starts with (bucket, wallet): the lane that posts, the lock order and, past one machine, the
 * distribution column. A wallet is one member's points in one programme and carries the member's UUID.
 */
export class LedgerBook1795600000000 implements MigrationInterface {
  readonly name = 'LedgerBook1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INBOX_DDL);
    await runner.query(COMMAND_KEY_DDL);
    await runner.query(PROJECTIONS);
    await runner.query(POINTS);
    await runner.query(SETTLEMENT);
    await runner.query(GUARDS);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}

const PROJECTIONS = `
create table rule_book (
  programme_id uuid primary key,
  version bigint not null check (version > 0),
  is_sandbox boolean not null,
  book jsonb not null
);
create table member_projection (
  programme_id uuid not null,
  member_id uuid not null,
  enrolled_at timestamptz not null,
  primary key (programme_id, member_id)
);
create table identity_projection (
  programme_id uuid not null,
  blind_index bytea not null,
  member_id uuid not null,
  primary key (programme_id, blind_index)
);
create table partner_link_projection (
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  state text not null check (state in ('CREDIT_ONLY', 'OPEN')),
  primary key (programme_id, member_id, partner_id)
);
create table ledger_epoch (
  only_row boolean primary key default true check (only_row),
  epoch text not null,
  started_at timestamptz not null default now()
);
insert into ledger_epoch (epoch) values (md5(random()::text || clock_timestamp()::text));
`;

const POINTS = `
create table programme_clock (
  programme_id uuid primary key,
  test_now timestamptz,
  open_cycle_id uuid not null
);
create table wallet (
  bucket smallint not null,
  wallet uuid not null,
  programme_id uuid not null,
  seq bigint not null default 0 check (seq >= 0),
  lots bigint not null default 0 check (lots >= 0),
  available bigint not null default 0 check (available >= 0),
  pending bigint not null default 0 check (pending >= 0),
  held bigint not null default 0 check (held >= 0),
  arrears bigint not null default 0 check (arrears >= 0),
  qualifying bigint not null default 0 check (qualifying >= 0),
  tier_code text,
  tier_since timestamptz,
  primary key (bucket, wallet),
  check (available = 0 or arrears = 0)
) with (fillfactor = 50);
create index wallet_programme on wallet (programme_id, wallet);

create table journal_transaction (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null check (seq > 0),
  xid xid8 not null default pg_current_xact_id(),
  programme_id uuid not null,
  kind text not null,
  partner_id uuid,
  external_ref text,
  cycle_id uuid not null,
  rule_book_version bigint not null,
  points bigint not null,
  available_after bigint not null check (available_after >= 0),
  pending_after bigint not null check (pending_after >= 0),
  held_after bigint not null check (held_after >= 0),
  arrears_after bigint not null check (arrears_after >= 0),
  qualifying_after bigint not null check (qualifying_after >= 0),
  tier_before text,
  tier_after text,
  caller text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  written_at timestamptz not null default clock_timestamp(),
  primary key (bucket, wallet, seq)
);
create index journal_transaction_xid on journal_transaction (xid);
create index journal_transaction_cycle on journal_transaction (cycle_id);

create table entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  debit_kind text not null,
  debit_owner uuid not null,
  credit_kind text not null,
  credit_owner uuid not null,
  amount bigint not null check (amount > 0),
  lot_seq bigint not null,
  primary key (bucket, wallet, seq, n),
  foreign key (bucket, wallet, seq) references journal_transaction,
  check (
    (debit_kind, credit_kind) in (
      ('ISSUED', 'AVAILABLE'), ('AVAILABLE', 'REDEEMED'), ('AVAILABLE', 'HELD'),
      ('HELD', 'AVAILABLE'), ('HELD', 'REDEEMED'), ('AVAILABLE', 'EXPIRED')
    )
  )
);

create table purchase (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  programme_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  branch text,
  channel text,
  lines jsonb,
  rule_id text,
  points bigint not null check (points >= 0),
  occurred_at timestamptz not null,
  primary key (bucket, wallet, seq),
  foreign key (bucket, wallet, seq) references journal_transaction
);
create index purchase_partner on purchase (programme_id, partner_id);

create table lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null check (lot_seq > 0),
  seq bigint not null,
  issuer_id uuid not null,
  quantity bigint not null check (quantity > 0),
  settlement_model text not null,
  contract_version integer not null,
  fee_micros bigint not null,
  earned_at timestamptz not null,
  expires_at timestamptz,
  primary key (bucket, wallet, lot_seq),
  foreign key (bucket, wallet, seq) references journal_transaction
);

create table open_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  issuer_id uuid not null,
  remaining bigint not null check (remaining > 0),
  earned_at timestamptz not null,
  expires_at timestamptz not null default 'infinity',
  primary key (bucket, wallet, expires_at, earned_at, lot_seq)
) with (fillfactor = 80);
create unique index open_lot_once on open_lot (bucket, wallet, lot_seq);
create index open_lot_due on open_lot (programme_id, expires_at) where expires_at < 'infinity';

create table hold (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  programme_id uuid not null,
  partner_id uuid not null,
  points bigint not null check (points > 0),
  state text not null check (state in ('OPEN', 'CAPTURED', 'RELEASED', 'TIMED_OUT')),
  captured bigint not null default 0 check (captured >= 0 and captured <= points),
  closed_seq bigint,
  expires_at timestamptz not null,
  primary key (bucket, wallet, seq),
  foreign key (bucket, wallet, seq) references journal_transaction,
  check ((state = 'OPEN') = (closed_seq is null))
);

create table document (
  hash bytea primary key,
  programme_id uuid not null,
  partner_id uuid not null,
  kind text not null check (kind in ('PURCHASE', 'REDEMPTION', 'RETURN')),
  external_ref text not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null
);

create table command_outcome (
  bucket smallint not null,
  wallet uuid not null,
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  seq bigint,
  outcome jsonb,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (bucket, wallet, caller, operation, key),
  check ((seq is null) <> (outcome is null))
);
`;

const SETTLEMENT = `
create table claim (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  cycle_id uuid not null,
  debtor_id uuid,
  creditor_id uuid,
  kind text not null check (kind in ('REDEMPTION', 'PROGRAMME_FEE')),
  micros bigint not null,
  lot_seq bigint not null,
  points bigint not null,
  contract_version integer not null,
  currency text not null,
  primary key (bucket, wallet, seq, n),
  foreign key (bucket, wallet, seq) references journal_transaction,
  check (debtor_id is distinct from creditor_id)
);
create index claim_cycle on claim (cycle_id, debtor_id, creditor_id);

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

const GUARDS = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'LEDGER_APPEND_ONLY: % of % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger journal_transaction_append_only before update or delete or truncate on journal_transaction
  for each statement execute function refuse_change();
create trigger entry_append_only before update or delete or truncate on entry
  for each statement execute function refuse_change();
create trigger lot_append_only before update or delete or truncate on lot
  for each statement execute function refuse_change();
create trigger claim_append_only before update or delete or truncate on claim
  for each statement execute function refuse_change();
create trigger purchase_append_only before update or delete or truncate on purchase
  for each statement execute function refuse_change();
create trigger document_append_only before update or delete or truncate on document
  for each statement execute function refuse_change();
`;
