import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Issuers that change to paying at issuance for what they have outstanding: proposed by one person, approved by another. */
export class BuyOuts1795830000001 implements MigrationInterface {
  readonly name = 'BuyOuts1795830000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table buy_out (
  id uuid primary key,
  programme_id uuid not null,
  partner_id uuid not null,
  contract_version integer not null,
  breakage_bps integer not null check (breakage_bps between 0 and 10000),
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  check ((approved_by is null) = (approved_at is null))
);
create index buy_out_programme on buy_out (programme_id, id desc);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table buy_out');
  }
}
