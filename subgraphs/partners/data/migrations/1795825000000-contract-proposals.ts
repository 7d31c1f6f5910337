import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proposals of contracts, and the part of the net-debit cap at which an alert is announced. */
export class ContractProposals1795825000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* partners.migration.contractProposalsDown */
      drop table contract_proposal;
      alter table contract drop column net_debit_alert_bps`);
  }
}

const UP = `/* partners.migration.contractProposals */
alter table contract
  add column net_debit_alert_bps integer not null default 8000 check (net_debit_alert_bps between 1 and 10000);
create table contract_proposal (
  id text primary key check (id ~ '^cpr_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  version integer not null check (version > 0),
  -- Canonical JSON, as it was hashed.
  terms text not null,
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
create unique index one_open_proposal_a_partner on contract_proposal (partner_id) where state = 'OPEN';
create index contract_proposal_by_partner on contract_proposal (partner_id, id);`;
