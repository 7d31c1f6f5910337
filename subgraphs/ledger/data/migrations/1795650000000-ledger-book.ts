import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { INBOX_DDL } from '../../../../kernel/events/inbox-ddl';
import { GUARDS } from './book-guards';
import { SETTLEMENT } from './settlement-tables';

/**
 * The ledger's book: wallets, journal, lots, claims, money, settlement; and the projections it posts by.
 *
 * Every hot table's key starts with (bucket, wallet): the lane that posts, the lock order and, past one machine, the
 * distribution column. A wallet is one member's points in one programme and carries the member's UUID.
 */
export class LedgerBook1795650000000 implements MigrationInterface {
  readonly name = 'LedgerBook1795650000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLACE_EARLIER_BOOK);
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

/**
 * The first layout of the book held no settlement model, no pending points and no chain, so its postings cannot be carried over as
 * if they had been made by these rules. An empty one is replaced; one that was posted to is left as it is, and the start stops
 * here saying so: its postings are sent again through the graph, with their own keys.
 */
const REPLACE_EARLIER_BOOK = `
do $$
declare
  has_postings boolean;
begin
  if to_regclass('journal_transaction') is null then return; end if;
  execute 'select exists (select from journal_transaction)' into has_postings;
  if has_postings then
    raise exception 'LEDGER_BOOK_OF_EARLIER_LAYOUT: this book was written by version 0.1 and cannot be continued'
      using hint = 'Move the data directory away and start afresh; send the postings again through the graph.';
  end if;
  drop table rule_book, member_projection, identity_projection, partner_link_projection, ledger_epoch, programme_clock,
    wallet, journal_transaction, entry, purchase, lot, open_lot, hold, document, command_outcome, claim, settlement_cycle,
    cycle_step, directional_total, statement_line, net_position cascade;
  drop table if exists inbox_cursor, command_key cascade;
  drop function if exists refuse_change();
end
$$`;

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
  tier_until timestamptz,
  counted_since timestamptz,
  tier_due_at timestamptz,
  frozen_at timestamptz,
  owed jsonb,
  chain bytea,
  primary key (bucket, wallet),
  check (available = 0 or arrears = 0),
  check ((arrears = 0) = (owed is null))
) with (fillfactor = 50);
create index wallet_programme on wallet (programme_id, wallet);
create index wallet_frozen on wallet (programme_id) where frozen_at is not null;
create index wallet_tier_due on wallet (programme_id, tier_due_at) where tier_due_at is not null;

create table journal_transaction (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null check (seq > 0),
  xid xid8 not null default pg_current_xact_id(),
  programme_id uuid not null,
  kind text not null,
  cause_seq bigint check (cause_seq < seq),
  partner_id uuid,
  external_ref text,
  reason text,
  peer_wallet uuid,
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
  command_hash uuid,
  body_hash bytea,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  written_at timestamptz not null default clock_timestamp(),
  chain bytea not null,
  primary key (bucket, wallet, seq),
  check ((command_hash is null) = (body_hash is null))
);
create unique index journal_transaction_command on journal_transaction (bucket, wallet, command_hash)
  where command_hash is not null;
create index journal_transaction_xid on journal_transaction (xid);
create index journal_transaction_cycle on journal_transaction using brin (cycle_id) with (autosummarize = on);

create table entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  debit_kind text not null,
  debit_owner uuid,
  credit_kind text not null,
  credit_owner uuid,
  amount bigint not null check (amount > 0),
  lot_seq bigint not null,
  primary key (bucket, wallet, seq, n),
  check (
    debit_kind || ' ' || credit_kind = any (array[
      'ISSUED PENDING', 'ISSUED AVAILABLE', 'PENDING AVAILABLE', 'PENDING CLAWED_BACK', 'AVAILABLE HELD',
      'HELD AVAILABLE', 'HELD REDEEMED', 'AVAILABLE REDEEMED', 'REDEEMED AVAILABLE', 'AVAILABLE EXPIRED',
      'EXPIRED AVAILABLE', 'AVAILABLE CLAWED_BACK', 'ARREARS CLAWED_BACK', 'AVAILABLE ARREARS',
      'AVAILABLE TRANSFERRED', 'TRANSFERRED AVAILABLE'
    ])
  )
);
create index entry_undone on entry (bucket, wallet, lot_seq)
  where credit_kind in ('CLAWED_BACK', 'EXPIRED') or debit_kind = 'EXPIRED';

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
  primary key (bucket, wallet, seq)
);
create table purchase_return (
  bucket smallint not null,
  wallet uuid not null,
  purchase_seq bigint not null,
  seq bigint not null,
  amount_minor bigint not null check (amount_minor > 0),
  clawed_back bigint not null check (clawed_back >= 0),
  primary key (bucket, wallet, purchase_seq, seq)
);
create table redemption_reversal (
  bucket smallint not null,
  wallet uuid not null,
  redemption_seq bigint not null,
  seq bigint not null,
  points bigint not null check (points > 0),
  primary key (bucket, wallet, redemption_seq, seq)
);
create table award (
  bucket smallint not null,
  wallet uuid not null,
  partner_id uuid not null,
  action text not null,
  occasion text not null,
  seq bigint not null,
  occurred_at timestamptz not null,
  primary key (bucket, wallet, partner_id, action, occasion, seq)
);

create table lot_terms (
  id uuid primary key,
  settlement_model text not null check (settlement_model in ('AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID')),
  contract_version integer not null,
  issuance_micros bigint not null check (issuance_micros >= 0),
  reserve_micros bigint not null check (reserve_micros >= 0),
  fee_micros bigint not null check (fee_micros >= 0),
  prefund_bps integer not null check (prefund_bps between 0 and 10000),
  breakage_share_bps integer not null check (breakage_share_bps between 0 and 10000),
  funding jsonb not null
);
create table lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null check (lot_seq > 0),
  seq bigint not null,
  issuer_id uuid,
  quantity bigint not null check (quantity > 0),
  terms_id uuid not null,
  earned_at timestamptz not null,
  expires_at timestamptz,
  parent_wallet uuid,
  parent_lot_seq bigint,
  primary key (bucket, wallet, lot_seq),
  check ((parent_wallet is null) = (parent_lot_seq is null))
);
create table lot_extension (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  seq bigint not null,
  expires_at timestamptz not null,
  primary key (bucket, wallet, lot_seq, seq)
);
create table open_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  issuer_id uuid,
  terms_id uuid not null,
  remaining bigint not null check (remaining > 0),
  earned_at timestamptz not null,
  expires_at timestamptz not null default 'infinity',
  primary key (bucket, wallet, expires_at, earned_at, lot_seq)
) with (fillfactor = 80);
create index open_lot_due on open_lot (programme_id, expires_at) where expires_at < 'infinity';
create table pending_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  remaining bigint not null check (remaining > 0),
  release_at timestamptz,
  primary key (bucket, wallet, lot_seq)
);
create index pending_lot_due on pending_lot (programme_id, release_at) where release_at is not null;

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
  check ((state = 'OPEN') = (closed_seq is null))
);
create index hold_due on hold (programme_id, expires_at) where state = 'OPEN';

create table document (
  hash uuid primary key,
  programme_id uuid not null,
  partner_id uuid not null,
  kind text not null check (kind in ('PURCHASE', 'REDEMPTION', 'RETURN', 'ACCRUAL', 'ACTION')),
  external_ref text not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null
);

create table command_refusal (
  bucket smallint not null,
  wallet uuid not null,
  command_hash uuid not null,
  body_hash bytea not null,
  refusal jsonb not null,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (bucket, wallet, command_hash)
);
`;
