import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Experiments: what is compared, in which arms, in which window. Arms never change: who is in which follows from them. */
export class Experiments1795890100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.experiments */
create table experiment (
  id text primary key check (id ~ '^exp_[0-9a-f]{32}$'),
  programme_id text not null references programme (id),
  code text not null,
  name text not null,
  kind text not null check (kind in ('CAMPAIGN', 'ALL_CAMPAIGNS', 'REWARD', 'CHANNEL', 'PLACEMENT')),
  subject text,
  arms jsonb not null,
  begins_at timestamptz not null,
  ends_at timestamptz,
  created_at timestamptz not null,
  unique (programme_id, code),
  check ((kind = 'ALL_CAMPAIGNS') = (subject is null)),
  check (ends_at is null or ends_at > begins_at)
);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('/* partners.migration.experimentsDown */ drop table experiment');
  }
}
