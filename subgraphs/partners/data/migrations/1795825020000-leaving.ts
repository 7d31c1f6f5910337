import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partners that are on their way out: since when. */
export class Leaving1795825020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.leaving */
      alter table partner
        add column leaving_since timestamptz,
        drop constraint partner_status_check,
        add constraint partner_status_is_known check (status in ('ACTIVE', 'SUSPENDED', 'LEAVING', 'LEFT')),
        add constraint leaving_since_when check (status <> 'LEAVING' or leaving_since is not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.leavingDown */
      alter table partner
        drop constraint leaving_since_when,
        drop constraint partner_status_is_known,
        drop column leaving_since,
        add constraint partner_status_check check (status in ('ACTIVE', 'SUSPENDED', 'LEFT'))`);
  }
}
