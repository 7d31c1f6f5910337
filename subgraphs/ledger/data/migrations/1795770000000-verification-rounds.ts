import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each round of verification looked at and found. */
export class VerificationRounds1795770000000 implements MigrationInterface {
  readonly name = 'VerificationRounds1795770000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table verification_round (
  n bigint generated always as identity primary key,
  kind text not null check (kind in ('WINDOW', 'ALL', 'SEAL')),
  since timestamptz,
  upto timestamptz not null,
  accounts bigint not null,
  findings jsonb not null,
  ended_at timestamptz not null default clock_timestamp()
);
create index verification_round_kind on verification_round (kind, upto desc);
create trigger verification_round_append_only before update or delete or truncate on verification_round
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
