import type { Client } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { PostingPlan } from '../../core/points/posting';
import type { Wallet } from '../../core/points/wallet';
import { settleAll, uuidOrNull, type CommandName, type OwnerId } from './posting.store';

/** One transaction of a batch: the wallet before, the plan, the wallet after. */
export interface PlannedTransaction {
  readonly before: Wallet;
  readonly after: Wallet;
  readonly plan: PostingPlan;
  readonly programmeId: ProgrammeId;
  readonly currency: string;
  readonly cycleId: string;
  readonly ruleBookVersion: bigint;
  readonly caller: string;
  readonly recordedAt: Date;
}

/** An outcome to keep with its key: a success names its transaction, a refusal is kept whole. */
export interface DecidedOutcome {
  readonly name: CommandName;
  readonly bodyHash: Buffer;
  readonly seq: bigint | null;
  readonly outcome: unknown;
}

/** A partner's document, unique for ever by its kind and reference. */
export interface PlannedDocument {
  readonly hash: Buffer;
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly kind: 'PURCHASE' | 'REDEMPTION';
  readonly externalRef: string;
  readonly wallet: Wallet;
}

/** All a batch writes. */
export interface BatchWrites {
  readonly transactions: readonly PlannedTransaction[];
  readonly outcomes: readonly DecidedOutcome[];
  readonly documents: readonly PlannedDocument[];
  /** The wallets touched, as they end. */
  readonly wallets: readonly Wallet[];
}

/** One set-based statement, so that a batch of five hundred costs one round trip and one plan. */
const APPLY = sql`/* ledger.post.apply */
with written as (
  insert into journal_transaction (bucket, wallet, seq, programme_id, kind, partner_id, external_ref, cycle_id,
    rule_book_version, points, available_after, pending_after, held_after, arrears_after, qualifying_after, tier_before,
    tier_after, caller, occurred_at, recorded_at)
  select bucket, wallet, seq, programme_id, kind, partner_id, external_ref, cycle_id, rule_book_version, points,
    available_after, pending_after, held_after, arrears_after, qualifying_after, tier_before, tier_after, caller,
    occurred_at, recorded_at
  from json_to_recordset($1::json) as r(bucket smallint, wallet uuid, seq bigint, programme_id uuid, kind text,
    partner_id uuid, external_ref text, cycle_id uuid, rule_book_version bigint, points bigint, available_after bigint,
    pending_after bigint, held_after bigint, arrears_after bigint, qualifying_after bigint, tier_before text,
    tier_after text, caller text, occurred_at timestamptz, recorded_at timestamptz)
), entries as (
  insert into entry (bucket, wallet, seq, n, debit_kind, debit_owner, credit_kind, credit_owner, amount, lot_seq)
  select * from json_to_recordset($2::json) as r(bucket smallint, wallet uuid, seq bigint, n smallint, debit_kind text,
    debit_owner uuid, credit_kind text, credit_owner uuid, amount bigint, lot_seq bigint)
), lots as (
  insert into lot (bucket, wallet, lot_seq, seq, issuer_id, quantity, settlement_model, contract_version, fee_micros,
    earned_at, expires_at)
  select * from json_to_recordset($3::json) as r(bucket smallint, wallet uuid, lot_seq bigint, seq bigint, issuer_id uuid,
    quantity bigint, settlement_model text, contract_version integer, fee_micros bigint, earned_at timestamptz,
    expires_at timestamptz)
), purchases as (
  insert into purchase (bucket, wallet, seq, programme_id, partner_id, external_ref, amount_minor, currency, branch,
    channel, lines, rule_id, points, occurred_at)
  select * from json_to_recordset($4::json) as r(bucket smallint, wallet uuid, seq bigint, programme_id uuid,
    partner_id uuid, external_ref text, amount_minor bigint, currency text, branch text, channel text, lines jsonb,
    rule_id text, points bigint, occurred_at timestamptz)
), claims as (
  insert into claim (bucket, wallet, seq, n, cycle_id, debtor_id, creditor_id, kind, micros, lot_seq, points,
    contract_version, currency)
  select * from json_to_recordset($5::json) as r(bucket smallint, wallet uuid, seq bigint, n smallint, cycle_id uuid,
    debtor_id uuid, creditor_id uuid, kind text, micros bigint, lot_seq bigint, points bigint, contract_version integer,
    currency text)
), holds as (
  insert into hold (bucket, wallet, seq, programme_id, partner_id, points, state, captured, closed_seq, expires_at)
  select * from json_to_recordset($6::json) as r(bucket smallint, wallet uuid, seq bigint, programme_id uuid,
    partner_id uuid, points bigint, state text, captured bigint, closed_seq bigint, expires_at timestamptz)
  on conflict (bucket, wallet, seq) do update
    set state = excluded.state, captured = excluded.captured, closed_seq = excluded.closed_seq
), documents as (
  insert into document (hash, programme_id, partner_id, kind, external_ref, bucket, wallet, seq)
  select decode(hash, 'hex'), programme_id, partner_id, kind, external_ref, bucket, wallet, seq
  from json_to_recordset($7::json) as r(hash text, programme_id uuid, partner_id uuid, kind text, external_ref text,
    bucket smallint, wallet uuid, seq bigint)
), outcomes as (
  insert into command_outcome (bucket, wallet, caller, operation, key, body_hash, seq, outcome)
  select bucket, wallet, caller, operation, key, decode(body_hash, 'hex'), seq, outcome
  from json_to_recordset($8::json) as r(bucket smallint, wallet uuid, caller text, operation text, key text,
    body_hash text, seq bigint, outcome jsonb)
), closed_lots as (
  delete from open_lot o
  using json_to_recordset($9::json) as r(bucket smallint, wallet uuid, lot_seq bigint)
  where o.bucket = r.bucket and o.wallet = r.wallet and o.lot_seq = r.lot_seq
), open_lots as (
  insert into open_lot (bucket, wallet, lot_seq, programme_id, issuer_id, remaining, earned_at, expires_at)
  select bucket, wallet, lot_seq, programme_id, issuer_id, remaining, earned_at, coalesce(expires_at, 'infinity')
  from json_to_recordset($10::json) as r(bucket smallint, wallet uuid, lot_seq bigint, programme_id uuid, issuer_id uuid,
    remaining bigint, earned_at timestamptz, expires_at timestamptz)
  on conflict (bucket, wallet, lot_seq) do update set remaining = excluded.remaining
)
update wallet w
   set seq = r.seq, lots = r.lots, available = r.available, pending = r.pending, held = r.held, arrears = r.arrears,
       qualifying = r.qualifying, tier_code = r.tier_code, tier_since = r.tier_since
  from json_to_recordset($11::json) as r(bucket smallint, wallet uuid, seq bigint, lots bigint, available bigint,
       pending bigint, held bigint, arrears bigint, qualifying bigint, tier_code text, tier_since timestamptz)
 where w.bucket = r.bucket and w.wallet = r.wallet`;

