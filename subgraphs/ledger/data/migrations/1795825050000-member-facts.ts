import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rules may ask of members, as members last announced it. */
export class MemberFacts1795825050000 implements MigrationInterface {
  readonly name = 'MemberFacts1795825050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table member_facts (
  programme_id uuid not null,
  member_id uuid not null,
  version bigint not null check (version > 0),
  consented boolean not null,
  segments text[] not null,
  attributes jsonb not null,
  primary key (programme_id, member_id),
  constraint no_attribute_without_consent check (consented or attributes = '{}'::jsonb)
);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table member_facts');
  }
}
