import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Totals are written of the pairs of a cycle that is locked: its key was looked up once for each of thousands of pairs. */
export class TotalsOfPairs1795892030000 implements MigrationInterface {
  readonly name = 'TotalsOfPairs1795892030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.totalsOfPairs */
alter table directional_total drop constraint directional_total_cycle_id_fkey;`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
