import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How partners' customer-data messages become commands, version by version. */
export class Intake1795880300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.intake */
create table intake (
  programme_id text not null,
  partner_id text not null,
  version integer not null check (version > 0),
  customer_kind text not null,
  mappings jsonb not null,
  set_at timestamptz not null,
  primary key (partner_id, version),
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
create trigger intake_is_history before update or delete or truncate on intake
  for each statement execute function refuse_change();`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('/* partners.migration.intakeDown */ drop table intake');
  }
}
