import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { PackagedNet, PackagedTotal } from '../../core/closing-package/package-record';
import type { Party } from '../../core/points/lot';

/** A package as it was signed. */
export interface SignedHead {
  readonly head: string;
  readonly signature: string;
  readonly keyId: string;
  readonly publicKey: string;
}

const FIND = sql`/* ledger.closingPackage.find */
select p.head, p.signature, p.key_id, p.public_key
  from closing_package p join settlement_cycle c on c.id = p.cycle_id where c.programme_id = $1 and p.cycle_id = $2`;

/** The package of a cycle; null when it was never asked for. */
export async function findSignedHead(
  pool: Pool,
  programmeId: ProgrammeId,
  cycleId: Id<'cyc'>,
): Promise<SignedHead | null> {
  const { rows } = await pool.query<{ head: string; signature: string; key_id: string; public_key: string }>(FIND, [
    uuidOf(programmeId),
    uuidOf(cycleId),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  return { head: row.head, signature: row.signature, keyId: row.key_id, publicKey: row.public_key };
}

const SAVE = sql`/* ledger.closingPackage.save */
insert into closing_package (cycle_id, head, signature, key_id, public_key) values ($1, $2, $3, $4, $5)
on conflict (cycle_id) do nothing`;

/** Keeps a package; one that is there stays. */
export async function saveSignedHead(pool: Pool, cycleId: Id<'cyc'>, signed: SignedHead): Promise<void> {
  const { head, signature, keyId, publicKey } = signed;
  await pool.query(SAVE, [uuidOf(cycleId), head, signature, keyId, publicKey]);
}

const TOTALS = sql`/* ledger.closingPackage.totals */
select d.pair, d.debtor_id, d.creditor_id, d.exact_micros, d.suspense_micros, d.carry_in_micros, d.billed_minor, d.carry_micros
  from directional_total d join settlement_cycle c on c.id = d.cycle_id
 where c.programme_id = $1 and d.cycle_id = $2 order by d.debtor_id nulls last, d.creditor_id nulls last`;

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));

/** Totals of a cycle in the order of their parties, the operator last. */
export async function loadPackagedTotals(
  pool: Pool,
  programmeId: ProgrammeId,
  cycleId: Id<'cyc'>,
): Promise<PackagedTotal[]> {
  const { rows } = await pool.query<Record<string, string | number | null>>(TOTALS, [
    uuidOf(programmeId),
    uuidOf(cycleId),
  ]);
  return rows.map((row) => ({
    pair: Number(row.pair),
    debtorId: partyFrom(row.debtor_id as string | null),
    creditorId: partyFrom(row.creditor_id as string | null),
    exactMicros: BigInt(row.exact_micros as string),
    suspenseMicros: BigInt(row.suspense_micros as string),
    carryInMicros: BigInt(row.carry_in_micros as string),
    billedMinor: BigInt(row.billed_minor as string),
    carryMicros: BigInt(row.carry_micros as string),
  }));
}

const NETS = sql`/* ledger.closingPackage.nets */
select n.party_id, n.net_minor, n.carry_in_minor, n.carry_out_minor, n.pay_minor, coalesce(n.pay_currency, c.currency) as pay_currency,
       n.pay_amount_minor, n.rate, r.source, r.rate_id, n.fx_difference_micros
  from net_position n
  join settlement_cycle c on c.id = n.cycle_id
  left join settlement_rate r on r.cycle_id = n.cycle_id and r.partner_id = n.party_id
 where c.programme_id = $1 and n.cycle_id = $2 order by n.party_id nulls last`;

/** Net positions of a cycle, the operator's last. */
export async function loadPackagedNets(
  pool: Pool,
  programmeId: ProgrammeId,
  cycleId: Id<'cyc'>,
): Promise<PackagedNet[]> {
  const { rows } = await pool.query<Record<string, string | null>>(NETS, [uuidOf(programmeId), uuidOf(cycleId)]);
  const minor = (text: string | null | undefined) => BigInt(text ?? 0);
  return rows.map((row) => ({
    partyId: partyFrom(row.party_id ?? null) as PartnerId | null,
    netMinor: minor(row.net_minor),
    carryInMinor: minor(row.carry_in_minor),
    carryOutMinor: minor(row.carry_out_minor),
    payMinor: minor(row.pay_minor),
    payCurrency: row.pay_currency ?? '',
    payAmountMinor: minor(row.pay_amount_minor),
    rate: row.rate ?? null,
    rateSource: row.source ?? null,
    rateId: row.rate_id ?? null,
    fxDifferenceMicros: minor(row.fx_difference_micros),
  }));
}
