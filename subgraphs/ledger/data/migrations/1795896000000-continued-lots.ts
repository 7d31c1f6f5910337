import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is taken back of a lot is taken of the lots that continue it: they are found by it among all lots of a member. */
export class ContinuedLots1795896000000 implements MigrationInterface {
  readonly name = 'ContinuedLots1795896000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.continuedLots */
create index lot_continued on lot (bucket, wallet, parent_lot_seq) where parent_lot_seq is not null;`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
