import { reckonedFrom } from './explanation-text';
import type { Answers, Asking, FlushStatement } from '../../../../kernel/db/flush';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { Lot, LotTerms, LotPart, OpenLot, PastLot, PendingLot } from '../../core/points/lot';
import type { Award, Hold, HoldState, Past, PastPurchase, PastRedemption, WalletKey } from '../../core/points/wallet';
import { instantOrNull } from './instants';
import { keyArrays, walletText, type WalletRequest } from './wallet-request';

/** A lot's expiry, or the later one it was given since. */
const EXPIRES_AT = `greatest(l.expires_at, (select max(x.expires_at) from lot_extension x
         where x.bucket = l.bucket and x.wallet = l.wallet and x.lot_seq = l.lot_seq)) as expires_at`;

const LOAD_OPEN = sql`/* ledger.post.loadOpenLots */
select o.bucket, o.wallet, o.lot_seq, o.issuer_id, o.remaining, o.earned_at, o.expires_at, o.terms_id
  from open_lot o
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on o.bucket = k.bucket and o.wallet = k.wallet
 order by o.bucket, o.wallet, o.expires_at, o.earned_at, o.lot_seq`;

const LOAD_PENDING = `/* ledger.post.loadPendingLots */
select p.bucket, p.wallet, p.lot_seq, p.remaining, p.release_at, l.issuer_id, l.earned_at, ${EXPIRES_AT}, l.terms_id
  from pending_lot p
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on p.bucket = k.bucket and p.wallet = k.wallet
  join lot l on l.bucket = p.bucket and l.wallet = p.wallet and l.lot_seq = p.lot_seq
 order by p.bucket, p.wallet, p.lot_seq`;

/** When the points of a lot came and counted towards a tier. */
const COUNTED_AT = `(select t.recorded_at from journal_transaction t
         where t.bucket = l.bucket and t.wallet = l.wallet and t.seq = l.seq
           and t.qualifying_after > coalesce((select b.qualifying_after from journal_transaction b
                 where b.bucket = l.bucket and b.wallet = l.wallet and b.seq = l.seq - 1), 0))`;

const LOT_COLUMNS = `l.bucket, l.wallet, l.lot_seq, l.seq, l.quantity, l.issuer_id, l.earned_at, ${EXPIRES_AT}, l.terms_id,
       (select coalesce(sum(case when e.credit_kind = 'CLAWED_BACK' then e.amount else 0 end), 0) from entry e
         where e.bucket = l.bucket and e.wallet = l.wallet and e.lot_seq = l.lot_seq and e.credit_kind = 'CLAWED_BACK') as clawed_back,
       (select coalesce(sum(case when e.credit_kind = 'EXPIRED' then e.amount else -e.amount end), 0) from entry e
         where e.bucket = l.bucket and e.wallet = l.wallet and e.lot_seq = l.lot_seq
           and (e.credit_kind = 'EXPIRED' or e.debit_kind = 'EXPIRED')) as expired,
       ${COUNTED_AT} as counted_at,
       case when l.parent_wallet = l.wallet then l.parent_lot_seq end as continues`;

/** A lot of the wallet of `k`, and lots that continue it after a buy-out; one that is continued is never itself a continuation. */
const withContinuations = (lotSeq: string) => `lateral (
    select o.* from lot o where o.bucket = k.bucket and o.wallet = k.wallet and o.lot_seq = ${lotSeq}
    union all
    select c.* from lot c
     where c.bucket = k.bucket and c.wallet = k.wallet and c.parent_wallet = c.wallet and c.parent_lot_seq = ${lotSeq}
  ) l`;

const LOAD_LOTS = `/* ledger.post.loadPastLots */
select distinct ${LOT_COLUMNS}
  from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, lot_seq)
  join lot a on a.bucket = k.bucket and a.wallet = k.wallet and a.lot_seq = k.lot_seq
 cross join lateral (select case when a.parent_wallet = a.wallet then a.parent_lot_seq else a.lot_seq end as lot_seq) origin
 cross join ${withContinuations('origin.lot_seq')}`;

const LOAD_PURCHASES = sql`/* ledger.post.loadPurchases */
select p.bucket, p.wallet, p.seq, p.partner_id, p.external_ref, p.amount_minor, p.currency, p.occurred_at, p.rule_id, p.points,
       coalesce(sum(r.amount_minor), 0)::text as returned_minor, coalesce(sum(r.clawed_back), 0)::text as clawed_back,
       (select x.explanation from earn_explanation x where x.bucket = p.bucket and x.wallet = p.wallet and x.seq = p.seq) as explanation
  from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, seq)
  join purchase p on p.bucket = k.bucket and p.wallet = k.wallet and p.seq = k.seq
  left join purchase_return r on r.bucket = p.bucket and r.wallet = p.wallet and r.purchase_seq = p.seq
 group by p.bucket, p.wallet, p.seq`;

