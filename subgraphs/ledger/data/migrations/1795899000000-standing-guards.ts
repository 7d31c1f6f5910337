import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables from whose rows balances and money follow: each row belongs to the version of a wallet that it names. */
const OF_A_VERSION = [
  'entry',
  'claim',
  'money_entry',
  'purchase_return',
  'redemption_reversal',
  'redemption_money',
  'lot_extension',
];

/**
 * What the database refuses beside postings that do not balance: a wallet that is not as its newest version left it, and rows added
 * to a version posted before. A posting writes all tables by one statement, and each of these looks once, after it. What else could be
 * looked at here, and what it would cost: docs/adr/0013.
 */
export class StandingGuards1795899000000 implements MigrationInterface {
  readonly name = 'StandingGuards1795899000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`/* ledger.migration.standingGuards */ ${WALLETS} ${VERSIONS}`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}

// One that was wrong before may be stopped and let go again: of a row that differs, only a change of what differs is refused.
const WALLETS = `
create function check_wallets() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  for wrong in
    select w.*
      from changed w
      left join lateral (
        select j.seq, j.available_after, j.pending_after, j.held_after, j.arrears_after, j.qualifying_after, j.tier_after
          from journal_transaction j where j.bucket = w.bucket and j.wallet = w.wallet order by j.seq desc limit 1) j on true
     where w.seq <> coalesce(j.seq, 0)
        or w.available <> coalesce(j.available_after, 0)
        or w.pending <> coalesce(j.pending_after, 0)
        or w.held <> coalesce(j.held_after, 0)
        or w.arrears <> coalesce(j.arrears_after, 0)
        or w.qualifying <> coalesce(j.qualifying_after, 0)
        or w.tier_code is distinct from j.tier_after
  loop
    if tg_op = 'UPDATE' then
      perform from before b
        where (b.bucket, b.wallet, b.seq, b.available, b.pending, b.held, b.arrears, b.qualifying) = (wrong.bucket, wrong.wallet,
              wrong.seq, wrong.available, wrong.pending, wrong.held, wrong.arrears, wrong.qualifying)
          and b.tier_code is not distinct from wrong.tier_code;
      continue when found;
    end if;
    raise exception 'LEDGER_WALLET_NOT_POSTED: wallet % is not as its newest version left it', wrong.wallet
      using errcode = 'check_violation';
  end loop;
  return null;
end
$$;
create trigger wallet_made_is_posted after insert on wallet
  referencing new table as changed for each statement execute function check_wallets();
create trigger wallet_is_posted after update on wallet
  referencing old table as before new table as changed for each statement execute function check_wallets();
`;

const VERSIONS = `
create function check_versions() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select a.wallet, a.seq into wrong from added a
   where (select j.xid from journal_transaction j where j.bucket = a.bucket and j.wallet = a.wallet and j.seq = a.seq)
         is distinct from pg_current_xact_id()
   limit 1;
  if found then
    raise exception 'LEDGER_VERSION_POSTED: % is added to version % of wallet %, which is not of this transaction',
      tg_table_name, wrong.seq, wrong.wallet using errcode = 'check_violation';
  end if;
  return null;
end
$$;
${OF_A_VERSION.map(
  (table) => `create trigger ${table}_is_posted after insert on ${table}
  referencing new table as added for each statement execute function check_versions();`,
).join('\n')}
`;
