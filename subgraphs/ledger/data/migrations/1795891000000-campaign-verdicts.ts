import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was said of each campaign at the end of each month it ran in, and by which figures. */
export class CampaignVerdicts1795891000000 implements MigrationInterface {
  readonly name = 'CampaignVerdicts1795891000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.campaignVerdicts */
create table campaign_verdict (
  programme_id uuid not null,
  campaign_id uuid not null,
  month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  verdict text not null check (verdict in ('KEEP', 'CHANGE', 'STOP', 'UNDECIDED')),
  reasons jsonb not null,
  counts jsonb not null,
  through timestamptz not null,
  given_at timestamptz not null,
  primary key (programme_id, campaign_id, month)
);
create trigger campaign_verdict_append_only before update or delete or truncate on campaign_verdict
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
