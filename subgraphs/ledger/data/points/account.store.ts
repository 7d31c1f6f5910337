import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type MemberId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import type { Party } from '../../core/points/lot';
import type { Balances, HoldState, WalletKey } from '../../core/points/wallet';
import { walletKeyOf } from '../../core/points/wallet';
import { instantOrNull } from './instants';
import { keyArrays } from './wallet-request';

/** A wallet of one programme: every reading names both, so that no tenant meets another's. */
export interface WalletOfProgramme {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
}

/** A wallet as it stands, without its lots. */
export interface StandingWallet {
  readonly seq: bigint;
  readonly balances: Balances;
  readonly tierCode: string | null;
  readonly tierSince: Date | null;
  /** Since when points count in the running qualification period. */
  readonly countedSince: Date | null;
}

/** A lot and what is left of it. */
export interface StoredLot {
  readonly lotSeq: bigint;
  readonly issuerId: Party;
  readonly quantity: Points;
  readonly remaining: Points;
  readonly earnedAt: Date;
  readonly expiresAt: Date | null;
}

/** A lot of a member, by its number. */
export interface LotName {
  readonly memberId: MemberId;
  readonly lotSeq: bigint;
}

const FIND_WALLETS = sql`/* ledger.account.findWallets */
select w.wallet, w.seq, w.available, w.pending, w.held, w.arrears, w.qualifying, w.tier_code, w.tier_since,
       w.counted_since
  from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet
 where w.programme_id = $3`;

interface WalletRow {
  wallet: string;
  seq: string;
  available: string;
  pending: string;
  held: string;
  arrears: string;
  qualifying: string;
  tier_code: string | null;
  tier_since: Date | null;
  counted_since: Date | null;
}

/** Wallets of a programme's members; absent from the map while nothing was ever posted to them. */
export async function findWallets(
  pool: Pool,
  programmeId: ProgrammeId,
  memberIds: readonly MemberId[],
): Promise<Map<MemberId, StandingWallet>> {
  const keys = memberIds.map(walletKeyOf);
  const { rows } = await pool.query<WalletRow>(FIND_WALLETS, [...keyArrays(keys), uuidOf(programmeId)]);
  return new Map(rows.map((row) => [idFromUuid('mem', row.wallet), walletFrom(row)]));
}

function walletFrom(row: WalletRow): StandingWallet {
  return {
    seq: BigInt(row.seq),
    balances: {
      available: points(BigInt(row.available)),
      pending: points(BigInt(row.pending)),
      held: points(BigInt(row.held)),
      arrears: points(BigInt(row.arrears)),
      qualifying: points(BigInt(row.qualifying)),
    },
    tierCode: row.tier_code,
    tierSince: row.tier_since,
    countedSince: row.counted_since,
  };
}

const BALANCE_AT = sql`/* ledger.account.balanceAt */
select t.available_after from journal_transaction t
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.recorded_at <= $4
 order by t.seq desc limit 1`;

/** AVAILABLE as it was recorded by then. */
export async function loadBalanceAt(pool: Pool, { key, programmeId }: WalletOfProgramme, at: Date): Promise<Points> {
  const { rows } = await pool.query<{ available_after: string }>(BALANCE_AT, [
    key.bucket,
    key.wallet,
    uuidOf(programmeId),
    at,
  ]);
  return points(BigInt(rows[0]?.available_after ?? '0'));
}

const TIER_AT = sql`/* ledger.account.tierAt */
select t.tier_after, t.qualifying_after,
       (select c.recorded_at from journal_transaction c
         where c.bucket = t.bucket and c.wallet = t.wallet and c.seq <= t.seq and c.tier_before is distinct from c.tier_after
         order by c.seq desc limit 1) as since,
       (select w.counted_since from wallet w where w.bucket = t.bucket and w.wallet = t.wallet) as counted_since
  from journal_transaction t
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.seq = $4`;

/** Where a member stood on the ladder at a version, and the period that runs now; null when there is no such version. */
export async function loadTierAt(
  pool: Pool,
  { key, programmeId }: WalletOfProgramme,
  seq: bigint,
): Promise<(Pick<StandingWallet, 'tierCode' | 'tierSince' | 'countedSince'> & { qualifying: Points }) | null> {
  const { rows } = await pool.query<{
    tier_after: string | null;
    qualifying_after: string;
    since: Date | null;
    counted_since: Date | null;
  }>(TIER_AT, [key.bucket, key.wallet, uuidOf(programmeId), seq.toString()]);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    tierCode: row.tier_after,
    tierSince: row.since,
    countedSince: row.counted_since,
    qualifying: points(BigInt(row.qualifying_after)),
  };
}

const FIND_EXPIRING = sql`/* ledger.account.findExpiring */
select o.expires_at, sum(o.remaining)::text as points from open_lot o
 where o.bucket = $1 and o.wallet = $2 and o.programme_id = $3 and o.expires_at < 'infinity'
 group by o.expires_at order by o.expires_at limit $4`;

