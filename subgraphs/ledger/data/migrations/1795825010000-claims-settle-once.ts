import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a claim of missing points is being settled, decided before its points are posted. */
export class ClaimsSettleOnce1795825010000 implements MigrationInterface {
  readonly name = 'ClaimsSettleOnce1795825010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table missing_claim
  add column settles_as text check (settles_as in ('CREDITED', 'GOODWILL')),
  add constraint settled_is_not_rejected check (settles_as is null or state <> 'REJECTED');`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
