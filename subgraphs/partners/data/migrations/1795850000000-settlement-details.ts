import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who each party is in law and where its money goes, version by version; the operator's row has no partner. */
export class SettlementDetails1795850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.settlementDetails */
create table settlement_details (
  programme_id text not null references programme,
  partner_id text,
  version integer not null check (version > 0),
  valid_from timestamptz not null,
  identity jsonb not null,
  set_at timestamptz not null,
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
create unique index settlement_details_version on settlement_details (programme_id, partner_id, version) nulls not distinct;
create trigger settlement_details_is_history before update or delete or truncate on settlement_details
  for each statement execute function refuse_change();`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('/* partners.migration.settlementDetailsDown */ drop table settlement_details');
  }
}
