import type { Client } from 'pg';
import { flush, type FlushStatement } from '../../../../kernel/db/flush';
import type { Digest } from '../../../../kernel/values/canonical';
import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { PostingPlan } from '../../core/points/posting';
import type { Wallet, WalletKey } from '../../core/points/wallet';
import { SAVED_SHARES, saveShares } from './cap.store';
import { linkOf } from './chain';
import { AT, JOURNAL_TABLE_NAMES, JOURNAL_TABLES, noRows, type JournalTable } from './journal-tables';
import { documentRow, refusalRow, writtenRows, type WrittenRows } from './journal-rows';
import * as standing from './standing-rows';
import type { CommandKey } from './posting.store';
import { PASSED, passedRows } from './passed.store';
import type { Cell, Cells } from './cells';
import { composed, inserting, type Recordset } from './recordset';
import { rowTypesOf } from './row-types';
import { termsId, termsRow, type TermsShelf } from './terms.store';

/** One transaction of a batch: the wallet before, the plan, the wallet after. */
export interface DecidedTransaction {
  readonly before: Wallet;
  readonly after: Wallet;
  readonly plan: PostingPlan;
  /** The version this one follows from; null when it stands for itself. */
  readonly causeSeq: bigint | null;
  /** The caller's intent this one answers; null for what falls due or follows. */
  readonly intent: { readonly hash: Digest; readonly bodyHash: Digest } | null;
  readonly programmeId: ProgrammeId;
  readonly currency: string;
  readonly cycleId: string;
  readonly ruleBookVersion: bigint;
  readonly caller: string;
  readonly recordedAt: Date;
}

/** A transaction on its chain, with the rows that are written of it. */
export interface PlannedTransaction extends DecidedTransaction {
  readonly rows: WrittenRows;
}

/** A refusal to keep with its key. */
export interface DecidedOutcome extends CommandKey {
  readonly bodyHash: Digest;
  readonly refusal: unknown;
}

/** A partner's document, unique for ever by its kind and reference. */
export interface PlannedDocument {
  readonly hash: Digest;
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly kind: string;
  readonly externalRef: string;
  readonly key: WalletKey;
  readonly seq: bigint;
}

/** All a batch writes. */
export interface BatchWrites {
  readonly transactions: readonly PlannedTransaction[];
  readonly refusals: readonly DecidedOutcome[];
  readonly documents: readonly PlannedDocument[];
  /** The wallets touched, as they end. */
  readonly wallets: readonly Wallet[];
  /** Shares of caps that were spent from. */
  readonly shares: readonly Cells[];
}

/** The places of the proof in the journal's own row. */
const CHAIN = Object.keys(JOURNAL_TABLES.journal_transaction).indexOf('chain');
const MARKS = Object.keys(JOURNAL_TABLES.journal_transaction).indexOf('marks');

/** Chains a transaction to the one before it on its wallet: the hash covers every row that is written of it. */
export function chained(decided: DecidedTransaction, previous: Digest | null): PlannedTransaction {
  const rows = writtenRows(decided);
  const { chain, marks } = linkOf(previous, decided.after.key.wallet, rows);
  for (const row of rows.journal_transaction as readonly Cell[][]) {
    row[CHAIN] = chain;
    row[MARKS] = marks;
  }
  // Field by field: objects of so many fields copied as a whole cost as much as the hash.
  const { before, plan, after, causeSeq, intent, programmeId } = decided;
  const { currency, cycleId, ruleBookVersion, caller, recordedAt } = decided;
  return {
    before,
    plan,
    after: onChain(after, chain),
    causeSeq,
    intent,
    programmeId,
    currency,
    cycleId,
    ruleBookVersion,
    caller,
    recordedAt,
    rows,
  };
}

function onChain(wallet: Wallet, chain: Digest): Wallet {
  const { key, programmeId, memberId, seq, lotCount, balances, tier, isFrozen } = wallet;
  const { lots, pendingLots, heldByLot, owed, past } = wallet;
  return {
    key,
    programmeId,
    memberId,
    seq,
    lotCount,
    balances,
    tier,
    isFrozen,
    chain,
    lots,
    pendingLots,
    heldByLot,
    owed,
    past,
  };
}

