import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What members paid beside points. */
export class RedemptionMoney1795892000000 implements MigrationInterface {
  readonly name = 'RedemptionMoney1795892000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.redemptionMoney */
create table redemption_money (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  primary key (bucket, wallet, seq)
);
create trigger redemption_money_append_only before update or delete or truncate on redemption_money
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
