import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partners that are on their way out enrol nobody. */
export class LeavingPartners1795825030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* members.migration.leavingPartners */
      alter table partner_standing
        drop constraint partner_standing_status_check,
        add constraint partner_standing_is_known check (status in ('ACTIVE', 'SUSPENDED', 'LEAVING', 'LEFT'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* members.migration.leavingPartnersDown */
      alter table partner_standing
        drop constraint partner_standing_is_known,
        add constraint partner_standing_status_check check (status in ('ACTIVE', 'SUSPENDED', 'LEFT'))`);
  }
}
