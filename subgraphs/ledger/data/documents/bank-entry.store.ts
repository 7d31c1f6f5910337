import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';

const FIND_CYCLES = sql`/* ledger.importBankStatement.findCycles */
select id from settlement_cycle where programme_id = $1 and number = any($2::integer[]) order by id`;

/** Cycles by their numbers, in the order in which they are locked. */
export async function findCyclesNumbered(
  tx: Tx,
  programmeId: ProgrammeId,
  numbers: readonly number[],
): Promise<Id<'cyc'>[]> {
  const rows = (await tx.query(FIND_CYCLES, [uuidOf(programmeId), numbers])) as { id: string }[];
  return rows.map(({ id }) => idFromUuid('cyc', id));
}

const LOAD_CONFIRMED = sql`/* ledger.importBankStatement.loadConfirmed */
select end_to_end_id, identity from bank_entry where programme_id = $1 and cycle_id = any($2::uuid[])`;

/** By EndToEndId, the identity of the entry that confirmed each payment of some cycles. */
export async function loadConfirmed(
  tx: Tx,
  programmeId: ProgrammeId,
  cycleIds: readonly Id<'cyc'>[],
): Promise<Map<string, string>> {
  const rows = (await tx.query(LOAD_CONFIRMED, [uuidOf(programmeId), cycleIds.map(uuidOf)])) as {
    end_to_end_id: string;
    identity: string;
  }[];
  return new Map(rows.map((row) => [row.end_to_end_id, row.identity]));
}

/** A payment the bank confirmed. */
export interface ConfirmedPayment {
  readonly endToEndId: string;
  readonly cycleId: Id<'cyc'>;
  readonly partnerId: PartnerId;
  readonly identity: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookedOn: string | null;
  readonly bankRef: string | null;
}

const INSERT = sql`/* ledger.importBankStatement.insert */
insert into bank_entry (programme_id, end_to_end_id, cycle_id, partner_id, identity, amount_minor, currency, booked_on, bank_ref,
                        imported_by, imported_at)
select $1, end_to_end_id, cycle_id, partner_id, identity, amount_minor, currency, booked_on, bank_ref, $3, $4
  from json_to_recordset($2::json) as r(end_to_end_id text, cycle_id uuid, partner_id uuid, identity text, amount_minor bigint,
       currency text, booked_on date, bank_ref text)`;

/** Writes what was confirmed; the same payment twice is a fault. */
export async function insertConfirmed(
  tx: Tx,
  programmeId: ProgrammeId,
  { confirmed, by, at }: { confirmed: readonly ConfirmedPayment[]; by: string; at: Date },
): Promise<void> {
  const rows = confirmed.map((one) => ({
    end_to_end_id: one.endToEndId,
    cycle_id: uuidOf(one.cycleId),
    partner_id: uuidOf(one.partnerId),
    identity: one.identity,
    amount_minor: `${one.amountMinor}`,
    currency: one.currency,
    booked_on: one.bookedOn,
    bank_ref: one.bankRef,
  }));
  await tx.query(INSERT, [uuidOf(programmeId), JSON.stringify(rows), by, at]);
}
