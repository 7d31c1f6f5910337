import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Segments, consent to profiling, attributes that partners set, and the version of each member's facts. */
export class MemberFacts1795825040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* members.migration.memberFactsDown */
      drop table member_attribute, member_fact_version, segment_member, segment`);
  }
}

const UP = `/* members.migration.memberFacts */
create table segment (
  id text primary key check (id ~ '^seg_[0-9a-f]{32}$'),
  programme_id text not null,
  code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$'),
  name text not null,
  created_at timestamptz not null,
  unique (programme_id, code),
  constraint segment_of_programme unique (programme_id, id)
);
create table segment_member (
  programme_id text not null,
  segment_id text not null,
  member_id text not null,
  added_at timestamptz not null,
  primary key (segment_id, member_id),
  foreign key (programme_id, segment_id) references segment (programme_id, id),
  foreign key (programme_id, member_id) references member (programme_id, id)
);
create index segment_member_by_member on segment_member (member_id);
-- One row for each member of whom a fact was ever announced; its lock puts changes of one member in order.
create table member_fact_version (
  programme_id text not null,
  member_id text primary key,
  version bigint not null check (version > 0),
  consented boolean not null default false,
  consent_decided_at timestamptz,
  foreign key (programme_id, member_id) references member (programme_id, id),
  constraint consent_was_decided check (not consented or consent_decided_at is not null)
);
create table member_attribute (
  programme_id text not null,
  member_id text not null,
  partner_id text not null check (partner_id ~ '^ptr_[0-9a-f]{32}$'),
  name text not null,
  value jsonb not null check (jsonb_typeof(value) in ('string', 'number', 'boolean') and length(value::text) <= 2000),
  set_at timestamptz not null,
  primary key (member_id, partner_id, name),
  foreign key (programme_id, member_id) references member (programme_id, id)
);`;
