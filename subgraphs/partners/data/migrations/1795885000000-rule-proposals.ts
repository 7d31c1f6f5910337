import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much of a purchase one person may give back as points, and rules that wait for another's approval. */
export class RuleProposals1795885000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.ruleProposals */
alter table programme add column rebate_limit_bps integer check (rebate_limit_bps between 0 and 9999);
create table rule_proposal (
  id text primary key check (id ~ '^rpr_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  operation text not null check (operation in ('setPurchaseRule', 'createCampaign', 'changeCampaign', 'setEarningRule')),
  code text not null,
  -- Canonical JSON of what would be set, as it was hashed.
  change text not null,
  version integer not null check (version > 0),
  rebate_bps integer,
  limit_bps integer,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('OPEN', 'APPROVED', 'WITHDRAWN', 'REPLACED')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  foreign key (programme_id, partner_id) references partner (programme_id, id),
  constraint decided_is_whole check (
    (state = 'OPEN') = (decided_by is null) and (decided_by is null) = (decided_at is null))
);
create unique index one_open_proposal_a_rule on rule_proposal (partner_id, code) where state = 'OPEN';
create index rule_proposal_by_partner on rule_proposal (partner_id, id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.ruleProposalsDown */
      drop table rule_proposal;
      alter table programme drop column rebate_limit_bps`);
  }
}
