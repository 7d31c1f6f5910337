import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who partners and the operator are in law, and where their money goes, as partners announces it: a copy, by version. */
export class PartyDetails1795850000000 implements MigrationInterface {
  readonly name = 'PartyDetails1795850000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table party_details (
  programme_id uuid not null,
  partner_id uuid,
  version integer not null check (version > 0),
  valid_from timestamptz not null,
  identity jsonb not null
);
create unique index party_details_version on party_details (programme_id, partner_id, version) nulls not distinct;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table party_details');
  }
}
