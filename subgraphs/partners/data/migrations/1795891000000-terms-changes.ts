import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Benefits of tiers, and changes of a programme's terms. */
export class TermsChanges1795891000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.termsChangesDown */
      drop table terms_change;
      alter table tier drop column benefits`);
  }
}

const UP = `/* partners.migration.termsChanges */
alter table tier add column benefits jsonb not null default '[]' check (jsonb_typeof(benefits) = 'array');
create table terms_change (
  id text primary key check (id ~ '^tch_[0-9a-f]{32}$'),
  programme_id text not null references programme (id),
  version integer not null check (version > 1),
  -- Canonical JSON, as it was hashed.
  terms text not null,
  texts text not null,
  takes_effect_at timestamptz not null,
  notice_days integer not null check (notice_days > 0),
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('OPEN', 'APPROVED', 'WITHDRAWN', 'REPLACED')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  rule_book_version bigint,
  constraint terms_decided_is_whole check (
    (state = 'OPEN') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint approved_is_announced check ((state = 'APPROVED') = (rule_book_version is not null))
);
create unique index one_open_terms_change on terms_change (programme_id) where state = 'OPEN';
create unique index terms_version_once on terms_change (programme_id, version) where state = 'APPROVED';`;
