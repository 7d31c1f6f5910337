import type { Explanation } from '../../core/rules/explanation';
import { explanationFrom, WITH_PASSED } from './explanation-text';
import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { IssuedLot, Party } from '../../core/points/lot';
import type { MoneyBeside, PurchaseFact } from '../../core/points/posting';
import type { Balances, Hold, HoldState, WalletKey } from '../../core/points/wallet';

/** The columns of `JournalLineRow`, of `journal_transaction t`. */
export const LINE_COLUMNS = `t.bucket, t.wallet, t.seq, t.kind, t.partner_id, t.external_ref, t.reason, t.points,
       t.available_after, t.pending_after, t.held_after, t.arrears_after, t.qualifying_after,
       t.tier_before, t.tier_after, t.occurred_at, t.recorded_at`;

const LOAD_PAGE = `/* ledger.statement.loadPage */
select ${LINE_COLUMNS} from journal_transaction t
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.seq < $4 order by t.seq desc limit $5`;

const LOAD_DETAILS = `/* ledger.transaction.loadDetails */
select c.currency,
       (select coalesce(json_agg(l order by l.lot_seq), '[]') from (
          select lot_seq::text, issuer_id, quantity::text, earned_at, expires_at, terms_id from lot
           where bucket = t.bucket and wallet = t.wallet and seq = t.seq) l) as lots,
       (select row_to_json(p) from (select partner_id, external_ref, amount_minor::text, currency, branch, channel, lines,
          rule_id, points::text, occurred_at from purchase where bucket = t.bucket and wallet = t.wallet and seq = t.seq) p) as purchase,
       (select ${WITH_PASSED} from earn_explanation x
         where x.bucket = t.bucket and x.wallet = t.wallet and x.seq = t.seq) as explanation,
       (select coalesce(json_agg(d order by d.n), '[]') from (
          select e.n, e.lot_seq::text, l.issuer_id, e.amount::text,
                 (select sum(m.micros)::text from claim m where m.bucket = e.bucket and m.wallet = e.wallet and m.seq = e.seq
                    and m.entry_n = e.n and m.kind = 'REDEMPTION') as micros
            from entry e
            join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
           where e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq and e.credit_kind = 'REDEEMED') d) as draws,
       -- As this transaction left it: set aside by it, or closed by it; whatever came of it later.
       (select row_to_json(h) from (
          select seq::text, partner_id, points::text, case seq when t.seq then '0' else captured::text end as captured,
                 case seq when t.seq then 'OPEN' else state end as state, expires_at
            from hold where bucket = t.bucket and wallet = t.wallet and (seq = t.seq or closed_seq = t.seq) limit 1) h) as hold,
       (select coalesce(sum(e.amount) filter (where e.credit_kind = 'CLAWED_BACK'), 0)::text from entry e
         where e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq) as clawed_back,
       (select coalesce(sum(e.amount) filter (where e.debit_kind = 'ARREARS'), 0)::text from entry e
         where e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq) as arrears_opened,
       (select row_to_json(r) from (select redemption_seq::text, points::text from redemption_reversal
         where bucket = t.bucket and wallet = t.wallet and seq = t.seq) r) as reversed,
       (select row_to_json(m) from (select amount_minor::text, currency from redemption_money
         where bucket = t.bucket and wallet = t.wallet and seq = t.seq) m) as beside,
       (select row_to_json(a) from (select seq::text, available_after::text, pending_after::text, held_after::text,
          arrears_after::text, qualifying_after::text from journal_transaction
         where bucket = t.bucket and wallet = t.wallet and seq between t.seq and t.seq + 2 and (seq = t.seq or cause_seq = t.seq)
         order by seq desc limit 1) a) as account
  from journal_transaction t join settlement_cycle c on c.id = t.cycle_id
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.seq = $4`;

const LOAD_ONE = `/* ledger.transaction.loadOne */
select ${LINE_COLUMNS} from journal_transaction t
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.seq = $4`;

/** A line's columns, as queries and the change stream give them. */
export interface JournalLineRow {
  seq: string;
  kind: string;
  partner_id: string | null;
  external_ref: string | null;
  reason: string | null;
  points: string;
  available_after: string;
  pending_after: string;
  held_after: string;
  arrears_after: string;
  qualifying_after: string;
  tier_before: string | null;
  tier_after: string | null;
  occurred_at: Date;
  recorded_at: Date;
}

