import type { QueryRunner } from 'typeorm';
import type { Database } from './database';
import { JOB_MIGRATION_TABLE, JOB_SCHEMA } from './jobs/names';
import { MIGRATION_TABLE } from './migration-table';

export interface GrantOptions {
  /** The role the application runs as; never the owner. */
  readonly role: string;
  /** The tables it may add rows to, and nothing else. */
  readonly appendOnly: readonly string[];
}

/**
 * Gives the application's role what it needs in this database, and takes from it and from PUBLIC whatever else they hold:
 * CONNECT; USAGE on `public` and on the job queue's schema; SELECT, INSERT, UPDATE and DELETE on tables, SELECT and INSERT
 * alone on append-only ones and on their partitions; SELECT on views, because an updatable view works with its owner's
 * rights, and on the tables that remember migrations; USAGE and SELECT on sequences. On PostgreSQL 17 or newer also MAINTAIN
 * on tables, without which nobody but the owner can ANALYZE; it changes no row. Nothing gives TRUNCATE, TRIGGER, REFERENCES or CREATE.
 *
 * It compares with the catalog first: when nothing changed, it is one query. The caller holds the migration lock, because
 * two who grant on one table at once fail.
 *
 * @param runner as the owner of the database and of all in it
 */
export async function applyGrants(runner: QueryRunner, { role, appendOnly }: GrantOptions): Promise<void> {
  const changes = (await runner.query(DIFFERENCES, [
    role,
    appendOnly,
    ['public', JOB_SCHEMA],
    [`public.${MIGRATION_TABLE}`, `${JOB_SCHEMA}.${JOB_MIGRATION_TABLE}`],
  ])) as { statement: string }[];
  if (changes.length === 0) return;
  // All or nothing: between a REVOKE and its GRANT a running application would be refused.
  await runner.startTransaction();
  try {
    for (const { statement } of changes) await runner.query(`/* kernel.grants.change */ ${statement}`);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/**
 * $1 role, $2 append-only tables, $3 schemas, $4 the tables that remember migrations. A REVOKE on a table reaches its columns
 * as well, so rights on single columns count as rights on the table.
 */
const DIFFERENCES = `/* kernel.grants.differences */
with schemas as (
  select oid, nspname, nspacl, nspowner from pg_namespace where nspname = any ($3::text[])
), tables as (
  select r.oid, format('%s %I.%I', case r.relkind when 'S' then 'sequence' else 'table' end, s.nspname, r.relname) as target,
         coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner)) as acl,
         case when r.relkind = 'S' then '{SELECT,USAGE}'::text[]
              when r.relkind not in ('r', 'p') or s.nspname || '.' || r.relname = any ($4::text[]) then '{SELECT}'::text[]
              when s.nspname = 'public' and coalesce(root.relname, r.relname) = any ($2::text[])
                then '{INSERT,SELECT}'::text[] || maintain.privileges
              else '{DELETE,INSERT,SELECT,UPDATE}'::text[] || maintain.privileges end as wanted
    from pg_class r join schemas s on s.oid = r.relnamespace left join pg_class root on root.oid = pg_partition_root(r.oid),
         lateral (select case when current_setting('server_version_num')::int >= 170000
                              then '{MAINTAIN}'::text[] else '{}'::text[] end as privileges) as maintain
   where r.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype = 'e')
), targets as (
  select 1 as place, oid, 'database ' || quote_ident(datname) as target,
         coalesce(datacl, acldefault('d', datdba)) as acl, '{CONNECT}'::text[] as wanted
    from pg_database where datname = current_database()
  union all
  select 2, oid, format('schema %I', nspname), coalesce(nspacl, acldefault('n', nspowner)), '{USAGE}' from schemas
  union all
  select 3, oid, target, acl, wanted from tables
), held as (
  select t.oid, a.grantee, a.privilege_type from targets t, aclexplode(t.acl) a
  union
  select c.attrelid, a.grantee, a.privilege_type
    from pg_attribute c join tables t on t.oid = c.attrelid, aclexplode(c.attacl) a
), compared as (
  select t.place, t.target,
         (select string_agg(distinct h.privilege_type, ', ') from held h
           where h.oid = t.oid and h.grantee in (0, app.oid) and h.privilege_type <> all (t.wanted)) as excess,
         (select string_agg(w, ', ' order by w) from unnest(t.wanted) w
           where not exists (select 1 from aclexplode(t.acl) a where a.grantee = app.oid and a.privilege_type = w)) as missing
    from targets t, (select quote_ident($1::text)::regrole::oid as oid) as app
)
select format('revoke %s on %s from public, %I cascade', excess, target, $1::text) as statement, place, target, 1 as step
  from compared where excess is not null
union all
select format('grant %s on %s to %I', missing, target, $1::text), place, target, 2
  from compared where missing is not null
 order by place, target, step`;

/**
 * Refuses a list of append-only tables that does not fit the schema: a table renamed or misspelt would lose its guard
 * without anybody noticing.
 *
 * @throws TypeError naming every table of the list that is not there
 */
export async function assertTablesExist(
  runner: QueryRunner,
  { name, appendOnly }: { name: string; appendOnly: readonly string[] },
): Promise<void> {
  const missing = (await runner.query(
    `/* kernel.grants.missingTables */
     select listed as name from unnest($1::text[]) with ordinality as l (listed, place)
      where not exists (select 1 from pg_class r where r.relnamespace = 'public'::regnamespace
                           and r.relkind in ('r', 'p') and r.relname = listed)
      order by place`,
    [appendOnly],
  )) as { name: string }[];
  if (missing.length === 0) return;
  const names = missing.map((table) => table.name).join(', ');
  throw new TypeError(`migrate: ${name} calls tables append-only that its migrations do not make: ${names}`);
}

/** Why the guard of append-only tables is weaker than it could be, for the role of this connection. */
export interface OpenGuard {
  readonly role: string;
  /** The role is a superuser's, or owns the database or one of its tables: it can take every guard away. */
  readonly ownsTables: boolean;
  /** Append-only tables whose rows the role may change or remove, by name. */
  readonly tables: readonly string[];
}

/** What the role of this connection may do that an application should not be able to; null when there is nothing. */
export async function findOpenGuard(database: Database): Promise<OpenGuard | null> {
  const { rows } = await database.pool.query<OpenGuard>(
    `/* kernel.grants.findOpenGuard */
     select current_user as role,
            exists (select 1 from pg_database where datname = current_database() and pg_has_role(datdba, 'MEMBER'))
            or exists (select 1 from pg_class r where r.relnamespace = 'public'::regnamespace
                          and pg_has_role(r.relowner, 'MEMBER')) as "ownsTables",
            array(select r.relname::text from pg_class r
                   where r.relnamespace = 'public'::regnamespace and r.relname = any ($1::text[])
                     and (has_table_privilege(r.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
                          or has_any_column_privilege(r.oid, 'UPDATE'))
                   order by r.relname) as tables`,
    [database.appendOnly],
  );
  const [found] = rows;
  return found !== undefined && (found.ownsTables || found.tables.length > 0) ? found : null;
}
