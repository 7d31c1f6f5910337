import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Purchases of a stretch, found without reading all: they are written nearly in the order they happen. */
export class PurchasesByTime1795860100000 implements MigrationInterface {
  readonly name = 'PurchasesByTime1795860100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.purchasesByTime */
create index purchase_occurred_at_idx on purchase using brin (occurred_at);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
