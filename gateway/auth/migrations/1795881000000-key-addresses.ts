import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From where a partner key may be used; null: from anywhere. */
export class KeyAddresses1795881000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('/* gateway.migration.keyAddresses */ alter table partner_key add column addresses text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('/* gateway.migration.keyAddressesDown */ alter table partner_key drop column addresses');
  }
}
