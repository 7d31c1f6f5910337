import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { SettlementAccount, SettlementEntry } from '../../core/settlement/postings';
import { uuidOrNull } from '../points/journal-rows';

const SAVE = sql`/* ledger.settlementEntry.save */
insert into settlement_entry (cycle_id, n, programme_id, debit_kind, debit_owner, debit_counterparty, credit_kind, credit_owner,
  credit_counterparty, micros, currency, cause)
select $1, coalesce((select max(n) from settlement_entry where cycle_id = $1), 0) + row_number() over (order by r.place), $2, r.debit_kind,
       r.debit_owner, r.debit_counterparty, r.credit_kind, r.credit_owner, r.credit_counterparty, r.micros, r.currency, r.cause
  from json_to_recordset($3::json) as r(place integer, debit_kind text, debit_owner uuid, debit_counterparty uuid, credit_kind text,
       credit_owner uuid, credit_counterparty uuid, micros bigint, currency text, cause text)`;

/** Posts entries of a cycle's money, in their order. The cycle is locked by whoever posts. */
export async function saveSettlementEntries(
  tx: Tx,
  at: { cycleId: string; programmeId: ProgrammeId },
  entries: readonly SettlementEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const side = (name: string, { kind, owner, counterparty }: SettlementAccount) => ({
    [`${name}_kind`]: kind,
    [`${name}_owner`]: uuidOrNull(owner),
    [`${name}_counterparty`]: uuidOrNull(counterparty),
  });
  const rows = entries.map(({ debit, credit, micros, currency, cause }, place) => ({
    ...{ place, micros: `${micros}`, currency, cause },
    ...side('debit', debit),
    ...side('credit', credit),
  }));
  await tx.query(SAVE, [uuidOf(at.cycleId as Id<'cyc'>), uuidOf(at.programmeId), JSON.stringify(rows)]);
}
