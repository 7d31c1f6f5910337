import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points of all members together may be more than 64 bits count, which hold for each of them. */
export class VintageSums1795892030000 implements MigrationInterface {
  readonly name = 'VintageSums1795892030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.vintageSums */
alter table vintage_flow
  alter column issued type numeric,
  alter column redeemed type numeric,
  alter column clawed_back type numeric,
  alter column expired type numeric;`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