const LOAD_PURCHASE_LOTS = `/* ledger.post.loadPurchaseLots */
select distinct ${LOT_COLUMNS}
  from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, seq)
  join entry i on i.bucket = k.bucket and i.wallet = k.wallet and i.seq = k.seq and i.debit_kind = 'ISSUED'
 cross join ${withContinuations('i.lot_seq')}
 order by l.bucket, l.wallet, l.lot_seq`;

const LOAD_HOLDS = `/* ledger.post.loadHolds */
select h.bucket, h.wallet, h.seq, h.partner_id, h.points, h.captured, h.state, h.expires_at as hold_expires_at,
       e.n, e.lot_seq, e.amount, l.issuer_id, l.earned_at, ${EXPIRES_AT}, l.terms_id
  from hold h
  join unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, seq)
    on h.bucket = k.bucket and h.wallet = k.wallet and h.seq = k.seq
  join entry e on e.bucket = h.bucket and e.wallet = h.wallet and e.seq = h.seq
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
 order by h.bucket, h.wallet, h.seq, e.n`;

const LOAD_REDEMPTIONS = `/* ledger.post.loadRedemptions */
select t.bucket, t.wallet, t.seq, t.partner_id, t.occurred_at, e.n, e.lot_seq, e.amount, l.issuer_id, l.earned_at, ${EXPIRES_AT},
       l.terms_id,
       (select c.contract_version from claim c
         where c.bucket = t.bucket and c.wallet = t.wallet and c.seq = t.seq and c.kind = 'REDEMPTION' limit 1) as contract_version,
       (select coalesce(sum(r.points), 0) from redemption_reversal r
         where r.bucket = t.bucket and r.wallet = t.wallet and r.redemption_seq = t.seq) as reversed
  from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, seq)
  join journal_transaction t on t.bucket = k.bucket and t.wallet = k.wallet and t.seq = k.seq
  join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq and e.credit_kind = 'REDEEMED'
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
 order by t.bucket, t.wallet, t.seq, e.n`;

const LOAD_AWARDS = sql`/* ledger.post.loadAwards */
select a.bucket, a.wallet, a.partner_id, a.action, a.occasion, a.occurred_at
  from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[]) as k(bucket, wallet, partner_id, action)
  join award a on a.bucket = k.bucket and a.wallet = k.wallet and a.partner_id = k.partner_id and a.action = k.action`;

/**
 * What was taken back later, of lots or of lots that continue them, is no longer among the points counted before; what a period closed
 * before had counted was not among them.
 */
const LOAD_QUALIFYING = `/* ledger.post.loadQualifying */
select k.bucket, k.wallet, greatest(t.qualifying_after - taken.points, 0)::text as qualifying
  from unnest($1::smallint[], $2::uuid[], $3::timestamptz[]) as k(bucket, wallet, before)
  join wallet w on w.bucket = k.bucket and w.wallet = k.wallet
 cross join lateral (
    select j.seq, j.qualifying_after from journal_transaction j
     where j.bucket = k.bucket and j.wallet = k.wallet and j.recorded_at < k.before
     order by j.seq desc limit 1) t
 cross join lateral (
    select coalesce(sum(e.amount), 0) as points from entry e
      join lot a on a.bucket = e.bucket and a.wallet = e.wallet and a.lot_seq = e.lot_seq
      join lot l on l.bucket = a.bucket and l.wallet = a.wallet
       and l.lot_seq = case when a.parent_wallet = a.wallet then a.parent_lot_seq else a.lot_seq end
     where e.bucket = k.bucket and e.wallet = k.wallet and e.credit_kind = 'CLAWED_BACK' and e.seq > t.seq and l.seq <= t.seq
       and ${COUNTED_AT} >= w.counted_since) taken`;

interface LotRow extends WalletKey {
  lot_seq: string;
  issuer_id: string | null;
  earned_at: Date;
  expires_at: Date | number | null;
  terms_id: string;
}
interface PastLotRow extends LotRow {
  seq: string;
  quantity: string;
  clawed_back: string;
  expired: string;
  counted_at: Date | null;
  continues: string | null;
}
interface DrawRow extends LotRow {
  seq: string;
  partner_id: string;
  amount: string;
}

/** What was read of lots and of the past: each wallet's part, by `walletText`. */
interface ReadPast {
  readonly openLots: Map<string, OpenLot[]>;
  readonly pendingLots: Map<string, PendingLot[]>;
  readonly pasts: Map<string, Past>;
}

