import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Corrections that one person proposes and another approves. */
export class Adjustments1795720000000 implements MigrationInterface {
  readonly name = 'Adjustments1795720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table adjustment (
  id uuid primary key,
  programme_id uuid not null,
  member_id uuid not null,
  kind text not null check (kind in ('GOODWILL', 'CREDIT', 'DEBIT')),
  points bigint not null check (points > 0),
  sponsor_id uuid,
  lot_seq bigint check (lot_seq > 0),
  expires_at timestamptz,
  cost_centre text not null,
  reason text not null,
  content_hash text not null,
  state text not null default 'PROPOSED' check (state in ('PROPOSED', 'APPROVED', 'REJECTED', 'REFUSED')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  posted_seq bigint,
  refused_code text,
  check ((kind = 'DEBIT') = (lot_seq is not null)),
  check ((state = 'PROPOSED') = (decided_by is null)),
  check ((state = 'REFUSED') = (refused_code is not null))
);
create index adjustment_programme on adjustment (programme_id, id desc);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
