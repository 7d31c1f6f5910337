import type { Client } from 'pg';
import { flush, type FlushRows, type FlushStatement } from '../../../../kernel/db/flush';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Allowance } from '../../core/caps/allowance';
import type { CapKind, Counter } from '../../core/caps/cap-use';
import { composed, type Cells, type Recordset } from './recordset';

/** A share as it is stored; its version is what a save is bound to. */
export interface StoredShare extends Allowance {
  readonly partnerId: PartnerId;
  readonly kind: CapKind;
  readonly period: string;
  /** 0: not stored yet. */
  readonly version: bigint;
}

const COLUMNS = 's.shard, s.partner_id, s.kind, s.period, s.cap_limit, s.granted, s.used, s.version';
const SHARES = `${COLUMNS} from unnest($2::uuid[], $3::text[], $4::text[]) as k(partner_id, kind, period)
  join cap_share s on s.programme_id = $1 and s.partner_id = k.partner_id and s.kind = k.kind and s.period = k.period`;

const LOAD = `/* ledger.cap.load */
select ${SHARES}`;

/** One order for all who lock shares or write them, so that two lanes wait for each other and never in a circle. */
const inOrder = (s: string) => `${s}.partner_id, ${s}.kind, ${s}.period, ${s}.shard`;

const LOCK = `/* ledger.cap.lock */
select ${SHARES}
 order by ${inOrder('s')} for no key update of s`;

/** Two lanes that make a counter's first shares at once would each grant the whole limit. */
const LOCK_COUNTERS = sql`/* ledger.cap.lockCounters */
select pg_advisory_xact_lock(hashtextextended(c, 1)) from unnest($1::text[]) as c`;

interface Row {
  shard: number;
  partner_id: string;
  kind: CapKind;
  period: string;
  cap_limit: string;
  granted: string;
  used: string;
  version: string;
}

/**
 * All shares of a programme's counters at one instant: to spend from one's own, whose save is bound to the version read; or locked, when
 * that does not suffice.
 */
export async function loadShares(
  client: Client,
  programmeId: ProgrammeId,
  { counters, locked }: { counters: readonly Counter[]; locked: boolean },
): Promise<StoredShare[]> {
  const programme = uuidOf(programmeId);
  const keys = [
    counters.map(({ partnerId }) => uuidOf(partnerId)),
    counters.map(({ kind }) => kind),
    counters.map(({ period }) => period),
  ];
  const names = counters.map(({ partnerId, kind }) => `${programme}:${partnerId}:${kind}`).sort();
  const answers = await flush(
    client,
    locked
      ? [
          { name: 'ledger.cap.lockCounters', text: LOCK_COUNTERS, values: [names] },
          { name: 'ledger.cap.lock', text: LOCK, values: [programme, ...keys] },
        ]
      : [{ name: 'ledger.cap.load', text: LOAD, values: [programme, ...keys] }],
  );
  return sharesFrom(answers.at(-1) ?? []);
}

function sharesFrom(rows: FlushRows): StoredShare[] {
  return (rows as readonly Row[]).map((row) => ({
    shard: row.shard,
    partnerId: idFromUuid('ptr', row.partner_id),
    kind: row.kind,
    period: row.period,
    limit: BigInt(row.cap_limit),
    granted: BigInt(row.granted),
    used: BigInt(row.used),
    version: BigInt(row.version),
  }));
}

const SHARE = {
  programme_id: 'uuid',
  shard: 'smallint',
  partner_id: 'uuid',
  kind: 'text',
  period: 'text',
  cap_limit: 'bigint',
  granted: 'bigint',
  used: 'bigint',
  version: 'bigint',
} as const;

const SAVED: Recordset = {
  columns: SHARE,
  statement: (r) => `/* ledger.cap.upsertShares */
  insert into cap_share as s (programme_id, shard, partner_id, kind, period, cap_limit, granted, used)
  select programme_id, shard, partner_id, kind, period, cap_limit, granted, used from ${r} as r
   order by ${inOrder('r')}
  on conflict (programme_id, shard, partner_id, kind, period) do update
    set cap_limit = excluded.cap_limit, granted = excluded.granted, used = excluded.used, version = s.version + 1
    where s.version = (select r.version from ${r} as r where r.shard = s.shard and r.partner_id = s.partner_id
      and r.kind = s.kind and r.period = s.period and r.programme_id = s.programme_id)
  returning 1`,
};

/** A share somebody else changed since it was read undoes the batch, as a serialization failure; it is decided anew. */
export function saveShares(rows: readonly Cells[]): FlushStatement | null {
  const isKept = 'refuse_stale_share((select count(*) from w0) = (select count(*) from r0))';
  return composed('ledger.cap.saveShares', [{ recordset: SAVED, rows }], isKept);
}

/** A share as its row holds it. */
export function shareRow(programmeId: ProgrammeId, share: StoredShare): Cells {
  const { shard, kind, period, limit, granted, used, version } = share;
  return [uuidOf(programmeId), shard, uuidOf(share.partnerId), kind, period, limit, granted, used, version];
}
