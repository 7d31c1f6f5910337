import { createHash } from 'node:crypto';
import type { Client, Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf } from '../../../../kernel/values/id';
import type { LotTerms } from '../../core/points/lot';
import type { SettlementModel } from '../../core/rule-book';
import type { PassedRule } from '../../core/rules/explanation';
import type { Cells } from './cells';

const LOAD_TERMS = sql`/* ledger.lotTerms.load */
select id, settlement_model, contract_version, issuance_micros, reserve_micros, fee_micros, prefund_bps, breakage_share_bps,
       funding
  from lot_terms where id = any($1::uuid[])`;

interface Row {
  id: string;
  settlement_model: SettlementModel;
  contract_version: number;
  issuance_micros: string;
  reserve_micros: string;
  fee_micros: string;
  prefund_bps: number;
  breakage_share_bps: number;
  funding: { party: string | null; bps: number }[];
}

/** The most terms kept in memory; a programme has a few for each version of a contract. */
const KEPT_MAX = 10_000;

/**
 * Terms by their id, kept because they never change: thousands of lots share one row, as thousands of purchases share a list of
 * rules that gave nothing. One shelf per process serves every
 * programme; what it holds has been read from the database, or committed to it.
 */
export class TermsShelf {
  /** Lists of rules that gave nothing, by the very list, that were committed. */
  readonly passed = new WeakSet<readonly PassedRule[]>();
  private readonly kept = new Map<string, LotTerms>();

  /** Terms by id; all of them must exist. */
  async load(connection: Client | Pool, ids: readonly string[]): Promise<ReadonlyMap<string, LotTerms>> {
    const missing = [...new Set(ids)].filter((id) => !this.kept.has(id));
    if (missing.length > 0) {
      const { rows } = await connection.query<Row>({ name: 'loadTerms', text: LOAD_TERMS, values: [missing] });
      for (const row of rows) this.keep(row.id, termsFrom(row));
    }
    return this.kept;
  }

  /** Whether the terms are known to be in the database. */
  isKept(id: string): boolean {
    return this.kept.has(id);
  }

  /** Remembers terms that were committed. */
  keep(id: string, terms: LotTerms): void {
    if (this.kept.size >= KEPT_MAX) this.kept.clear();
    this.kept.set(id, terms);
  }
}

const PAGE_TERMS = sql`/* ledger.lotTerms.page */
select id, settlement_model, contract_version, issuance_micros, reserve_micros, fee_micros, prefund_bps, breakage_share_bps,
       funding
  from lot_terms where id > $1 order by id limit 1000`;

/** Ids of terms whose content is no longer what the id is the hash of: lots are paid for by such a row. */
export async function findChangedTerms(connection: Pick<Client, 'query'>): Promise<string[]> {
  const changed: string[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await connection.query<Row>(PAGE_TERMS, [after]);
    const last = rows.at(-1);
    if (last === undefined) return changed;
    changed.push(...rows.filter((row) => termsId(termsFrom(row)) !== row.id).map(({ id }) => id));
    after = last.id;
  }
}

function termsFrom(row: Row): LotTerms {
  return {
    settlementModel: row.settlement_model,
    contractVersion: row.contract_version,
    issuanceMicros: BigInt(row.issuance_micros),
    reserveMicros: BigInt(row.reserve_micros),
    feeMicros: BigInt(row.fee_micros),
    prefundBps: row.prefund_bps,
    breakageShareBps: row.breakage_share_bps,
    funding: row.funding.map(({ party, bps }) => ({ partyId: party === null ? null : idFromUuid('ptr', party), bps })),
  };
}

/** Ids by the very object: rules hand the same terms on from lot to lot. */
const ids = new WeakMap<LotTerms, string>();

/** The id of terms: a UUID made of their hash, so that equal terms are one row whoever writes them. */
export function termsId(terms: LotTerms): string {
  const known = ids.get(terms);
  if (known !== undefined) return known;
  const hex = createHash('sha256')
    .update(JSON.stringify(contentOf(terms)))
    .digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  ids.set(terms, id);
  return id;
}

/** What the id of terms is the hash of. */
function contentOf(terms: LotTerms): unknown[] {
  return [
    terms.settlementModel,
    terms.contractVersion,
    terms.issuanceMicros.toString(),
    terms.reserveMicros.toString(),
    terms.feeMicros.toString(),
    terms.prefundBps,
    terms.breakageShareBps,
    fundingOf(terms),
  ];
}

function fundingOf({ funding }: LotTerms): { party: string | null; bps: number }[] {
  return funding.map(({ partyId, bps }) => ({ party: partyId === null ? null : uuidOf(partyId), bps }));
}

/** Terms as their row holds them. */
export function termsRow(id: string, terms: LotTerms): Cells {
  return [
    id,
    terms.settlementModel,
    terms.contractVersion,
    terms.issuanceMicros,
    terms.reserveMicros,
    terms.feeMicros,
    terms.prefundBps,
    terms.breakageShareBps,
    JSON.stringify(fundingOf(terms)),
  ];
}
