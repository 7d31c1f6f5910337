import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counters of caps, cut into shares: a lane spends from its own share, so that no row serialises a partner's tills. The
 * grants of all shares of a counter sum to its limit; `used` passes `granted` only where a use could not be refused.
 */
export class CapCounters1795710000000 implements MigrationInterface {
  readonly name = 'CapCounters1795710000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table cap_share (
  programme_id uuid not null,
  shard smallint not null check (shard >= 0),
  partner_id uuid not null,
  kind text not null check (kind in ('ISSUANCE', 'NET_DEBIT')),
  period text not null,
  cap_limit bigint not null check (cap_limit > 0),
  granted bigint not null,
  used bigint not null default 0,
  version bigint not null default 1 check (version > 0),
  primary key (programme_id, shard, partner_id, kind, period)
) with (fillfactor = 50);
create function refuse_stale_share(kept boolean) returns void language plpgsql as $$
begin
  if not kept then
    raise exception 'LEDGER_STALE_SHARE: a share was changed since it was read' using errcode = 'serialization_failure';
  end if;
end
$$`);
  }

  async down(): Promise<void> {
    throw new Error('A book is never unmade.');
  }
}
