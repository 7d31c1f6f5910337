import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import type { Payment } from '../../core/settlement/payment';
import type { Party } from '../../core/settlement/directional-total';
import { uuidOrNull } from '../points/journal-rows';
import { queryRows } from './query-rows';
import { partyFrom } from './total.store';

const SAVE_NETS = sql`/* ledger.net.save */
insert into net_position (cycle_id, party_id, net_minor, carry_in_minor, carry_out_minor, pay_minor, pay_currency, pay_amount_minor,
  rate, fx_difference_micros)
select $1, party_id, net_minor, carry_in_minor, carry_out_minor, pay_minor, pay_currency, pay_amount_minor, rate, fx_difference_micros
  from json_to_recordset($2::json) as r(party_id uuid, net_minor bigint, carry_in_minor bigint, carry_out_minor bigint,
       pay_minor bigint, pay_currency text, pay_amount_minor bigint, rate text, fx_difference_micros bigint)`;

export async function saveNets(tx: Tx, cycleId: string, payments: readonly Payment[]): Promise<void> {
  const rows = payments.map((one) => ({
    party_id: uuidOrNull(one.partyId),
    net_minor: `${one.netMinor}`,
    carry_in_minor: `${one.carryInMinor}`,
    carry_out_minor: `${one.carryOutMinor}`,
    pay_minor: `${one.payMinor}`,
    pay_currency: one.payCurrency,
    pay_amount_minor: `${one.payAmountMinor}`,
    rate: one.rate,
    fx_difference_micros: `${one.fxDifferenceMicros}`,
  }));
  await tx.query(SAVE_NETS, [uuidOf(cycleId as Id<'cyc'>), JSON.stringify(rows)]);
}

const LOAD_NETS = sql`/* ledger.settlementCycle.loadNets */
select n.cycle_id, n.party_id, n.net_minor, n.carry_in_minor, n.carry_out_minor, n.pay_minor, coalesce(n.pay_currency, c.currency) as
       pay_currency, n.pay_amount_minor, n.rate, n.fx_difference_micros
  from net_position n join settlement_cycle c on c.id = n.cycle_id
 where c.programme_id = $1 and n.cycle_id = any($2::uuid[]) order by n.cycle_id, n.party_id nulls last`;

/** A net position with what is paid for it, and its cycle. */
export interface StoredNet extends Payment {
  readonly cycleId: string;
}

/** Net positions of a programme's cycles; empty before NETTED. */
export async function loadNets(
  db: Tx | Pool,
  programmeId: ProgrammeId,
  cycleIds: readonly string[],
): Promise<StoredNet[]> {
  const values = [uuidOf(programmeId), cycleIds.map((id) => uuidOf(id as Id<'cyc'>))];
  const rows = await queryRows<Record<string, string | null>>(db, LOAD_NETS, values);
  return rows.map((row) => ({
    cycleId: idFromUuid('cyc', row.cycle_id ?? ''),
    partyId: partyFrom(row.party_id ?? null),
    netMinor: BigInt(row.net_minor ?? 0),
    carryInMinor: BigInt(row.carry_in_minor ?? 0),
    carryOutMinor: BigInt(row.carry_out_minor ?? 0),
    payMinor: BigInt(row.pay_minor ?? 0),
    payCurrency: row.pay_currency as CurrencyCode,
    payAmountMinor: BigInt(row.pay_amount_minor ?? 0),
    rate: row.rate ?? null,
    fxDifferenceMicros: BigInt(row.fx_difference_micros ?? 0),
  }));
}

const LOAD_LEFT = sql`/* ledger.net.loadLeft */
select n.party_id, n.carry_out_minor
  from net_position n
  join settlement_cycle before on before.id = n.cycle_id
  join settlement_cycle c on c.programme_id = before.programme_id and c.number = before.number + 1
 where c.id = $1 and n.carry_out_minor <> 0 and n.party_id is not null order by n.party_id`;

/** What the cycle before left unpaid, by party. */
export async function loadLeftUnpaid(tx: Tx, cycleId: string): Promise<Map<Party, bigint>> {
  const rows = (await tx.query(LOAD_LEFT, [uuidOf(cycleId as Id<'cyc'>)])) as {
    party_id: string;
    carry_out_minor: string;
  }[];
  return new Map(rows.map((row) => [partyFrom(row.party_id), BigInt(row.carry_out_minor)]));
}
