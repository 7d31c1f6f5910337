import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sales whose buyer was not known, and members' claims of missing points. */
export class Receipts1795730000000 implements MigrationInterface {
  readonly name = 'Receipts1795730000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table receipt (
  hash uuid primary key,
  programme_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  branch text,
  channel text,
  lines jsonb,
  occurred_at timestamptz not null,
  claim_until timestamptz not null,
  recorded_at timestamptz not null
);
create trigger receipt_append_only before update or delete or truncate on receipt
  for each statement execute function refuse_change();
create table missing_claim (
  id uuid primary key,
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  occurred_at timestamptz not null,
  opened_at timestamptz not null,
  answer_by timestamptz not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'CREDITED', 'REJECTED', 'GOODWILL', 'REFUSED')),
  reason text,
  closed_at timestamptz,
  check ((state = 'OPEN') = (closed_at is null))
);
create unique index missing_claim_receipt on missing_claim (programme_id, partner_id, external_ref) where state = 'OPEN';
create index missing_claim_partner on missing_claim (programme_id, partner_id, id desc);
create index missing_claim_member on missing_claim (programme_id, member_id, id desc);
create index missing_claim_due on missing_claim (programme_id, answer_by) where state = 'OPEN';`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
