import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What members are to be told of terms that change, and that they were. */
export class TermsNotices1795893000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* members.migration.termsNoticesDown */
      drop index member_by_programme;
      drop table terms_notice, announced_terms`);
  }
}

const UP = `/* members.migration.termsNotices */
create table announced_terms (
  programme_id text not null,
  version integer not null check (version > 1),
  takes_effect_at timestamptz not null,
  texts jsonb not null check (jsonb_typeof(texts) = 'array'),
  announced_at timestamptz not null,
  -- Members up to this id have their notice; those who enrol meanwhile get theirs as they enrol.
  told_up_to text not null default '',
  told_at timestamptz,
  primary key (programme_id, version)
);
create index announced_terms_to_tell on announced_terms (programme_id, version) where told_at is null;
create table terms_notice (
  programme_id text not null,
  member_id text not null,
  version integer not null,
  noticed_at timestamptz not null,
  acknowledged_at timestamptz,
  primary key (member_id, version),
  foreign key (programme_id, member_id) references member (programme_id, id),
  foreign key (programme_id, version) references announced_terms (programme_id, version)
);
create index terms_notice_by_version on terms_notice (programme_id, version) include (acknowledged_at);
create index member_by_programme on member (programme_id, id);`;