const WALLET = { bucket: 'smallint', wallet: 'uuid' } as const;

const TERMS = inserting(
  'lot_terms',
  {
    id: 'uuid',
    settlement_model: 'text',
    contract_version: 'integer',
    issuance_micros: 'bigint',
    reserve_micros: 'bigint',
    fee_micros: 'bigint',
    prefund_bps: 'integer',
    breakage_share_bps: 'integer',
    funding: 'jsonb',
  },
  '(id) do nothing',
);
const HOLDS = inserting(
  'hold',
  {
    ...AT,
    programme_id: 'uuid',
    partner_id: 'uuid',
    points: 'bigint',
    state: 'text',
    captured: 'bigint',
    closed_seq: 'bigint',
    expires_at: 'instant',
  },
  `(bucket, wallet, seq) do update
   set state = excluded.state, captured = excluded.captured, closed_seq = excluded.closed_seq`,
);
const OPEN_LOT = { ...WALLET, lot_seq: 'bigint', earned_at: 'instant', expires_at: 'instant' } as const;
const OPEN_LOT_KEY = `o.bucket = r.bucket and o.wallet = r.wallet and o.lot_seq = r.lot_seq and o.earned_at = r.earned_at
   and o.expires_at = coalesce(r.expires_at, 'infinity')`;
const CLOSED_LOTS = {
  table: 'open_lot',
  columns: OPEN_LOT,
  statement: (r: string) => `/* ledger.post.closeLots */ delete from open_lot o using ${r} as r where ${OPEN_LOT_KEY}`,
} satisfies Recordset;
const DRAWN_LOTS = {
  table: 'open_lot',
  columns: { ...OPEN_LOT, remaining: 'bigint' },
  statement: (r: string) =>
    `/* ledger.post.drawLots */ update open_lot o set remaining = r.remaining from ${r} as r where ${OPEN_LOT_KEY}`,
} satisfies Recordset;
const OPENED_COLUMNS = {
  ...OPEN_LOT,
  programme_id: 'uuid',
  issuer_id: 'uuid',
  terms_id: 'uuid',
  remaining: 'bigint',
} as const;
const OPENED_LOTS = {
  table: 'open_lot',
  columns: OPENED_COLUMNS,
  statement: (r: string) => `/* ledger.post.openLots */
insert into open_lot (bucket, wallet, lot_seq, earned_at, expires_at, programme_id, issuer_id, terms_id, remaining)
select bucket, wallet, lot_seq, earned_at, coalesce(expires_at, 'infinity'), programme_id, issuer_id, terms_id, remaining from ${r} as r`,
} satisfies Recordset;
const PENDING_LOTS = inserting(
  'pending_lot',
  { ...WALLET, lot_seq: 'bigint', programme_id: 'uuid', remaining: 'bigint', release_at: 'instant' },
  '(bucket, wallet, lot_seq) do update set remaining = excluded.remaining',
);
const RELEASED_LOTS = {
  table: 'pending_lot',
  columns: { ...WALLET, lot_seq: 'bigint' },
  statement: (r: string) =>
    `/* ledger.post.closePending */
delete from pending_lot p using ${r} as r where p.bucket = r.bucket and p.wallet = r.wallet and p.lot_seq = r.lot_seq`,
} satisfies Recordset;
const DOCUMENTS = inserting('document', {
  hash: 'uuid',
  programme_id: 'uuid',
  partner_id: 'uuid',
  kind: 'text',
  external_ref: 'text',
  ...AT,
});
const REFUSALS = inserting('command_refusal', {
  ...WALLET,
  command_hash: 'uuid',
  body_hash: 'bytea',
  refusal: 'jsonb',
});
const WALLETS = {
  table: 'wallet',
  columns: {
    ...AT,
    lots: 'bigint',
    available: 'bigint',
    pending: 'bigint',
    held: 'bigint',
    arrears: 'bigint',
    qualifying: 'bigint',
    tier_code: 'text',
    tier_since: 'instant',
    tier_until: 'instant',
    counted_since: 'instant',
    tier_due_at: 'instant',
    owed: 'jsonb',
    chain: 'bytea',
  },
  statement: (r: string) => `/* ledger.post.updateWallets */
update wallet w
   set seq = r.seq, lots = r.lots, available = r.available, pending = r.pending, held = r.held, arrears = r.arrears,
       qualifying = r.qualifying, tier_code = r.tier_code, tier_since = r.tier_since, tier_until = r.tier_until,
       counted_since = r.counted_since, tier_due_at = r.tier_due_at, owed = r.owed, chain = r.chain
  from ${r} as r where w.bucket = r.bucket and w.wallet = r.wallet`,
} satisfies Recordset;

