import type { Database } from '../database';

/** Whether a database's role can follow what is committed there, and how those who do are faring. */
export interface ReplicationStanding {
  /** `wal_level` of the server; the change stream needs `logical`. */
  readonly walLevel: string;
  /** The role has REPLICATION, or is a superuser. */
  readonly mayReplicate: boolean;
  /** The most the log may be kept for a slot, in bytes; null when there is no limit. */
  readonly keptAtMostBytes: bigint | null;
  /** Slots left on the whole server. */
  readonly slotsFree: number;
  /** The slots of this database. */
  readonly slots: readonly ReplicationSlot[];
}

export interface ReplicationSlot {
  readonly name: string;
  readonly isTemporary: boolean;
  readonly isActive: boolean;
  /** The server dropped log the slot needed, or is about to. */
  readonly isLost: boolean;
  /** How much log is kept for it, in bytes. */
  readonly keptBytes: bigint;
}

const EXAMINE = `/* kernel.changeStream.standing */
select current_setting('wal_level') as "walLevel",
       (select rolreplication or rolsuper from pg_roles where rolname = current_user) as "mayReplicate",
       (select setting::bigint * 1024 * 1024 from pg_settings where name = 'max_slot_wal_keep_size' and setting <> '-1')::text as kept,
       current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots)::int as "slotsFree",
       (select coalesce(json_agg(s order by s.name), '[]') from (
          select slot_name as name, temporary as "isTemporary", active as "isActive",
                 coalesce(wal_status in ('lost', 'unreserved'), false) as "isLost",
                 coalesce(pg_current_wal_lsn() - restart_lsn, 0)::text as kept
            from pg_replication_slots where database = current_database()) s) as slots`;

interface Row extends Omit<ReplicationStanding, 'keptAtMostBytes' | 'slots'> {
  readonly kept: string | null;
  readonly slots: (Omit<ReplicationSlot, 'keptBytes'> & { readonly kept: string })[];
}

/** Looks at the server's settings and at the slots of this database; any role may. */
export async function examineReplication(database: Pick<Database, 'pool'>): Promise<ReplicationStanding> {
  const { rows } = await database.pool.query<Row>(EXAMINE);
  const [row] = rows;
  if (row === undefined) throw new Error('examineReplication: no answer');
  const { walLevel, mayReplicate, slotsFree } = row;
  return {
    walLevel,
    mayReplicate,
    slotsFree,
    keptAtMostBytes: row.kept === null ? null : BigInt(row.kept),
    slots: row.slots.map(({ name, isTemporary, isActive, isLost, kept }) => ({
      name,
      isTemporary,
      isActive,
      isLost,
      keptBytes: BigInt(kept),
    })),
  };
}
