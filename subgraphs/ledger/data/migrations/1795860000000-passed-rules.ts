import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules that gave nothing, once for all purchases that came out alike: explanations name the list by its hash. */
export class PassedRules1795860000000 implements MigrationInterface {
  readonly name = 'PassedRules1795860000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.passedRules */
create table passed_rules (
  id uuid primary key,
  passed jsonb not null
);
create trigger passed_rules_append_only before update or delete or truncate on passed_rules
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
