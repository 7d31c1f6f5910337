import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All shares of a counter are read at one instant by every batch: they stand beside each other. */
export class CapShareKey1795897000000 implements MigrationInterface {
  readonly name = 'CapShareKey1795897000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.capShareKey */
alter table cap_share drop constraint cap_share_pkey,
  add constraint cap_share_pkey primary key (programme_id, partner_id, kind, period, shard);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
