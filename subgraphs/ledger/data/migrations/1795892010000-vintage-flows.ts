import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened to points by issuer, month of earning and month of recording, rolled up behind the postings. */
export class VintageFlows1795892010000 implements MigrationInterface {
  readonly name = 'VintageFlows1795892010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.vintageFlows */
create table vintage_flow (
  programme_id uuid not null,
  issuer_id uuid,
  vintage text not null check (vintage ~ '^[0-9]{4}-[0-9]{2}$'),
  month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  issued bigint not null,
  redeemed bigint not null,
  clawed_back bigint not null,
  expired bigint not null,
  allocated_micros numeric not null,
  members bigint not null,
  members_of_issuer bigint not null
) with (fillfactor = 70);
create unique index vintage_flow_of on vintage_flow (programme_id, issuer_id, vintage, month) nulls not distinct;
create table vintage_roll_up_state (
  only_row boolean primary key default true check (only_row),
  snapshot pg_snapshot not null,
  system_id text not null
);
insert into vintage_roll_up_state (snapshot, system_id) select '1:1:', system_identifier::text from pg_control_system();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
