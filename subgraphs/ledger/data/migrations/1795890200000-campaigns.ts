import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What campaigns gave, lot by lot, and what members answered them; and who is on which segment, by segment. */
export class Campaigns1795890200000 implements MigrationInterface {
  readonly name = 'Campaigns1795890200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.campaigns */
create table campaign_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  seq bigint not null,
  campaign_id uuid not null,
  points bigint not null check (points > 0),
  occurred_at timestamptz not null,
  primary key (bucket, wallet, lot_seq)
);
create index campaign_lot_campaign on campaign_lot (campaign_id, wallet);
create trigger campaign_lot_append_only before update or delete or truncate on campaign_lot
  for each statement execute function refuse_change();
create table campaign_response (
  hash uuid primary key,
  body_hash uuid not null,
  programme_id uuid not null,
  campaign_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  kind text not null check (kind in ('OPENED', 'USED')),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null
);
create index campaign_response_campaign on campaign_response (campaign_id, kind, member_id);
create trigger campaign_response_append_only before update or delete or truncate on campaign_response
  for each statement execute function refuse_change();
create index member_facts_segments on member_facts using gin (segments);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