/** Writes a batch and commits it, in one round trip. A broken constraint undoes all of it and is thrown. */
export async function applyAndCommit(client: Client, writes: BatchWrites): Promise<void> {
  const parameters = parametersOf(writes).map((rows) => JSON.stringify(rows, wholeNumbersAsText));
  const applied = client.query({ name: 'apply', text: APPLY, values: parameters });
  // After a failed statement this commit is a rollback, and PostgreSQL says so without an error: the failure is `applied`'s.
  await settleAll([applied, client.query('commit')]);
}

function wholeNumbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function parametersOf({ transactions, outcomes, documents, wallets }: BatchWrites): readonly object[][] {
  const openLots = openLotRows(transactions, wallets);
  return [
    transactions.map(transactionRow),
    transactions.flatMap(entryRows),
    transactions.flatMap(lotRows),
    transactions.flatMap(purchaseRows),
    transactions.flatMap(claimRows),
    holdRows(transactions),
    documents.map(documentRow),
    outcomes.map(outcomeRow),
    openLots.closed,
    openLots.open,
    wallets.map(walletRow),
  ];
}

function transactionRow(one: PlannedTransaction): object {
  const { plan, after, before } = one;
  const { available, pending, held, arrears, qualifying } = after.balances;
  return {
    ...after.key,
    seq: after.seq,
    programme_id: uuidOf(one.programmeId),
    kind: plan.kind,
    partner_id: uuidOrNull(plan.partnerId),
    external_ref: plan.externalRef,
    cycle_id: one.cycleId,
    rule_book_version: one.ruleBookVersion,
    points: plan.points,
    available_after: available,
    pending_after: pending,
    held_after: held,
    arrears_after: arrears,
    qualifying_after: qualifying,
    tier_before: before.tierCode,
    tier_after: after.tierCode,
    caller: one.caller,
    occurred_at: plan.occurredAt,
    recorded_at: one.recordedAt,
  };
}

function entryRows({ plan, after }: PlannedTransaction): object[] {
  return plan.entries.map(({ debit, credit, amount, lotSeq }, n) => ({
    ...after.key,
    seq: after.seq,
    n,
    debit_kind: debit.kind,
    debit_owner: uuidOf(debit.owner as OwnerId),
    credit_kind: credit.kind,
    credit_owner: uuidOf(credit.owner as OwnerId),
    amount,
    lot_seq: lotSeq,
  }));
}

