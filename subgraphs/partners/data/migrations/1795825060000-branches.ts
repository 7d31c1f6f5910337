import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Places of partners that purchases name. */
export class Branches1795825060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.branches */
      create table partner_branch (
        programme_id text not null,
        partner_id text not null,
        code text not null,
        name text not null,
        channels text[] not null check (cardinality(channels) > 0 and channels <@ array['TILL', 'ONLINE', 'APP']),
        opens_at timestamptz not null,
        closed_at timestamptz check (closed_at >= opens_at),
        primary key (partner_id, code),
        foreign key (programme_id, partner_id) references partner (programme_id, id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('/* partners.migration.branchesDown */ drop table partner_branch');
  }
}
