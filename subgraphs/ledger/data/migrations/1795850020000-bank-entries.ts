import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the bank confirmed: one entry for each payment, never changed. */
export class BankEntries1795850020000 implements MigrationInterface {
  readonly name = 'BankEntries1795850020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table bank_entry (
  programme_id uuid not null,
  end_to_end_id text not null,
  cycle_id uuid not null references settlement_cycle,
  partner_id uuid not null,
  identity text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  booked_on date,
  bank_ref text,
  imported_by text not null,
  imported_at timestamptz not null,
  primary key (programme_id, end_to_end_id)
);
create index bank_entry_cycle on bank_entry (cycle_id);
create trigger bank_entry_append_only before update or delete or truncate on bank_entry
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
