import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to which instant a programme's members were warned of points about to expire. */
export class ExpiryWarnings1795750000000 implements MigrationInterface {
  readonly name = 'ExpiryWarnings1795750000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table programme_clock add column warned_to timestamptz not null default '-infinity'`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
