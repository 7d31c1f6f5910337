import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Terms the ledger posts by beside prices and rates. What was agreed before has none of them: each column says what none is. */
export class RicherTerms1795750000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONTRACT);
    await runner.query(RULES);
    await runner.query(PROGRAMME);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const CONTRACT = `/* partners.migration.contractTerms */
alter table contract
  drop constraint contract_settlement_model_check,
  add column issuance_micros bigint not null default 0 check (issuance_micros >= 0),
  add column prefund_bps integer not null default 0,
  add column breakage_share_bps integer not null default 0,
  add column release_on_funding boolean not null default false,
  add column issuance_cap_points bigint check (issuance_cap_points >= 0),
  add column issuance_cap_period text check (issuance_cap_period in ('DAY', 'MONTH', 'YEAR', 'EVER')),
  add column net_debit_cap_micros bigint check (net_debit_cap_micros >= 0),
  add constraint settlement_model_is_known check (settlement_model in ('AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID')),
  add constraint issuance_price_is_of_its_model check (issuance_micros = 0 or settlement_model = 'AT_ISSUANCE'),
  add constraint prefund_is_of_its_model check (
    prefund_bps between 0 and 10000 and (prefund_bps > 0) = (settlement_model = 'HYBRID')),
  add constraint breakage_share_is_of_its_model check (
    breakage_share_bps between 0 and 10000 and (breakage_share_bps = 0 or settlement_model = 'AT_ISSUANCE')),
  add constraint release_waits_for_a_payment check (not release_on_funding or settlement_model <> 'AT_REDEMPTION'),
  add constraint issuance_cap_is_whole check ((issuance_cap_points is null) = (issuance_cap_period is null));`;

const RULES = `/* partners.migration.actionRule */
alter table earning_rule add column pending_days integer not null default 0 check (pending_days between 0 and 365);
create table action_rule (
  id text primary key check (id ~ '^rul_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  action text not null,
  version integer not null check (version > 0),
  points bigint not null check (points > 0),
  limit_count integer check (limit_count > 0),
  limit_period text check (limit_period in ('DAY', 'MONTH', 'YEAR', 'EVER')),
  distinct_by text,
  valid_from timestamptz not null,
  set_at timestamptz not null,
  unique (partner_id, action, version),
  unique (partner_id, action, valid_from),
  foreign key (programme_id, partner_id) references partner (programme_id, id),
  constraint action_limit_is_whole check ((limit_count is null) = (limit_period is null))
);
create trigger action_rule_is_history before update or delete or truncate on action_rule
  for each statement execute function refuse_change();`;

const PROGRAMME = `/* partners.migration.programmeTerms */
alter table programme
  add column expiry_kind text not null default 'FIXED' check (expiry_kind in ('FIXED', 'ROLLING', 'END_OF_PERIOD')),
  add column expiry_period text not null default 'YEAR' check (expiry_period in ('MONTH', 'QUARTER', 'YEAR')),
  add column expiry_warning_days integer[] not null default '{30,7,1}',
  add column draw_order text not null default 'FIRST_TO_EXPIRE' check (draw_order in ('FIRST_TO_EXPIRE', 'PRO_RATA_BY_ISSUER')),
  add column reversal_grace_days integer not null default 0 check (reversal_grace_days >= 0),
  add column arrears_limit_points bigint check (arrears_limit_points >= 0),
  add column step_up_above_points bigint check (step_up_above_points >= 0),
  add column receipt_claim_days integer not null default 30 check (receipt_claim_days >= 0),
  add column missing_points_answer_days integer not null default 14 check (missing_points_answer_days >= 0),
  add column tier_period text not null default 'LIFETIME' check (tier_period in ('LIFETIME', 'CALENDAR_YEAR', 'ROLLING_YEAR')),
  add column tier_grace_days integer not null default 0 check (tier_grace_days >= 0),
  add column tier_notice_days integer not null default 0 check (tier_notice_days >= 0),
  add constraint expiry_needs_a_validity check (expiry_kind = 'FIXED' or points_validity_days is not null);`;

const DOWN = `/* partners.migration.richerTermsDown */
drop table action_rule;
alter table earning_rule drop column pending_days;
alter table contract
  drop constraint settlement_model_is_known,
  drop constraint issuance_price_is_of_its_model,
  drop constraint prefund_is_of_its_model,
  drop constraint breakage_share_is_of_its_model,
  drop constraint release_waits_for_a_payment,
  drop constraint issuance_cap_is_whole,
  drop column issuance_micros, drop column prefund_bps, drop column breakage_share_bps, drop column release_on_funding,
  drop column issuance_cap_points, drop column issuance_cap_period, drop column net_debit_cap_micros,
  add constraint contract_settlement_model_check check (settlement_model in ('AT_REDEMPTION'));
alter table programme
  drop constraint expiry_needs_a_validity,
  drop column expiry_kind, drop column expiry_period, drop column expiry_warning_days, drop column draw_order,
  drop column reversal_grace_days, drop column arrears_limit_points, drop column step_up_above_points,
  drop column receipt_claim_days, drop column missing_points_answer_days, drop column tier_period,
  drop column tier_grace_days, drop column tier_notice_days;`;
