import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expected redemption that one person sets in place of the estimate and another approves; nothing of it is ever removed. */
export class RedemptionRates1795850010000 implements MigrationInterface {
  readonly name = 'RedemptionRates1795850010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table redemption_rate (
  id uuid primary key,
  programme_id uuid not null,
  issuer_id uuid,
  vintage text not null check (vintage ~ '^[0-9]{4}-[0-9]{2}$'),
  rate_bps integer not null check (rate_bps between 0 and 10000),
  reason text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  check ((approved_by is null) = (approved_at is null))
);
create index redemption_rate_programme on redemption_rate (programme_id, id desc);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table redemption_rate');
  }
}
