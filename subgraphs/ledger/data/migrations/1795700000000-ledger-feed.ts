import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The feed in the order of commits (docs/adr/0007): `journal_feed` numbers what was committed, in batches, and
 * `journal_feed_state` says up to which snapshot it is complete.
 *
 * Transactions already there are numbered as the feed gave them out until now, by transaction id, so that places that
 * readers keep stay good. The index on the transaction id was paid by every posting; what is left of it is one over ranges of
 * pages, a few kilobytes for millions of rows.
 */
export class LedgerFeed1795700000000 implements MigrationInterface {
  readonly name = 'LedgerFeed1795700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(NUMBER_WHAT_IS_THERE);
    await runner.query(PUBLICATION);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}

const TABLES = `
create table journal_feed (
  batch bigint primary key check (batch > 0),
  buckets smallint[] not null check (cardinality(buckets) > 0),
  wallets uuid[] not null check (cardinality(wallets) = cardinality(buckets)),
  seqs bigint[] not null check (cardinality(seqs) = cardinality(buckets)),
  numbered_at timestamptz not null default clock_timestamp()
);
create trigger journal_feed_append_only before update or delete or truncate on journal_feed
  for each statement execute function refuse_change();
create table journal_feed_state (
  only_row boolean primary key default true check (only_row),
  snapshot pg_snapshot not null,
  base_batch bigint not null check (base_batch >= 0),
  system_id text not null
);
drop index if exists journal_transaction_xid;
create index journal_transaction_xid on journal_transaction using brin (((xid::text)::bigint))
  with (pages_per_range = 32, autosummarize = on);
`;

/** One statement, so that the rows and the snapshot are of the same instant. */
const NUMBER_WHAT_IS_THERE = `
with numbered as (
  insert into journal_feed (batch, buckets, wallets, seqs)
  select (xid::text)::bigint, array_agg(bucket order by bucket, wallet, seq), array_agg(wallet order by bucket, wallet, seq),
         array_agg(seq order by bucket, wallet, seq)
    from journal_transaction group by xid
  returning batch
)
insert into journal_feed_state (snapshot, base_batch, system_id)
select pg_current_snapshot(), coalesce((select max(batch) from numbered), 0), system_identifier::text from pg_control_system()
`;

const PUBLICATION = `
create publication ledger_feed for table
  journal_transaction (bucket, wallet, seq, xid, programme_id, kind, partner_id, external_ref, reason, points, available_after,
    pending_after, held_after, arrears_after, qualifying_after, tier_before, tier_after, occurred_at, recorded_at),
  journal_feed (batch)
  with (publish = 'insert')
`;
