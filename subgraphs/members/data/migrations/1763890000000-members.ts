import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { OUTBOX_DDL } from '../../../../kernel/events/outbox';

/** Members, their identities and partner links, and what every subgraph has: outbox and idempotency keys. */
export class Members1763890000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_DDL);
    await runner.query(COMMAND_KEY_DDL);
    await runner.query(MEMBER);
    await runner.query(IDENTITY);
    await runner.query(PARTNER);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* members.migration.down */
      drop table partner_standing, partner_link, identity_link, member, command_key, inbox_cursor, outbox`);
  }
}

const MEMBER = `/* members.migration.member */
create table member (
  id text primary key check (id ~ '^mem_[0-9a-f]{32}$'),
  programme_id text not null check (programme_id ~ '^prg_[0-9a-f]{32}$'),
  -- Personal: nothing else in this table tells who the member is.
  display_name text,
  language text,
  terms_accepted_at timestamptz not null,
  enrolled_at timestamptz not null,
  constraint member_of_programme unique (programme_id, id)
);`;

const IDENTITY = `/* members.migration.identity */
create table identity_link (
  id text primary key check (id ~ '^idl_[0-9a-f]{32}$'),
  programme_id text not null,
  kind text not null check (kind in ('EMAIL', 'PHONE', 'CARD', 'PARTNER_CUSTOMER_ID')),
  -- Whose customer number it is; '' for identities that mean the same everywhere.
  partner_id text not null,
  -- The identity itself is not stored: this keyed hash finds it and tells nothing about it.
  blind_index text not null check (blind_index ~ '^[0-9a-f]{64}$'),
  member_id text not null,
  linked_at timestamptz not null,
  constraint one_identity_one_member unique (programme_id, blind_index),
  constraint customer_number_has_partner check ((kind = 'PARTNER_CUSTOMER_ID') = (partner_id <> '')),
  -- Checked at the commit: an identity is claimed before its member is written, so that a race is lost before any harm.
  constraint identity_of_member foreign key (programme_id, member_id) references member (programme_id, id)
    deferrable initially deferred
);
create index identity_link_by_member on identity_link (member_id);`;

const PARTNER = `/* members.migration.partner */
create table partner_link (
  programme_id text not null,
  member_id text not null,
  partner_id text not null check (partner_id ~ '^ptr_[0-9a-f]{32}$'),
  state text not null check (state in ('CREDIT_ONLY', 'OPEN')),
  linked_at timestamptz not null,
  opened_at timestamptz,
  primary key (member_id, partner_id),
  foreign key (programme_id, member_id) references member (programme_id, id),
  constraint open_since_when check ((state = 'OPEN') = (opened_at is not null))
);
-- What partners announced, kept here so that an enrolment asks nobody.
create table partner_standing (
  programme_id text not null,
  partner_id text not null,
  status text not null check (status in ('ACTIVE', 'SUSPENDED', 'LEFT')),
  version bigint not null,
  primary key (programme_id, partner_id)
);`;