/** Gives terms by their ids. */
type TermsReader = (ids: readonly string[]) => Promise<ReadonlyMap<string, LotTerms>>;

/**
 * Adds all reads a batch's rules need to one flush; a kind nobody asked for costs nothing.
 *
 * @returns what reads the answers
 */
export function askPast(
  asking: Asking,
  wallets: readonly WalletRequest[],
): (answers: Answers, termsOf: TermsReader) => Promise<ReadPast> {
  const listed = (list: 'pastLots' | 'holds' | 'redemptions' | 'purchases') =>
    wallets.flatMap(({ key, needs }) => needs[list].map((number) => ({ key, values: [number.toString()] })));
  const whole = (list: 'lots' | 'pendingLots') =>
    wallets.filter(({ needs }) => needs[list]).map(({ key }) => ({ key, values: [] }));
  const awards = wallets.flatMap(({ key, needs }) =>
    needs.awards.map(({ partnerId, action }) => ({ key, values: [uuidOf(partnerId), action] })),
  );
  const open = asking.add<LotRow & { remaining: string }>(over(LOAD_OPEN, whole('lots')));
  const pending = asking.add<LotRow & { remaining: string; release_at: Date | null }>(
    over(LOAD_PENDING, whole('pendingLots')),
  );
  const lots = asking.add<PastLotRow>(over(LOAD_LOTS, listed('pastLots'), 1));
  const purchases = asking.add<PurchaseRow>(over(LOAD_PURCHASES, listed('purchases'), 1));
  const purchaseLots = asking.add<PastLotRow>(over(LOAD_PURCHASE_LOTS, listed('purchases'), 1));
  const holds = asking.add<HoldRow>(over(LOAD_HOLDS, listed('holds'), 1));
  const redemptions = asking.add<RedemptionRow>(over(LOAD_REDEMPTIONS, listed('redemptions'), 1));
  const awarded = asking.add<AwardRow>(over(LOAD_AWARDS, awards, 2));
  const instants = wallets.flatMap(({ key, needs: { qualifyingBefore: at } }) =>
    at === null ? [] : [{ key, values: [at.toISOString()] }],
  );
  const qualifying = asking.add<WalletKey & { qualifying: string }>(over(LOAD_QUALIFYING, instants, 1));
  return async (answers, termsOf) => {
    const ofLots = [open, pending, lots, purchaseLots, holds, redemptions];
    const terms = await termsOf(ofLots.flatMap((read) => read(answers).map(({ terms_id: id }) => id)));
    const lotOf = lotReader(terms);
    return {
      openLots: grouped(open(answers), (row): OpenLot => ({ ...lotOf(row), remaining: points(BigInt(row.remaining)) })),
      pendingLots: grouped(pending(answers), (row): PendingLot => ({
        ...lotOf(row),
        remaining: points(BigInt(row.remaining)),
        releaseAt: instantOrNull(row.release_at),
      })),
      pasts: pastsOf(
        {
          lots: [...lots(answers), ...purchaseLots(answers)],
          purchases: purchases(answers),
          holds: holds(answers),
          redemptions: redemptions(answers),
          awarded: awarded(answers),
          qualifying: qualifying(answers),
        },
        lotOf,
      ),
    };
  };
}

interface PurchaseRow extends WalletKey {
  seq: string;
  partner_id: string;
  external_ref: string;
  amount_minor: string;
  currency: string;
  occurred_at: Date;
  rule_id: string | null;
  points: string;
  returned_minor: string;
  clawed_back: string;
  explanation: unknown;
}
interface HoldRow extends DrawRow {
  points: string;
  captured: string;
  state: HoldState;
  hold_expires_at: Date;
}
interface RedemptionRow extends DrawRow {
  occurred_at: Date;
  contract_version: number | null;
  reversed: string;
}
interface AwardRow extends WalletKey {
  partner_id: string;
  action: string;
  occasion: string;
  occurred_at: Date;
}

/** A statement over (bucket, wallet, …) columns; none when there is nothing to ask. */
function over(
  text: string,
  asked: readonly { key: WalletKey; values: readonly string[] }[],
  width = 0,
): FlushStatement | null {
  if (asked.length === 0) return null;
  const columns = Array.from({ length: width }, (_, n) => asked.map(({ values }) => values[n]));
  const name = /ledger\.post\.\w+/.exec(text)?.[0] ?? text;
  return { name, text, values: [...keyArrays(asked.map(({ key }) => key)), ...columns] };
}

type LotReader = (row: LotRow) => Lot;

