import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people did about campaigns after their verdicts. */
export class CampaignDecisions1795891010000 implements MigrationInterface {
  readonly name = 'CampaignDecisions1795891010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.campaignDecisions */
create table campaign_decision (
  programme_id uuid not null,
  campaign_id uuid not null,
  month text not null,
  decision text not null check (decision in ('KEPT', 'CHANGED', 'STOPPED')),
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  primary key (programme_id, campaign_id, month),
  foreign key (programme_id, campaign_id, month) references campaign_verdict (programme_id, campaign_id, month)
);
create trigger campaign_decision_append_only before update or delete or truncate on campaign_decision
  for each statement execute function refuse_change();`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
