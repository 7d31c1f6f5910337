import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Marks that tell which row of a journal transaction was changed; transactions posted before have none. */
export class RowMarks1795892020000 implements MigrationInterface {
  readonly name = 'RowMarks1795892020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.rowMarks */
alter table journal_transaction add column marks bytea;`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
