import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Partners that do not pay, and partners that leave (docs/adr/0021): what is held against them, what was declared, and what counts
 * in the payments of a later cycle because of it. A trial check that points sum to zero.
 */
export class DefaultsAndRunOff1795890000000 implements MigrationInterface {
  readonly name = 'DefaultsAndRunOff1795890000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table trial_finding drop constraint trial_finding_what_check;
alter table trial_finding add constraint trial_finding_what_check check (what in ('CLAIM', 'BALANCE', 'POINTS'));

create table guarantee (
  programme_id uuid not null,
  fund text not null check (fund in ('DEPOSIT', 'DEFAULT_FUND')),
  partner_id uuid,
  held_minor bigint not null check (held_minor >= 0),
  check ((fund = 'DEPOSIT') = (partner_id is not null))
);
create unique index guarantee_owner on guarantee (programme_id, fund, partner_id) nulls not distinct;

create table guarantee_payment (
  id uuid primary key,
  programme_id uuid not null,
  fund text not null check (fund in ('DEPOSIT', 'DEFAULT_FUND')),
  partner_id uuid not null,
  direction text not null check (direction in ('PAID_IN', 'PAID_OUT')),
  amount_minor bigint not null check (amount_minor > 0),
  bank_ref text not null,
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  unique (programme_id, bank_ref),
  check ((approved_by is null) = (approved_at is null))
);

create table partner_default (
  id uuid primary key,
  programme_id uuid not null,
  cycle_id uuid not null references settlement_cycle,
  partner_id uuid not null,
  owed_minor bigint not null check (owed_minor > 0),
  deposit_minor bigint not null check (deposit_minor >= 0),
  fund_minor bigint not null check (fund_minor >= 0),
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  posted_cycle_id uuid references settlement_cycle,
  unique (cycle_id, partner_id),
  check ((approved_by is null) = (approved_at is null) and (approved_by is null) = (posted_cycle_id is null)),
  check (deposit_minor + fund_minor <= owed_minor)
);
create table default_share (
  default_id uuid not null references partner_default,
  party_id uuid,
  minor bigint not null check (minor > 0)
);
create unique index default_share_party on default_share (default_id, party_id) nulls not distinct;

create table run_off (
  id uuid primary key,
  programme_id uuid not null,
  partner_id uuid not null,
  points bigint not null check (points >= 0),
  liability_micros numeric not null check (liability_micros >= 0),
  breakage_bps integer not null check (breakage_bps between 0 and 10000),
  deposit_minor bigint not null check (deposit_minor >= 0),
  reason text not null,
  state text not null default 'PROPOSED' check (state in ('PROPOSED', 'RUNNING', 'ENDING', 'ENDED')),
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  ended_by text,
  ended_at timestamptz,
  returned_minor bigint,
  told_at timestamptz,
  unique (programme_id, partner_id),
  check ((state = 'PROPOSED') = (approved_by is null)),
  check ((state = 'ENDED') = (ended_by is not null) and (ended_by is null) = (returned_minor is null))
);
create table run_off_draw (
  cycle_id uuid not null references settlement_cycle,
  partner_id uuid not null,
  minor bigint not null check (minor > 0),
  primary key (cycle_id, partner_id)
);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
