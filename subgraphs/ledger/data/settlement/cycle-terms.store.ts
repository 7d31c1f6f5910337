import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import type { LockedRate } from '../../core/settlement/conversion';
import { queryRows } from './query-rows';

/** What a cycle is settled by, locked at its cut-off. */
export interface CutOffTerms {
  readonly rates: readonly LockedRate[];
  /** Payments below so many minor units are left for the next cycle. */
  readonly payFromMinor: bigint;
}

/** Terms as a proposal keeps them. */
export function termsText({ rates, payFromMinor }: CutOffTerms): string {
  return JSON.stringify({ rates, payFromMinor: payFromMinor.toString() });
}

export function termsFrom(stored: unknown): CutOffTerms {
  const { rates, payFromMinor } = stored as { rates: LockedRate[]; payFromMinor: string };
  return { rates, payFromMinor: BigInt(payFromMinor) };
}

const SAVE_RATES = sql`/* ledger.cutOff.saveRates */
insert into settlement_rate (cycle_id, partner_id, currency, rate, source, rate_id)
select $1, partner_id, currency, rate, source, rate_id
  from json_to_recordset($2::json) as r(partner_id uuid, currency text, rate text, source text, rate_id text)`;

/** Locks the rates of a cycle. */
export async function saveRates(tx: Tx, cycleId: string, rates: readonly LockedRate[]): Promise<void> {
  const rows = rates.flatMap(({ partnerIds, currency, rate, source, rateId }) =>
    partnerIds.map((partner) => ({ partner_id: uuidOf(partner), currency, rate, source, rate_id: rateId })),
  );
  await tx.query(SAVE_RATES, [uuidOf(cycleId as Id<'cyc'>), JSON.stringify(rows)]);
}

const LOAD_RATES = sql`/* ledger.settlementCycle.loadRates */
select cycle_id, currency, rate, source, rate_id, array_agg(partner_id::text order by partner_id) as partner_ids
  from settlement_rate where cycle_id = any($1::uuid[])
 group by cycle_id, currency, rate, source, rate_id order by cycle_id, currency, rate`;

/** Locked rates of cycles. */
export async function loadRates(
  db: Tx | Pool,
  cycleIds: readonly string[],
): Promise<(LockedRate & { cycleId: string })[]> {
  const rows = await queryRows<{
    cycle_id: string;
    currency: CurrencyCode;
    rate: string;
    source: string;
    rate_id: string;
    partner_ids: string[];
  }>(db, LOAD_RATES, [cycleIds.map((id) => uuidOf(id as Id<'cyc'>))]);
  return rows.map(({ cycle_id, currency, rate, source, rate_id, partner_ids }) => ({
    ...{ cycleId: idFromUuid('cyc', cycle_id), currency, rate, source, rateId: rate_id },
    partnerIds: partner_ids.map((uuid) => idFromUuid('ptr', uuid)),
  }));
}

const AGREE = sql`/* ledger.agreeStatement.save */
insert into statement_agreement (cycle_id, partner_id, version, agreed_by, agreed_at) values ($1, $2, $3, $4, $5)
on conflict (cycle_id, partner_id) do update
  set version = excluded.version, agreed_by = excluded.agreed_by, agreed_at = excluded.agreed_at`;

/** Keeps that a partner agrees to a cycle's figures of a version. */
export async function saveAgreement(
  tx: Tx,
  cycleId: string,
  one: { partnerId: PartnerId; version: bigint; agreedBy: string; agreedAt: Date },
): Promise<void> {
  const { partnerId, version, agreedBy, agreedAt } = one;
  await tx.query(AGREE, [uuidOf(cycleId as Id<'cyc'>), uuidOf(partnerId), version.toString(), agreedBy, agreedAt]);
}

const WHO_HAS_NOT_AGREED = sql`/* ledger.settlementStep.whoHasNotAgreed */
select p.partner_id
  from (select debtor_id as partner_id from directional_total where cycle_id = $1
        union select creditor_id from directional_total where cycle_id = $1) p
  join settlement_cycle y on y.id = $1
  left join statement_agreement a on a.cycle_id = y.id and a.partner_id = p.partner_id and a.version = y.version
 where p.partner_id is not null and a.partner_id is null
 order by p.partner_id`;

/** Partners of a cycle's totals who have not agreed to its figures as they stand. */
export async function whoHasNotAgreed(db: Tx | Pool, cycleId: string): Promise<PartnerId[]> {
  const rows = await queryRows<{ partner_id: string }>(db, WHO_HAS_NOT_AGREED, [uuidOf(cycleId as Id<'cyc'>)]);
  return rows.map(({ partner_id }) => idFromUuid('ptr', partner_id));
}
