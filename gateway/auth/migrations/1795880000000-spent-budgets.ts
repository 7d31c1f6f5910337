import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What callers have spent of their budgets in the minute that runs. The columns are rate-limiter-flexible's; the table is not
 * logged, because after a crash a minute's counting is worth nothing.
 */
export class SpentBudgets1795880000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create unlogged table spent_budget (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table spent_budget');
  }
}
