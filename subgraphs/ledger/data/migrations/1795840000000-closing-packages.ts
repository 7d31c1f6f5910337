import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Closing packages as they were signed (docs/adr/0016): the head is kept, records are read from the journal, which never changes. */
export class ClosingPackages1795840000000 implements MigrationInterface {
  readonly name = 'ClosingPackages1795840000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table closing_package (
  cycle_id uuid primary key references settlement_cycle,
  head text not null,
  signature text not null,
  key_id text not null,
  public_key text not null,
  signed_at timestamptz not null default clock_timestamp()
);
create trigger closing_package_append_only before update or delete or truncate on closing_package
  for each statement execute function refuse_change();
`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
