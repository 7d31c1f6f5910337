import type { Cells, Columns } from './cells';

const WALLET = { bucket: 'smallint', wallet: 'uuid' } as const;

/** Where a row of the journal stands: its wallet and version. */
export const AT = { ...WALLET, seq: 'bigint' } as const;

/**
 * The tables a journal transaction is written to, once and for all: their columns in the order in which rows are given. What is
 * written here is what the chain covers (chain.ts), so that no column can be added and left out of it.
 */
export const JOURNAL_TABLES = {
  journal_transaction: {
    ...AT,
    programme_id: 'uuid',
    kind: 'text',
    cause_seq: 'bigint',
    partner_id: 'uuid',
    external_ref: 'text',
    reason: 'text',
    peer_wallet: 'uuid',
    cycle_id: 'uuid',
    rule_book_version: 'bigint',
    points: 'bigint',
    available_after: 'bigint',
    pending_after: 'bigint',
    held_after: 'bigint',
    arrears_after: 'bigint',
    qualifying_after: 'bigint',
    tier_before: 'text',
    tier_after: 'text',
    caller: 'text',
    command_hash: 'uuid',
    body_hash: 'bytea',
    occurred_at: 'instant',
    recorded_at: 'instant',
    chain: 'bytea',
    marks: 'bytea',
  },
  entry: {
    ...AT,
    n: 'smallint',
    debit_kind: 'text',
    debit_owner: 'uuid',
    credit_kind: 'text',
    credit_owner: 'uuid',
    amount: 'bigint',
    lot_seq: 'bigint',
  },
  lot: {
    ...WALLET,
    lot_seq: 'bigint',
    seq: 'bigint',
    issuer_id: 'uuid',
    quantity: 'bigint',
    terms_id: 'uuid',
    earned_at: 'instant',
    expires_at: 'instant',
    parent_wallet: 'uuid',
    parent_lot_seq: 'bigint',
  },
  lot_extension: {
    ...WALLET,
    lot_seq: 'bigint',
    seq: 'bigint',
    expires_at: 'instant',
  },
  claim: {
    ...AT,
    n: 'smallint',
    entry_n: 'smallint',
    cycle_id: 'uuid',
    debtor_id: 'uuid',
    creditor_id: 'uuid',
    kind: 'text',
    micros: 'bigint',
    lot_seq: 'bigint',
    points: 'bigint',
    contract_version: 'integer',
    currency: 'text',
    hub_account: 'text',
    hub_owner: 'uuid',
  },
  money_entry: {
    ...AT,
    n: 'smallint',
    entry_n: 'smallint',
    programme_id: 'uuid',
    cycle_id: 'uuid',
    debit_kind: 'text',
    debit_owner: 'uuid',
    credit_kind: 'text',
    credit_owner: 'uuid',
    micros: 'bigint',
    lot_seq: 'bigint',
    currency: 'text',
  },
  purchase: {
    ...AT,
    programme_id: 'uuid',
    partner_id: 'uuid',
    external_ref: 'text',
    amount_minor: 'bigint',
    currency: 'text',
    branch: 'text',
    channel: 'text',
    lines: 'jsonb',
    rule_id: 'text',
    points: 'bigint',
    occurred_at: 'instant',
  },
  earn_explanation: {
    ...AT,
    attributes: 'jsonb',
    explanation: 'jsonb',
  },
  purchase_return: {
    ...WALLET,
    purchase_seq: 'bigint',
    seq: 'bigint',
    amount_minor: 'bigint',
    clawed_back: 'bigint',
  },
  redemption_reversal: {
    ...WALLET,
    redemption_seq: 'bigint',
    seq: 'bigint',
    points: 'bigint',
  },
  award: {
    ...WALLET,
    partner_id: 'uuid',
    action: 'text',
    occasion: 'text',
    seq: 'bigint',
    occurred_at: 'instant',
  },
  campaign_lot: {
    ...WALLET,
    lot_seq: 'bigint',
    seq: 'bigint',
    campaign_id: 'uuid',
    points: 'bigint',
    occurred_at: 'instant',
  },
  redemption_money: {
    ...AT,
    amount_minor: 'bigint',
    currency: 'text',
  },
} as const satisfies Record<string, Columns>;

export type JournalTable = keyof typeof JOURNAL_TABLES;

/** Their names, in one order. */
export const JOURNAL_TABLE_NAMES = Object.keys(JOURNAL_TABLES) as readonly JournalTable[];

/** A list of rows for each of them, still empty. */
export function noRows(): Record<JournalTable, Cells[]> {
  return Object.fromEntries(JOURNAL_TABLE_NAMES.map((table) => [table, [] as Cells[]])) as Record<
    JournalTable,
    Cells[]
  >;
}