function lotReader(terms: ReadonlyMap<string, LotTerms>): LotReader {
  return (row) => {
    const own = terms.get(row.terms_id);
    if (own === undefined) throw new Error(`loadPast: lot terms ${row.terms_id} are missing`);
    return {
      lotSeq: BigInt(row.lot_seq),
      issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
      earnedAt: row.earned_at,
      expiresAt: instantOrNull(row.expires_at),
      terms: own,
    };
  };
}

function pastsOf(
  rows: {
    lots: readonly PastLotRow[];
    purchases: readonly PurchaseRow[];
    holds: readonly HoldRow[];
    redemptions: readonly RedemptionRow[];
    awarded: readonly AwardRow[];
    qualifying: readonly (WalletKey & { qualifying: string })[];
  },
  lotOf: LotReader,
): Map<string, Past> {
  const lots = grouped(rows.lots, (row): PastLot => ({
    ...lotOf(row),
    seq: BigInt(row.seq),
    quantity: points(BigInt(row.quantity)),
    clawedBack: points(BigInt(row.clawed_back)),
    expired: points(BigInt(row.expired)),
    countedAt: instantOrNull(row.counted_at),
    continues: row.continues === null ? null : BigInt(row.continues),
  }));
  const purchases = grouped(rows.purchases, purchaseFrom);
  const holds = byTransaction(rows.holds, lotOf, holdFrom);
  const redemptions = byTransaction(rows.redemptions, lotOf, redemptionFrom);
  const awards = grouped(rows.awarded, awardFrom);
  const qualifying = grouped(rows.qualifying, (row) => BigInt(row.qualifying));
  const texts = [lots, purchases, holds, redemptions, awards, qualifying].flatMap((part) => [...part.keys()]);
  const bySeq = <T extends { seq: bigint }>(list: readonly T[] = []) => new Map(list.map((one) => [one.seq, one]));
  return new Map(
    [...new Set(texts)].map((text) => [
      text,
      {
        lots: new Map((lots.get(text) ?? []).map((lot) => [lot.lotSeq, lot])),
        holds: bySeq(holds.get(text)),
        redemptions: bySeq(redemptions.get(text)),
        purchases: bySeq(purchases.get(text)),
        awards: awards.get(text) ?? [],
        qualifyingBefore: qualifying.get(text)?.[0] ?? null,
      },
    ]),
  );
}

function purchaseFrom(row: PurchaseRow): PastPurchase {
  return {
    seq: BigInt(row.seq),
    partnerId: idFromUuid('ptr', row.partner_id),
    externalRef: row.external_ref,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    occurredAt: row.occurred_at,
    ruleId: row.rule_id,
    earned: points(BigInt(row.points)),
    returnedMinor: BigInt(row.returned_minor),
    clawedBack: points(BigInt(row.clawed_back)),
    explanation: row.explanation === null ? null : reckonedFrom(row.explanation),
  };
}

function holdFrom(row: HoldRow, lots: readonly LotPart[]): Hold {
  return {
    seq: BigInt(row.seq),
    partnerId: idFromUuid('ptr', row.partner_id),
    points: points(BigInt(row.points)),
    captured: points(BigInt(row.captured)),
    state: row.state,
    expiresAt: row.hold_expires_at,
    lots,
  };
}

function redemptionFrom(row: RedemptionRow, draws: readonly LotPart[]): PastRedemption {
  return {
    seq: BigInt(row.seq),
    partnerId: idFromUuid('ptr', row.partner_id),
    points: points(draws.reduce((sum, draw) => sum + draw.points, 0n)),
    occurredAt: row.occurred_at,
    draws,
    contractVersion: row.contract_version,
    reversed: points(BigInt(row.reversed)),
  };
}

function awardFrom(row: AwardRow): Award {
  return {
    partnerId: idFromUuid('ptr', row.partner_id),
    action: row.action,
    occasion: row.occasion,
    occurredAt: row.occurred_at,
  };
}

/** Rows of one transaction's parts, put together; they come ordered by wallet, transaction and place. */
function byTransaction<Row extends DrawRow, Whole>(
  rows: readonly Row[],
  lotOf: LotReader,
  wholeOf: (row: Row, parts: readonly LotPart[]) => Whole,
): Map<string, Whole[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.wallet}:${row.seq}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  const wholes = [...groups.values()].flatMap((group) => {
    const [first] = group;
    const parts = group.map((row): LotPart => ({ lot: lotOf(row), points: points(BigInt(row.amount)) }));
    return first === undefined ? [] : [{ ...first, whole: wholeOf(first, parts) }];
  });
  return grouped(wholes, ({ whole }) => whole);
}

function grouped<Row extends WalletKey, Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const text = walletText(row);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [valueOf(row)]);
    else group.push(valueOf(row));
  }
  return groups;
}
