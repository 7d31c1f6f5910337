import type { Client } from 'pg';
import { Asking, flush, type Answers, type FlushStatement } from '../../../../kernel/db/flush';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Allowance } from '../../core/caps/allowance';
import type { CapKind, Counter } from '../../core/caps/cap-use';
import type { Cells } from './cells';
import { composed, type Recordset } from './recordset';
import type { RowTypes } from './row-types';

/** A share as it is stored; its version is what a save is bound to. */
export interface StoredShare extends Allowance {
  readonly partnerId: PartnerId;
  readonly kind: CapKind;
  readonly period: string;
  /** 0: not stored yet. */
  readonly version: bigint;
}

const COLUMNS = 's.programme_id, s.shard, s.partner_id, s.kind, s.period, s.cap_limit, s.granted, s.used, s.version';
const SHARES = `${COLUMNS} from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as k(programme_id, partner_id, kind, period)
  join cap_share s
    on s.programme_id = k.programme_id and s.partner_id = k.partner_id and s.kind = k.kind and s.period = k.period`;

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
  programme_id: string;
  shard: number;
  partner_id: string;
  kind: CapKind;
  period: string;
  cap_limit: string;
  granted: string;
  used: string;
  version: string;
}

/** Counters of one programme whose shares are asked for. */
export interface SharesRequest {
  readonly programmeId: ProgrammeId;
  readonly counters: readonly Counter[];
}

/** Shares as they were at one instant, by their programme; none of a programme that has none stored. */
export type LoadedShares = ReadonlyMap<ProgrammeId, readonly StoredShare[]>;

/**
 * Adds to a flush all shares of these counters, to spend from one's own: a save is bound to the version read.
 *
 * @returns what finds them in its answers
 */
export function askShares(asking: Asking, asked: readonly SharesRequest[]): (answers: Answers) => LoadedShares {
  const isNone = asked.every(({ counters }) => counters.length === 0);
  const rows = asking.add<Row>(isNone ? null : { name: 'ledger.cap.load', text: LOAD, values: keysOf(asked) });
  return (answers) => sharesFrom(rows(answers));
}

/** All shares of a programme's counters at one instant; locked, where a lane's own do not suffice. */
export async function loadShares(
  client: Client,
  { locked, ...request }: SharesRequest & { locked: boolean },
): Promise<readonly StoredShare[]> {
  const asking = new Asking();
  const found = locked ? askLocked(asking, request) : askShares(asking, [request]);
  return found(await flush(client, asking.statements)).get(request.programmeId) ?? [];
}

function askLocked(asking: Asking, request: SharesRequest): (answers: Answers) => LoadedShares {
  const { programmeId, counters } = request;
  const names = counters.map(({ partnerId, kind }) => `${uuidOf(programmeId)}:${partnerId}:${kind}`).sort();
  asking.add({ name: 'ledger.cap.lockCounters', text: LOCK_COUNTERS, values: [names] });
  const rows = asking.add<Row>({ name: 'ledger.cap.lock', text: LOCK, values: keysOf([request]) });
  return (answers) => sharesFrom(rows(answers));
}

/** Counters as the arrays `unnest` wants. */
function keysOf(asked: readonly SharesRequest[]): string[][] {
  const keys: [string[], string[], string[], string[]] = [[], [], [], []];
  for (const { programmeId, counters } of asked) {
    for (const { partnerId, kind, period } of counters) {
      keys[0].push(uuidOf(programmeId));
      keys[1].push(uuidOf(partnerId));
      keys[2].push(kind);
      keys[3].push(period);
    }
  }
  return keys;
}

function sharesFrom(rows: readonly Row[]): LoadedShares {
  const shares = new Map<ProgrammeId, StoredShare[]>();
  for (const row of rows) {
    const programmeId = idFromUuid('prg', row.programme_id);
    const of = shares.get(programmeId) ?? [];
    shares.set(programmeId, of);
    of.push({
      shard: row.shard,
      partnerId: idFromUuid('ptr', row.partner_id),
      kind: row.kind,
      period: row.period,
      limit: BigInt(row.cap_limit),
      granted: BigInt(row.granted),
      used: BigInt(row.used),
      version: BigInt(row.version),
    });
  }
  return shares;
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

export const SAVED_SHARES: Recordset = {
  table: 'cap_share',
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
export function saveShares(types: RowTypes, rows: readonly Cells[]): FlushStatement | null {
  const isKept = 'refuse_stale_share((select count(*) from w0) = (select count(*) from r0))';
  return composed({ use: 'ledger.cap.saveShares', types, answer: isKept }, [{ recordset: SAVED_SHARES, rows }]);
}

/** A share as its row holds it. */
export function shareRow(programmeId: ProgrammeId, share: StoredShare): Cells {
  const { shard, kind, period, limit, granted, used, version } = share;
  return [uuidOf(programmeId), shard, uuidOf(share.partnerId), kind, period, limit, granted, used, version];
}
