import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_OF_PROGRAMME_DDL } from '../../../../kernel/db/command-key';

/** Idempotency keys say whose they are, so that row-level security keeps them apart as well. */
export class CommandKeysOfProgrammes1795892000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COMMAND_KEY_OF_PROGRAMME_DDL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      '/* feedback.migration.commandKeysDown */ alter table command_key drop column programme_id cascade',
    );
  }
}