function lotRows({ plan: { issued }, after }: PlannedTransaction): object[] {
  if (issued === undefined) return [];
  return [
    {
      ...after.key,
      lot_seq: issued.lotSeq,
      seq: after.seq,
      issuer_id: uuidOf(issued.issuerId),
      quantity: issued.remaining,
      settlement_model: issued.settlementModel,
      contract_version: issued.contractVersion,
      fee_micros: issued.feeMicros,
      earned_at: issued.earnedAt,
      expires_at: issued.expiresAt,
    },
  ];
}

function purchaseRows({ plan: { purchase }, after, programmeId }: PlannedTransaction): object[] {
  if (purchase === undefined) return [];
  return [
    {
      ...after.key,
      seq: after.seq,
      programme_id: uuidOf(programmeId),
      partner_id: uuidOf(purchase.partnerId),
      external_ref: purchase.externalRef,
      amount_minor: purchase.amountMinor,
      currency: purchase.currency,
      branch: purchase.branch,
      channel: purchase.channel,
      lines: purchase.lines,
      rule_id: purchase.ruleId,
      points: purchase.points,
      occurred_at: purchase.occurredAt,
    },
  ];
}

function claimRows({ plan, after, cycleId, currency }: PlannedTransaction): object[] {
  return plan.claims.map((claim) => ({
    ...after.key,
    seq: after.seq,
    n: claim.entry,
    cycle_id: cycleId,
    debtor_id: uuidOrNull(claim.debtorId),
    creditor_id: uuidOrNull(claim.creditorId),
    kind: claim.kind,
    micros: claim.micros,
    lot_seq: claim.lotSeq,
    points: claim.points,
    contract_version: claim.contractVersion,
    currency,
  }));
}

/** A hold made and closed within one batch is written once, as it ends. */
function holdRows(transactions: readonly PlannedTransaction[]): object[] {
  const rows = new Map<string, object>();
  for (const {
    plan: { hold },
    after,
    programmeId,
  } of transactions) {
    if (hold === undefined) continue;
    rows.set(`${after.key.wallet}:${hold.seq}`, {
      ...after.key,
      seq: hold.seq,
      programme_id: uuidOf(programmeId),
      partner_id: uuidOf(hold.partnerId),
      points: hold.points,
      state: hold.state,
      captured: hold.captured,
      closed_seq: hold.state === 'OPEN' ? null : after.seq,
      expires_at: hold.expiresAt,
    });
  }
  return [...rows.values()];
}

/** The lots the batch touched, as they end: gone, or with what remains. */
function openLotRows(
  transactions: readonly PlannedTransaction[],
  wallets: readonly Wallet[],
): { open: object[]; closed: object[] } {
  const touched = new Map<string, Set<bigint>>();
  for (const { plan, after } of transactions) {
    const lots = touched.get(after.key.wallet) ?? new Set<bigint>();
    for (const { lot } of plan.lotChanges) lots.add(lot.lotSeq);
    if (plan.issued !== undefined) lots.add(plan.issued.lotSeq);
    touched.set(after.key.wallet, lots);
  }
  const open: object[] = [];
  const closed: object[] = [];
  for (const wallet of wallets) {
    const left = new Map(wallet.lots.map((lot) => [lot.lotSeq, lot]));
    for (const lotSeq of touched.get(wallet.key.wallet) ?? []) {
      const lot = left.get(lotSeq);
      if (lot === undefined) closed.push({ ...wallet.key, lot_seq: lotSeq });
      else {
        open.push({
          ...wallet.key,
          lot_seq: lotSeq,
          programme_id: uuidOf(wallet.programmeId),
          issuer_id: uuidOf(lot.issuerId),
          remaining: lot.remaining,
          earned_at: lot.earnedAt,
          expires_at: lot.expiresAt,
        });
      }
    }
  }
  return { open, closed };
}

function documentRow({ hash, programmeId, partnerId, kind, externalRef, wallet }: PlannedDocument): object {
  return {
    hash: hash.toString('hex'),
    programme_id: uuidOf(programmeId),
    partner_id: uuidOf(partnerId),
    kind,
    external_ref: externalRef,
    ...wallet.key,
    seq: wallet.seq,
  };
}

function outcomeRow({ name, bodyHash, seq, outcome }: DecidedOutcome): object {
  return {
    ...name.key,
    caller: name.caller,
    operation: name.operation,
    key: name.idempotencyKey,
    body_hash: bodyHash.toString('hex'),
    seq,
    outcome,
  };
}

function walletRow(wallet: Wallet): object {
  const { available, pending, held, arrears, qualifying } = wallet.balances;
  return {
    ...wallet.key,
    seq: wallet.seq,
    lots: wallet.lotCount,
    available,
    pending,
    held,
    arrears,
    qualifying,
    tier_code: wallet.tierCode,
    tier_since: wallet.tierSince,
  };
}
