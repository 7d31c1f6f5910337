import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What verification finds and does: accounts whose posting it stopped, and seals over the chains of all members. */
export class Verification1795760000000 implements MigrationInterface {
  readonly name = 'Verification1795760000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table account_freeze (
  id uuid primary key,
  programme_id uuid not null,
  bucket smallint not null,
  wallet uuid not null,
  found text not null,
  seq bigint,
  frozen_at timestamptz not null default clock_timestamp(),
  released_at timestamptz,
  released_by text,
  reason text,
  check ((released_at is null) = (released_by is null) and (released_at is null) = (reason is null))
);
create unique index account_freeze_standing on account_freeze (bucket, wallet) where released_at is null;
create index account_freeze_programme on account_freeze (programme_id, id desc);
create table chain_seal (
  n bigint primary key check (n > 0),
  buckets smallint[] not null,
  wallets uuid[] not null check (cardinality(wallets) = cardinality(buckets)),
  seqs bigint[] not null check (cardinality(seqs) = cardinality(buckets)),
  upto timestamptz not null,
  hash bytea not null
);
create trigger chain_seal_append_only before update or delete or truncate on chain_seal
  for each statement execute function refuse_change();
create index journal_transaction_written on journal_transaction using brin (written_at) with (pages_per_range = 32, autosummarize = on);`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
