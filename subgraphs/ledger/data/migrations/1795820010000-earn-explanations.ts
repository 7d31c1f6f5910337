import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why an earn came to what it did, where more than the base rate was looked at; and counters of budgets among the caps. */
export class EarnExplanations1795820010000 implements MigrationInterface {
  readonly name = 'EarnExplanations1795820010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.earnExplanations */
create table earn_explanation (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  attributes jsonb,
  explanation jsonb not null,
  primary key (bucket, wallet, seq)
);
create trigger earn_explanation_append_only before update or delete or truncate on earn_explanation
  for each statement execute function refuse_change();
alter table cap_share
  drop constraint cap_share_kind_check,
  add constraint cap_share_kind_check check (kind in ('ISSUANCE', 'NET_DEBIT') or kind ~ '^(CAMPAIGN|PURPOSE):');`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