/** What expires when, nearest first. */
export async function findExpiring(
  pool: Pool,
  { key, programmeId }: WalletOfProgramme,
  limit: number,
): Promise<{ at: Date; points: Points }[]> {
  const { rows } = await pool.query<{ expires_at: Date; points: string }>(FIND_EXPIRING, [
    key.bucket,
    key.wallet,
    uuidOf(programmeId),
    limit,
  ]);
  return rows.map((row) => ({ at: row.expires_at, points: points(BigInt(row.points)) }));
}

interface LotRow {
  lot_seq: string;
  issuer_id: string | null;
  quantity: string;
  remaining: string;
  earned_at: Date;
  expires_at: Date | number | null;
}

function lotFrom(row: LotRow): StoredLot {
  return {
    lotSeq: BigInt(row.lot_seq),
    issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
    quantity: points(BigInt(row.quantity)),
    remaining: points(BigInt(row.remaining)),
    earnedAt: row.earned_at,
    expiresAt: instantOrNull(row.expires_at),
  };
}

const FIND_OPEN_LOTS = sql`/* ledger.account.findOpenLots */
select o.lot_seq, o.issuer_id, l.quantity, o.remaining, o.earned_at, o.expires_at
  from open_lot o
  join lot l on l.bucket = o.bucket and l.wallet = o.wallet and l.lot_seq = o.lot_seq
 where o.bucket = $1 and o.wallet = $2 and o.programme_id = $3
   and (o.expires_at, o.earned_at, o.lot_seq) > ($4::timestamptz, $5::timestamptz, $6::bigint)
 order by o.expires_at, o.earned_at, o.lot_seq limit $7`;

/** Lots with spendable points, in the order they will be drawn, beginning after one of them. */
export async function findOpenLots(
  pool: Pool,
  { key, programmeId }: WalletOfProgramme,
  page: { after: Pick<StoredLot, 'lotSeq' | 'earnedAt' | 'expiresAt'> | null; limit: number },
): Promise<StoredLot[]> {
  const { after, limit } = page;
  const place =
    after === null
      ? ['-infinity', '-infinity', '0']
      : [after.expiresAt ?? 'infinity', after.earnedAt, String(after.lotSeq)];
  const { rows } = await pool.query<LotRow>(FIND_OPEN_LOTS, [
    key.bucket,
    key.wallet,
    uuidOf(programmeId),
    ...place,
    limit,
  ]);
  return rows.map(lotFrom);
}

const FIND_LOTS = sql`/* ledger.account.findLots */
select l.wallet, l.lot_seq, l.issuer_id, l.quantity, coalesce(o.remaining, 0) as remaining, l.earned_at,
       greatest(l.expires_at, (select max(x.expires_at) from lot_extension x
         where x.bucket = l.bucket and x.wallet = l.wallet and x.lot_seq = l.lot_seq)) as expires_at
  from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, lot_seq)
  join lot l on l.bucket = k.bucket and l.wallet = k.wallet and l.lot_seq = k.lot_seq
  join wallet w on w.bucket = l.bucket and w.wallet = l.wallet and w.programme_id = $4
  left join open_lot o on o.bucket = l.bucket and o.wallet = l.wallet and o.lot_seq = l.lot_seq`;

/** Lots by name, spent ones too; null where the programme has none. */
export async function findLots(
  pool: Pool,
  programmeId: ProgrammeId,
  names: readonly LotName[],
): Promise<(StoredLot | null)[]> {
  const { rows } = await pool.query<LotRow & { wallet: string }>(FIND_LOTS, [
    ...keyArrays(names.map(({ memberId }) => walletKeyOf(memberId))),
    names.map(({ lotSeq }) => String(lotSeq)),
    uuidOf(programmeId),
  ]);
  const found = new Map(rows.map((row) => [`${row.wallet}:${row.lot_seq}`, lotFrom(row)]));
  return names.map(({ memberId, lotSeq }) => found.get(`${uuidOf(memberId)}:${lotSeq}`) ?? null);
}

const FIND_HOLD = sql`/* ledger.account.findHold */
select h.partner_id, h.points, h.state, h.expires_at from hold h
 where h.bucket = $1 and h.wallet = $2 and h.programme_id = $3 and h.seq = $4`;

/** A hold as it stands; null when the wallet has none of that number. */
export async function findHold(
  pool: Pool,
  { key, programmeId }: WalletOfProgramme,
  seq: bigint,
): Promise<{ partnerId: PartnerId; points: Points; state: HoldState; expiresAt: Date } | null> {
  const { rows } = await pool.query<{ partner_id: string; points: string; state: HoldState; expires_at: Date }>(
    FIND_HOLD,
    [key.bucket, key.wallet, uuidOf(programmeId), seq.toString()],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { state, expires_at: expiresAt } = row;
  return { partnerId: idFromUuid('ptr', row.partner_id), points: points(BigInt(row.points)), state, expiresAt };
}