const COMMIT: FlushStatement = { name: 'ledger.post.commit', text: 'commit' };

const WRITE = Object.fromEntries(
  Object.entries(JOURNAL_TABLES).map(([table, columns]) => [table, inserting(table, columns)]),
) as Record<JournalTable, Recordset>;

/** Every table that a batch may write to. */
const WRITTEN = [
  ...JOURNAL_TABLE_NAMES,
  ...[TERMS, PASSED, HOLDS, CLOSED_LOTS, PENDING_LOTS, DOCUMENTS, REFUSALS, WALLETS, SAVED_SHARES].map(
    ({ table }) => table,
  ),
];

/**
 * Writes a batch and commits it, in one round trip: one statement for all tables, whose parts see the same state and change
 * different rows. A broken constraint undoes all of it and is thrown; the connection is then to be closed.
 */
export async function applyAndCommit(client: Client, shelf: TermsShelf, writes: BatchWrites): Promise<void> {
  const { transactions, wallets } = writes;
  // Lanes meet at these three tables: each adds its rows in the order of their keys, so that none waits for another in a circle.
  const newTerms = newTermsOf(transactions, shelf);
  const newPassed = newPassedOf(transactions, shelf);
  const documents = [...writes.documents].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const lots = standing.openLots(transactions, wallets);
  const pending = standing.pendingLots(transactions, wallets);
  const rows = gathered(transactions);
  const types = await rowTypesOf(client, WRITTEN);
  types.writer.begin();
  const written = composed({ use: 'ledger.post.apply', types }, [
    { recordset: TERMS, rows: [...newTerms].map(([id, terms]) => termsRow(id, terms)) },
    { recordset: PASSED, rows: passedRows(newPassed) },
    ...JOURNAL_TABLE_NAMES.map((table) => ({ recordset: WRITE[table], rows: rows[table] })),
    { recordset: HOLDS, rows: standing.holds(transactions) },
    { recordset: CLOSED_LOTS, rows: lots.closed },
    { recordset: DRAWN_LOTS, rows: lots.drawn },
    { recordset: OPENED_LOTS, rows: lots.opened },
    { recordset: RELEASED_LOTS, rows: pending.closed },
    { recordset: PENDING_LOTS, rows: pending.open },
    { recordset: DOCUMENTS, rows: documents.map(documentRow) },
    { recordset: REFUSALS, rows: writes.refusals.map(refusalRow) },
    { recordset: WALLETS, rows: wallets.map(standing.walletRow) },
  ]);
  const statements = [written, saveShares(types, writes.shares), COMMIT].filter((one) => one !== null);
  await flush(client, statements);
  for (const [id, terms] of newTerms) shelf.keep(id, terms);
  for (const passed of newPassed) shelf.passed.add(passed);
}

/** The rows of all transactions, by table. */
function gathered(transactions: readonly PlannedTransaction[]): Record<JournalTable, Cells[]> {
  const all = noRows();
  for (const { rows } of transactions) {
    for (const table of JOURNAL_TABLE_NAMES) {
      for (const row of rows[table]) all[table].push(row);
    }
  }
  return all;
}

function newPassedOf(transactions: readonly PlannedTransaction[], shelf: TermsShelf) {
  const lists = transactions.map(({ plan }) => plan.explained?.explanation.passed ?? []);
  return new Set(lists.filter((list) => list.length > 0 && !shelf.passed.has(list)));
}

function newTermsOf(transactions: readonly PlannedTransaction[], shelf: TermsShelf) {
  const terms = transactions.flatMap(({ plan }) => plan.issued.map((lot) => lot.terms));
  const named = terms.map((one) => [termsId(one), one] as const).filter(([id]) => !shelf.isKept(id));
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