/** One line of a member's statement, with the balances it left. */
export interface JournalLine {
  readonly seq: bigint;
  readonly kind: string;
  readonly partnerId: PartnerId | null;
  readonly externalRef: string | null;
  /** Why, in the words of who asked. */
  readonly reason: string | null;
  readonly points: bigint;
  readonly balances: Balances;
  readonly tierBefore: string | null;
  readonly tierAfter: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** What one transaction did besides its balances. */
export interface JournalDetails {
  readonly currency: string;
  readonly issued: readonly Pick<IssuedLot, 'lotSeq' | 'issuerId' | 'quantity' | 'earnedAt' | 'expiresAt'>[];
  readonly purchase: PurchaseFact | null;
  /** Why it earned what it did; null where the base rate alone was looked at. */
  readonly explanation: Explanation | null;
  readonly draws: readonly { lotSeq: bigint; issuerId: Party; points: bigint; claimMicros: bigint | null }[];
  readonly hold: Pick<Hold, 'seq' | 'partnerId' | 'points' | 'captured' | 'state' | 'expiresAt'> | null;
  readonly clawedBack: bigint;
  readonly arrearsOpened: bigint;
  /** Which redemption it undid, and how much of it. */
  readonly reversed: { readonly redemptionSeq: bigint; readonly points: bigint } | null;
  /** What was paid beside the points it spent. */
  readonly beside: MoneyBeside | null;
}

/** One transaction whole: its line, what it did, and the account as it and what followed from it left it. */
export interface StoredTransaction {
  readonly line: JournalLine;
  readonly details: JournalDetails;
  readonly account: { readonly version: bigint; readonly balances: Balances };
}

interface DetailsRow {
  currency: string;
  lots: { lot_seq: string; issuer_id: string | null; quantity: string; earned_at: string; expires_at: string | null }[];
  purchase: {
    partner_id: string;
    external_ref: string;
    amount_minor: string;
    currency: string;
    branch: string | null;
    channel: string | null;
    lines: unknown[] | null;
    rule_id: string | null;
    points: string;
    occurred_at: string;
  } | null;
  explanation: unknown;
  draws: { lot_seq: string; issuer_id: string | null; amount: string; micros: string | null }[];
  hold: {
    seq: string;
    partner_id: string;
    points: string;
    captured: string;
    state: HoldState;
    expires_at: string;
  } | null;
  clawed_back: string;
  arrears_opened: string;
  reversed: { redemption_seq: string; points: string } | null;
  beside: { amount_minor: string; currency: string } | null;
  account: BalanceColumns & { seq: string };
}

interface BalanceColumns {
  available_after: string;
  pending_after: string;
  held_after: string;
  arrears_after: string;
  qualifying_after: string;
}

/** Statement lines of a member before a version, newest first. */
export async function loadStatement(
  pool: Pool,
  wallet: { key: WalletKey; programmeId: ProgrammeId },
  page: { beforeSeq: bigint; limit: number },
): Promise<JournalLine[]> {
  const { rows } = await pool.query<JournalLineRow>(LOAD_PAGE, scope(wallet, page.beforeSeq, page.limit));
  return rows.map(lineFrom);
}

/** One transaction whole, as first answered; null when there is none of this programme. */
export async function loadTransaction(
  pool: Pool,
  wallet: { key: WalletKey; programmeId: ProgrammeId },
  seq: bigint,
): Promise<StoredTransaction | null> {
  const [lines, details] = await Promise.all([
    pool.query<JournalLineRow>(LOAD_ONE, scope(wallet, seq)),
    pool.query<DetailsRow>(LOAD_DETAILS, scope(wallet, seq)),
  ]);
  const [line] = lines.rows;
  const [rest] = details.rows;
  if (line === undefined || rest === undefined) return null;
  const account = { version: BigInt(rest.account.seq), balances: balancesFrom(rest.account) };
  return { line: lineFrom(line), details: detailsFrom(rest), account };
}

function scope(
  { key, programmeId }: { key: WalletKey; programmeId: ProgrammeId },
  ...more: (bigint | number)[]
): unknown[] {
  return [key.bucket, key.wallet, uuidOf(programmeId), ...more.map(String)];
}

/** A line from its columns. */
export function lineFrom(row: JournalLineRow): JournalLine {
  return {
    seq: BigInt(row.seq),
    kind: row.kind,
    partnerId: row.partner_id === null ? null : idFromUuid('ptr', row.partner_id),
    externalRef: row.external_ref,
    reason: row.reason,
    points: BigInt(row.points),
    balances: balancesFrom(row),
    tierBefore: row.tier_before,
    tierAfter: row.tier_after,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
  };
}

function balancesFrom(row: BalanceColumns): Balances {
  return {
    available: points(BigInt(row.available_after)),
    pending: points(BigInt(row.pending_after)),
    held: points(BigInt(row.held_after)),
    arrears: points(BigInt(row.arrears_after)),
    qualifying: points(BigInt(row.qualifying_after)),
  };
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));

