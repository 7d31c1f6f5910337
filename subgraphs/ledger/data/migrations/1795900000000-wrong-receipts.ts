import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims of receipts that do not exist, counted by member and partner; and late claims of purchases that would have earned nothing. */
export class WrongReceipts1795900000000 implements MigrationInterface {
  readonly name = 'WrongReceipts1795900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.wrongReceipts */
create table wrong_receipts (
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  count integer not null check (count >= 0),
  locked_until timestamptz,
  primary key (programme_id, member_id, partner_id)
);
alter table missing_claim
  drop constraint missing_claim_state_check,
  add constraint missing_claim_state_check
    check (state in ('OPEN', 'CREDITED', 'REJECTED', 'GOODWILL', 'EARNED_NOTHING', 'REFUSED'));`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
