import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From where a key may be used, and when it was used last. */
export class KeyAddresses1795886000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.keyAddresses */
alter table partner_key
  add column addresses text[] check (cardinality(addresses) between 1 and 50),
  add column last_used_at timestamptz;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.keyAddressesDown */
alter table partner_key drop column addresses, drop column last_used_at`);
  }
}