function detailsFrom(row: DetailsRow): JournalDetails {
  const { purchase, hold, reversed, beside } = row;
  return {
    currency: row.currency,
    issued: row.lots.map((lot) => ({
      lotSeq: BigInt(lot.lot_seq),
      issuerId: partyFrom(lot.issuer_id),
      quantity: points(BigInt(lot.quantity)),
      earnedAt: new Date(lot.earned_at),
      expiresAt: lot.expires_at === null ? null : new Date(lot.expires_at),
    })),
    purchase: purchase && {
      partnerId: idFromUuid('ptr', purchase.partner_id),
      externalRef: purchase.external_ref,
      amountMinor: BigInt(purchase.amount_minor),
      currency: purchase.currency,
      branch: purchase.branch,
      channel: purchase.channel,
      lines: purchase.lines,
      ruleId: purchase.rule_id,
      points: BigInt(purchase.points),
      occurredAt: new Date(purchase.occurred_at),
    },
    explanation: row.explanation === null ? null : explanationFrom(row.explanation),
    draws: row.draws.map((draw) => ({
      lotSeq: BigInt(draw.lot_seq),
      issuerId: partyFrom(draw.issuer_id),
      points: BigInt(draw.amount),
      claimMicros: draw.micros === null ? null : BigInt(draw.micros),
    })),
    hold: hold && {
      seq: BigInt(hold.seq),
      partnerId: idFromUuid('ptr', hold.partner_id),
      points: points(BigInt(hold.points)),
      captured: points(BigInt(hold.captured)),
      state: hold.state,
      expiresAt: new Date(hold.expires_at),
    },
    clawedBack: BigInt(row.clawed_back),
    arrearsOpened: BigInt(row.arrears_opened),
    reversed: reversed && { redemptionSeq: BigInt(reversed.redemption_seq), points: BigInt(reversed.points) },
    beside: beside && { amountMinor: BigInt(beside.amount_minor), currency: beside.currency },
  };
}

const LOAD_REVERSED = sql`/* ledger.redemption.loadReversed */
select coalesce(sum(r.points), 0)::text as points from redemption_reversal r
 where r.bucket = $1 and r.wallet = $2 and r.redemption_seq = $3`;

/** How many points of a redemption have come back. */
export async function loadReversed(pool: Pool, { bucket, wallet }: WalletKey, seq: bigint): Promise<bigint> {
  const { rows } = await pool.query<{ points: string }>(LOAD_REVERSED, [bucket, wallet, seq.toString()]);
  return BigInt(rows[0]?.points ?? 0);
}

const FIND_POOL_PART = `/* ledger.transaction.findPoolPart */
select t.seq from journal_transaction t
 where t.bucket = $1 and t.wallet = $2 and t.programme_id = $3 and t.kind = 'REDEEM' and t.partner_id = $4
   and t.peer_wallet = $5 and t.reason = $6
 order by t.seq desc limit 1`;

/** The version at which a wallet gave its part to the spend of a pool; null when it gave nothing. */
export async function findPoolPart(
  pool: Pool,
  { key, programmeId }: { key: WalletKey; programmeId: ProgrammeId },
  { partnerId, lead, externalRef }: { partnerId: PartnerId; lead: WalletKey; externalRef: string },
): Promise<bigint | null> {
  const values = [key.bucket, key.wallet, uuidOf(programmeId), uuidOf(partnerId), lead.wallet, externalRef];
  const { rows } = await pool.query<{ seq: string }>(FIND_POOL_PART, values);
  return rows[0] === undefined ? null : BigInt(rows[0].seq);
}
