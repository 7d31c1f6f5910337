import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
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
       n.pay_amount_minor, n.rate, r.source, r.rate_id, n.fx_difference_micros, coalesce(o.carry_out_minor, 0) as left_minor,
       coalesce(w.minor, 0) as from_deposit_minor,
       coalesce((select json_agg(json_build_object('default', d.id, 'partner', d.partner_id, 'minor', s.minor::text) order by d.id)
                   from partner_default d join default_share s on s.default_id = d.id
                  where d.posted_cycle_id = n.cycle_id and s.party_id = n.party_id), '[]') as loss_shares
  from net_position n
  join settlement_cycle c on c.id = n.cycle_id
  left join settlement_rate r on r.cycle_id = n.cycle_id and r.partner_id = n.party_id
  left join settlement_cycle b on b.programme_id = c.programme_id and b.number = c.number - 1
  left join net_position o on o.cycle_id = b.id and o.party_id = n.party_id
  left join run_off_draw w on w.cycle_id = n.cycle_id and w.partner_id = n.party_id
 where c.programme_id = $1 and n.cycle_id = $2 order by n.party_id nulls last`;

interface NetRow {
  party_id: string | null;
  pay_currency: string;
  net_minor: string;
  carry_in_minor: string;
  carry_out_minor: string;
  pay_minor: string;
  pay_amount_minor: string;
  rate: string | null;
  source: string | null;
  rate_id: string | null;
  fx_difference_micros: string;
  left_minor: string;
  from_deposit_minor: string;
  loss_shares: { default: string; partner: string; minor: string }[];
}

/** Net positions of a cycle with what they are made of, the operator's last; empty before NETTED. */
export async function loadPackagedNets(
  pool: Pool,
  programmeId: ProgrammeId,
  cycleId: Id<'cyc'>,
): Promise<PackagedNet[]> {
  const { rows } = await pool.query<NetRow>(NETS, [uuidOf(programmeId), uuidOf(cycleId)]);
  return rows.map((row) => ({
    partyId: partyFrom(row.party_id),
    netMinor: BigInt(row.net_minor),
    carryInMinor: BigInt(row.carry_in_minor),
    carryOutMinor: BigInt(row.carry_out_minor),
    payMinor: BigInt(row.pay_minor),
    payCurrency: row.pay_currency,
    payAmountMinor: BigInt(row.pay_amount_minor),
    rate: row.rate,
    rateSource: row.source,
    rateId: row.rate_id,
    fxDifferenceMicros: BigInt(row.fx_difference_micros),
    carryInParts: {
      leftMinor: BigInt(row.left_minor),
      fromDepositMinor: BigInt(row.from_deposit_minor),
      lossShares: row.loss_shares.map((share) => ({
        ...{ defaultId: idFromUuid('dft', share.default), partnerId: idFromUuid('ptr', share.partner) },
        borneMinor: BigInt(share.minor),
      })),
    },
  }));
}
