import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { OUTBOX_DDL } from '../../../../kernel/events/outbox';

/** The rule book, keys, and what every subgraph has: outbox and idempotency keys. */
export class Partners1763890000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_DDL);
    await runner.query(COMMAND_KEY_DDL);
    await runner.query(PROGRAMME);
    await runner.query(PARTNER);
    await runner.query(AGREED);
    await runner.query(KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.down */
      drop table partner_key, earning_rule, contract, partner, tier, rule_book_version, programme, command_key, inbox_cursor, outbox;
      drop function refuse_change`);
  }
}

const PROGRAMME = `/* partners.migration.programme */
create table programme (
  id text primary key check (id ~ '^prg_[0-9a-f]{32}$'),
  key text not null unique check (key ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null,
  currency_name text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  face_value_micros bigint not null check (face_value_micros > 0),
  time_zone text not null,
  default_language text not null,
  is_sandbox boolean not null,
  single_approver boolean not null,
  dispute_window_days integer not null check (dispute_window_days between 0 and 365),
  points_validity_days integer check (points_validity_days > 0),
  opens_at timestamptz not null,
  created_at timestamptz not null,
  constraint single_approver_needs_sandbox check (is_sandbox or not single_approver),
  constraint programme_face_value unique (id, face_value_micros)
);
create table tier (
  programme_id text not null references programme,
  rank integer not null check (rank >= 0),
  code text not null,
  name text not null,
  threshold_points bigint not null check (threshold_points >= 0),
  primary key (programme_id, rank),
  unique (programme_id, code),
  unique (programme_id, threshold_points),
  constraint first_tier_begins_at_zero check (rank > 0 or threshold_points = 0)
);
-- Locked by every change of a programme's rule book: changes of one programme queue here and nowhere else.
create table rule_book_version (
  programme_id text primary key references programme,
  version bigint not null check (version >= 0)
);`;

const PARTNER = `/* partners.migration.partner */
create table partner (
  id text primary key check (id ~ '^ptr_[0-9a-f]{32}$'),
  programme_id text not null references programme,
  code text not null,
  name text not null,
  can_issue boolean not null,
  can_redeem boolean not null,
  status text not null check (status in ('ACTIVE', 'SUSPENDED', 'LEFT')),
  status_reason text,
  joined_at timestamptz not null,
  unique (programme_id, code),
  constraint partner_of_programme unique (programme_id, id),
  constraint partner_issues_or_redeems check (can_issue or can_redeem)
);`;

const AGREED = `/* partners.migration.agreed */
create table contract (
  id text primary key check (id ~ '^ctr_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  version integer not null check (version > 0),
  valid_from timestamptz not null,
  settlement_model text not null check (settlement_model in ('AT_REDEMPTION')),
  reimbursement_micros bigint not null check (reimbursement_micros >= 0),
  fee_micros bigint not null check (fee_micros >= 0),
  -- The programme's own, held here so that the database itself can compare the two.
  face_value_micros bigint not null,
  agreed_at timestamptz not null,
  unique (partner_id, version),
  unique (partner_id, valid_from),
  foreign key (programme_id, partner_id) references partner (programme_id, id),
  foreign key (programme_id, face_value_micros) references programme (id, face_value_micros),
  constraint reimbursement_within_face_value check (reimbursement_micros <= face_value_micros)
);
create table earning_rule (
  id text primary key check (id ~ '^rul_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  version integer not null check (version > 0),
  kind text not null check (kind in ('BASE_RATE')),
  points bigint not null check (points >= 0),
  per_amount_minor bigint not null check (per_amount_minor > 0),
  valid_from timestamptz not null,
  set_at timestamptz not null,
  unique (partner_id, kind, version),
  unique (partner_id, kind, valid_from),
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
-- What was agreed is history: a new version is a new row.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger contract_is_history before update or delete or truncate on contract
  for each statement execute function refuse_change();
create trigger earning_rule_is_history before update or delete or truncate on earning_rule
  for each statement execute function refuse_change();`;

const KEY = `/* partners.migration.key */
create table partner_key (
  id text primary key check (id ~ '^key_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  -- SHA-256 of the key's whole text; the text itself is nowhere.
  key_hash text not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
  scopes text[] not null check (cardinality(scopes) > 0),
  issued_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
create index partner_key_by_partner on partner_key (partner_id);`;
