import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How partners' messages become commands, as partners announced it; and the messages that could not. */
export class Intake1795880400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table intake_mapping (
        partner_id text primary key,
        version integer not null,
        mappings jsonb not null
      );
      create table intake_problem (
        partner_id text not null,
        at timestamptz not null default clock_timestamp(),
        message_id text not null,
        type text not null,
        event text,
        code text not null,
        message text not null
      );
      create index intake_problem_latest on intake_problem (partner_id, at desc)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table intake_problem; drop table intake_mapping');
  }
}
