import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules beyond the base rate, campaigns, budgets and conversion rates; what action rules and tiers may say besides. */
export class PurchaseRules1795820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `/* partners.migration.purchaseRules */
create table purchase_rule (
  id text primary key check (id ~ '^rul_[0-9a-f]{32}$'),
  programme_id text not null,
  partner_id text not null,
  code text not null,
  version integer not null check (version > 0),
  campaign_id text check (campaign_id ~ '^cmp_[0-9a-f]{32}$'),
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  terms jsonb,
  set_at timestamptz not null,
  unique (partner_id, code, version),
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
create index purchase_rule_of_programme on purchase_rule (programme_id, partner_id, code, version);
create table conversion_rate (
  programme_id text not null references programme (id),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  day date not null,
  rate text not null check (rate ~ '^[0-9]{1,9}([.][0-9]{1,12})?$'),
  source text not null,
  set_at timestamptz not null,
  primary key (programme_id, currency, day)
);
create table purpose_budget (
  n bigint generated always as identity primary key,
  programme_id text not null,
  partner_id text not null,
  purpose text not null check (purpose in ('ENROLMENT', 'EARNING', 'PERSONAL_OFFERS', 'LIFECYCLE')),
  points bigint not null check (points > 0),
  period text not null check (period in ('DAY', 'MONTH', 'YEAR', 'EVER')),
  set_at timestamptz not null,
  foreign key (programme_id, partner_id) references partner (programme_id, id)
);
create trigger purchase_rule_is_history before update or delete or truncate on purchase_rule
  for each statement execute function refuse_change();
create trigger conversion_rate_is_history before update or delete or truncate on conversion_rate
  for each statement execute function refuse_change();
create trigger purpose_budget_is_history before update or delete or truncate on purpose_budget
  for each statement execute function refuse_change();
alter table action_rule add column terms jsonb;
alter table tier add column multiplier_bps integer not null default 10000 check (multiplier_bps >= 10000);`;

const DOWN = `/* partners.migration.purchaseRulesDown */
alter table tier drop column multiplier_bps;
alter table action_rule drop column terms;
drop table purpose_budget;
drop table conversion_rate;
drop table purchase_rule;`;
