import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_OF_PROGRAMME_DDL } from '../../../../kernel/db/command-key';

/** What row-level security needs: keys that say whose they are, and a view that reaches what its reader does. */
export class RowsOfProgrammes1795894000000 implements MigrationInterface {
  readonly name = 'RowsOfProgrammes1795894000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COMMAND_KEY_OF_PROGRAMME_DDL);
    await runner.query(
      `/* ledger.migration.rowsOfProgrammes */ alter view statement_line set (security_invoker = true)`,
    );
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
