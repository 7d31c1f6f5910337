import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import type { Digest } from '../../../../kernel/values/canonical';
import { idFromUuid, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import type { PurchaseLineFact } from '../../core/movements/purchase';
import type { Receipt } from '../../core/receipts/receipt';

const INSERT = sql`/* ledger.receipt.insert */
insert into receipt (hash, programme_id, partner_id, external_ref, amount_minor, currency, branch, channel, lines, occurred_at,
  claim_until, recorded_at)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
 where not exists (select from document where hash = $1)
on conflict (hash) do nothing returning hash`;

/** Keeps a sale to be claimed; false when the receipt was recorded before, with a buyer or without. */
export async function insertReceipt(tx: Tx, hash: Digest, receipt: Receipt, recordedAt: Date): Promise<boolean> {
  const rows = (await tx.query(INSERT, [
    hash,
    uuidOf(receipt.programmeId),
    uuidOf(receipt.partnerId),
    receipt.externalRef,
    receipt.amountMinor.toString(),
    receipt.currency,
    receipt.branch,
    receipt.channel,
    receipt.lines === null ? null : JSON.stringify(receipt.lines, wholeNumbersAsText),
    receipt.occurredAt,
    receipt.claimUntil,
    recordedAt,
  ])) as unknown[];
  return rows.length === 1;
}

function wholeNumbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** A line as JSON holds it: whole numbers as text. */
interface StoredLine extends Omit<PurchaseLineFact, 'amount'> {
  readonly amount: { readonly amountMinor: string; readonly currency: string };
}

function lineFrom({ amount, ...line }: StoredLine): PurchaseLineFact {
  return { ...line, amount: { ...amount, amountMinor: BigInt(amount.amountMinor) } };
}

const FIND = sql`/* ledger.receipt.find */
select r.programme_id, r.partner_id, r.external_ref, r.amount_minor, r.currency, r.branch, r.channel, r.lines, r.occurred_at,
       r.claim_until
  from receipt r where r.hash = $1 and r.programme_id = $2`;

/** A sale to be claimed; null when the programme has none under this hash. */
export async function findReceipt(pool: Pool, programmeId: ProgrammeId, hash: Digest): Promise<Receipt | null> {
  const { rows } = await pool.query<{
    programme_id: string;
    partner_id: string;
    external_ref: string;
    amount_minor: string;
    currency: string;
    branch: string | null;
    channel: string | null;
    lines: StoredLine[] | null;
    occurred_at: Date;
    claim_until: Date;
  }>(FIND, [hash, uuidOf(programmeId)]);
  const [row] = rows;
  if (row === undefined) return null;
  const { currency, branch, channel, lines } = row;
  return {
    ...{ currency, branch, channel },
    lines: lines === null ? null : lines.map(lineFrom),
    programmeId: idFromUuid('prg', row.programme_id),
    partnerId: idFromUuid('ptr', row.partner_id),
    externalRef: row.external_ref,
    amountMinor: BigInt(row.amount_minor),
    occurredAt: row.occurred_at,
    claimUntil: row.claim_until,
  };
}
