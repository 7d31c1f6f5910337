import type { Client } from 'pg';
import { flush, type FlushStatement } from '../../../../kernel/db/flush';
import type { Digest } from '../../../../kernel/values/canonical';
import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { PostingPlan } from '../../core/points/posting';
import type { Wallet, WalletKey } from '../../core/points/wallet';
import { saveShares } from './cap.store';
import { chainHash } from './chain';
import * as rows from './journal-rows';
import * as standing from './standing-rows';
import type { CommandKey } from './posting.store';
import { composed, inserting, type Cells, type Recordset } from './recordset';
import { termsId, termsRow, type TermsShelf } from './terms.store';

/** One transaction of a batch: the wallet before, the plan, the wallet after. */
export interface PlannedTransaction {
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

/** The wallet after a transaction, chained to the one before it: the hash covers what is written of both. */
export function chained(
  transaction: Pick<PlannedTransaction, 'plan' | 'after' | 'caller' | 'recordedAt'>,
  previous: Digest | null,
): Wallet {
  return { ...transaction.after, chain: chainHash(previous, transaction) };
}

const WALLET = { bucket: 'smallint', wallet: 'ref' } as const;
const AT = { ...WALLET, seq: 'bigint' } as const;

const TERMS = inserting(
  'lot_terms',
  {
    id: 'uuid',
    settlement_model: 'word',
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
const LOTS = inserting('lot', {
  ...WALLET,
  lot_seq: 'bigint',
  seq: 'bigint',
  issuer_id: 'ref',
  quantity: 'bigint',
  terms_id: 'ref',
  earned_at: 'instant',
  expires_at: 'instant',
  parent_wallet: 'ref',
  parent_lot_seq: 'bigint',
});
const ENTRIES = inserting('entry', {
  ...AT,
  n: 'smallint',
  debit_kind: 'word',
  debit_owner: 'ref',
  credit_kind: 'word',
  credit_owner: 'ref',
  amount: 'bigint',
  lot_seq: 'bigint',
});
/** After the entries: the guard on the journal compares its balances with them. */
const JOURNAL = inserting('journal_transaction', {
  ...AT,
  programme_id: 'ref',
  kind: 'word',
  cause_seq: 'bigint',
  partner_id: 'ref',
  external_ref: 'text',
  reason: 'text',
  peer_wallet: 'ref',
  cycle_id: 'ref',
  rule_book_version: 'bigint',
  points: 'bigint',
  available_after: 'bigint',
  pending_after: 'bigint',
  held_after: 'bigint',
  arrears_after: 'bigint',
  qualifying_after: 'bigint',
  tier_before: 'word',
  tier_after: 'word',
  caller: 'word',
  command_hash: 'uuid',
  body_hash: 'bytea',
  occurred_at: 'instant',
  recorded_at: 'instant',
  chain: 'bytea',
});
const CLAIMS = inserting('claim', {
  ...AT,
  n: 'smallint',
  entry_n: 'smallint',
  cycle_id: 'ref',
  debtor_id: 'ref',
  creditor_id: 'ref',
  kind: 'word',
  micros: 'bigint',
  lot_seq: 'bigint',
  points: 'bigint',
  contract_version: 'integer',
  currency: 'word',
  hub_account: 'word',
  hub_owner: 'ref',
});
const MONEY = inserting('money_entry', {
  ...AT,
  n: 'smallint',
  entry_n: 'smallint',
  programme_id: 'ref',
  cycle_id: 'ref',
  debit_kind: 'word',
  debit_owner: 'ref',
  credit_kind: 'word',
  credit_owner: 'ref',
  micros: 'bigint',
  lot_seq: 'bigint',
  currency: 'word',
});
const PURCHASES = inserting('purchase', {
  ...AT,
  programme_id: 'ref',
  partner_id: 'ref',
  external_ref: 'text',
  amount_minor: 'bigint',
  currency: 'word',
  branch: 'word',
  channel: 'word',
  lines: 'jsonb',
  rule_id: 'word',
  points: 'bigint',
  occurred_at: 'instant',
});
const RETURNS = inserting('purchase_return', {
  ...WALLET,
  purchase_seq: 'bigint',
  seq: 'bigint',
  amount_minor: 'bigint',
  clawed_back: 'bigint',
});
const REVERSALS = inserting('redemption_reversal', {
  ...WALLET,
  redemption_seq: 'bigint',
  seq: 'bigint',
  points: 'bigint',
});
const AWARDS = inserting('award', {
  ...WALLET,
  partner_id: 'ref',
  action: 'word',
  occasion: 'text',
  seq: 'bigint',
  occurred_at: 'instant',
});
const EXTENSIONS = inserting('lot_extension', {
  ...WALLET,
  lot_seq: 'bigint',
  seq: 'bigint',
  expires_at: 'instant',
});
const HOLDS = inserting(
  'hold',
  {
    ...AT,
    programme_id: 'ref',
    partner_id: 'ref',
    points: 'bigint',
    state: 'word',
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
  columns: OPEN_LOT,
  statement: (r: string) => `/* ledger.post.closeLots */ delete from open_lot o using ${r} as r where ${OPEN_LOT_KEY}`,
} satisfies Recordset;
const DRAWN_LOTS = {
  columns: { ...OPEN_LOT, remaining: 'bigint' },
  statement: (r: string) =>
    `/* ledger.post.drawLots */ update open_lot o set remaining = r.remaining from ${r} as r where ${OPEN_LOT_KEY}`,
} satisfies Recordset;
const OPENED_COLUMNS = {
  ...OPEN_LOT,
  programme_id: 'ref',
  issuer_id: 'ref',
  terms_id: 'ref',
  remaining: 'bigint',
} as const;
const OPENED_LOTS = {
  columns: OPENED_COLUMNS,
  statement: (r: string) => `/* ledger.post.openLots */
insert into open_lot (bucket, wallet, lot_seq, earned_at, expires_at, programme_id, issuer_id, terms_id, remaining)
select bucket, wallet, lot_seq, earned_at, coalesce(expires_at, 'infinity'), programme_id, issuer_id, terms_id, remaining from ${r} as r`,
} satisfies Recordset;
const PENDING_LOTS = inserting(
  'pending_lot',
  { ...WALLET, lot_seq: 'bigint', programme_id: 'ref', remaining: 'bigint', release_at: 'instant' },
  '(bucket, wallet, lot_seq) do update set remaining = excluded.remaining',
);
const RELEASED_LOTS = {
  columns: { ...WALLET, lot_seq: 'bigint' },
  statement: (r: string) =>
    `/* ledger.post.closePending */
delete from pending_lot p using ${r} as r where p.bucket = r.bucket and p.wallet = r.wallet and p.lot_seq = r.lot_seq`,
} satisfies Recordset;
const DOCUMENTS = inserting('document', {
  hash: 'uuid',
  programme_id: 'ref',
  partner_id: 'ref',
  kind: 'word',
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
  columns: {
    ...AT,
    lots: 'bigint',
    available: 'bigint',
    pending: 'bigint',
    held: 'bigint',
    arrears: 'bigint',
    qualifying: 'bigint',
    tier_code: 'word',
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

/**
 * Writes a batch and commits it, in one round trip: one statement for all tables, whose parts see the same state and change
 * different rows. A broken constraint undoes all of it and is thrown; the connection is then to be closed.
 */
export async function applyAndCommit(client: Client, shelf: TermsShelf, writes: BatchWrites): Promise<void> {
  const { transactions, wallets } = writes;
  // Lanes meet at these two tables: each adds its rows in the order of their keys, so that none waits for another in a circle.
  const newTerms = newTermsOf(transactions, shelf);
  const documents = [...writes.documents].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const lots = standing.openLots(transactions, wallets);
  const pending = standing.pendingLots(transactions, wallets);
  const written = composed('ledger.post.apply', [
    { recordset: TERMS, rows: [...newTerms].map(([id, terms]) => termsRow(id, terms)) },
    { recordset: LOTS, rows: transactions.flatMap(rows.lotRows) },
    { recordset: ENTRIES, rows: transactions.flatMap(rows.entryRows) },
    { recordset: JOURNAL, rows: transactions.map(rows.journalRow) },
    { recordset: CLAIMS, rows: transactions.flatMap(rows.claimRows) },
    { recordset: MONEY, rows: transactions.flatMap(rows.moneyRows) },
    { recordset: PURCHASES, rows: transactions.flatMap(rows.purchaseRows) },
    { recordset: RETURNS, rows: transactions.flatMap(rows.returnRows) },
    { recordset: REVERSALS, rows: transactions.flatMap(rows.reversalRows) },
    { recordset: AWARDS, rows: transactions.flatMap(rows.awardRows) },
    { recordset: EXTENSIONS, rows: transactions.flatMap(rows.extensionRows) },
    { recordset: HOLDS, rows: standing.holds(transactions) },
    { recordset: CLOSED_LOTS, rows: lots.closed },
    { recordset: DRAWN_LOTS, rows: lots.drawn },
    { recordset: OPENED_LOTS, rows: lots.opened },
    { recordset: RELEASED_LOTS, rows: pending.closed },
    { recordset: PENDING_LOTS, rows: pending.open },
    { recordset: DOCUMENTS, rows: documents.map(rows.documentRow) },
    { recordset: REFUSALS, rows: writes.refusals.map(rows.refusalRow) },
    { recordset: WALLETS, rows: wallets.map(standing.walletRow) },
  ]);
  const statements = [written, saveShares(writes.shares), COMMIT].filter((one) => one !== null);
  await flush(client, statements);
  for (const [id, terms] of newTerms) shelf.keep(id, terms);
}

function newTermsOf(transactions: readonly PlannedTransaction[], shelf: TermsShelf) {
  const terms = transactions.flatMap(({ plan }) => plan.issued.map((lot) => lot.terms));
  const named = terms.map((one) => [termsId(one), one] as const).filter(([id]) => !shelf.isKept(id));
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
