import type { QueryRunner } from 'typeorm';
import { DatabaseFault } from './database-fault';
import { MIGRATION_TABLE } from './migration-table';
import { TENANT_SETTING, tenantRoleOf } from './tenant-views';

/** A row of a table is of the programme that a row of another is of. */
export interface Through {
  /** The other table: what a programme reaches of it decides what it reaches of this one. */
  readonly table: string;
  /** Columns of this table, each with the one of the other that it must equal. */
  readonly by: Readonly<Record<string, string>>;
}

/** How the rows of a database are kept apart by programme. Every table with a `programme_id` is, without being named. */
export interface Tenancy {
  /** Tables of programmes themselves: their `id` says whose a row is. */
  readonly programmes: readonly string[];
  /** Tables that requests of one programme never reach, each with the reason; the tenant role has no right on them. */
  readonly withheld: Readonly<Record<string, string>>;
  /** Tables whose oldest rows do not say whose they are (null) and stay within everybody's reach. */
  readonly unmarked: readonly string[];
  /** Tables without a `programme_id` whose rows belong to rows of others. */
  readonly through?: Readonly<Record<string, Through>>;
  /** Tables whose rows are nobody's, each with the reason: requests of every programme read them all and write none. */
  readonly common?: Readonly<Record<string, string>>;
}

/** Of the tables that every subgraph has, outbox and idempotency keys and the places of a reader of feeds. */
export const USUAL_TENANCY: Tenancy = {
  programmes: [],
  withheld: { inbox_cursor: 'places in the feeds of other subgraphs, which carry every programme' },
  // Written before they said whose; each is found by its caller, who is of one programme.
  unmarked: ['command_key'],
};

export interface TenancyOptions extends Tenancy {
  readonly name: string;
  /** The role the application runs as, perhaps the owner itself. */
  readonly applicationRole: string;
  readonly appendOnly: readonly string[];
}

/**
 * Puts FORCE ROW LEVEL SECURITY and two policies on every table of `public` that holds rows of programmes: the owner and the
 * application reach all rows, the tenant role those of the programme its connection is set to, and none while it is set to none.
 * Gives the tenant role the rights on those tables that the application has, and none on the others.
 *
 * It compares with the catalog first: when nothing changed, it is one query. The caller holds the migration lock.
 *
 * @param runner as the owner of the database
 * @throws DatabaseFault HUB_DATABASE_TENANT_ROLE_MISSING
 */
export async function applyTenancy(runner: QueryRunner, options: TenancyOptions): Promise<void> {
  const { applicationRole, appendOnly, programmes, withheld, unmarked, through = {}, common = {} } = options;
  const role = tenantRoleOf(applicationRole);
  await assertTenantRole(runner, role, options);
  const changes = (await runner.query(DIFFERENCES, [
    applicationRole,
    role,
    appendOnly,
    programmes,
    [...Object.keys(withheld), MIGRATION_TABLE],
    unmarked,
    JSON.stringify(Object.entries(through).map(([name, how]) => ruleThrough(name, how))),
    Object.keys(common),
  ])) as { statement: string }[];
  if (changes.length === 0) return;
  await runner.startTransaction();
  try {
    for (const { statement } of changes) await runner.query(`/* kernel.tenancy.change */ ${statement}`);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function assertTenantRole(runner: QueryRunner, role: string, options: TenancyOptions): Promise<void> {
  const { name, applicationRole } = options;
  const [found] = (await runner.query(
    `/* kernel.tenancy.role */
     select coalesce((select pg_has_role($1::name, oid, 'MEMBER') from pg_roles where rolname = $2), false) as fits`,
    [applicationRole, role],
  )) as { fits: boolean }[];
  if (found?.fits) return;
  throw new DatabaseFault(
    'HUB_DATABASE_TENANT_ROLE_MISSING',
    `The database of ${name} needs a role ${role} that ${applicationRole} is a member of: run hub migrate --provision, ` +
      `or as an administrator: create role "${role}" nologin; grant "${role}" to "${applicationRole}"`,
  );
}

/**
 * Refuses a table that nobody has decided about, a decision about a table that is not there, and a view that shows its reader
 * what its owner reaches.
 *
 * @throws TypeError naming them all
 */
export async function assertTenancyComplete(
  runner: QueryRunner,
  { name, programmes, withheld, unmarked, through = {}, common = {} }: Tenancy & { readonly name: string },
): Promise<void> {
  const named = [...Object.keys(withheld), ...Object.keys(through), ...Object.keys(common)];
  const open = (await runner.query(
    `/* kernel.tenancy.undecided */
     with tables as (${TABLES})
     select relname::text as name from tables t where "column" is null and relname <> all ($2::text[])
     union all
     select listed from unnest($1::text[] || $3::text[]) as listed where listed not in (select relname from tables)
     union all
     select relname from (${VIEWS}) v where not "isItsReaders"
     order by 1`,
    [programmes, [...named, MIGRATION_TABLE], [...named, ...unmarked]],
  )) as { name: string }[];
  if (open.length === 0) return;
  throw new TypeError(
    `migrate: ${name} does not say how these tables are kept apart by programme: ${open.map((table) => table.name).join(', ')}`,
  );
}

/** $1: tables of programmes. Partitions are reached through their parents only. */
const TABLES = `
  select r.oid, r.relname, r.relrowsecurity, r.relforcerowsecurity, r.relacl,
         case when r.relname = any ($1::text[]) then 'id'
              else c.attname::text end as "column", c.atttypid as "type"
    from pg_class r
    left join pg_attribute c on c.attrelid = r.oid and not c.attisdropped
                            and c.attname = case when r.relname = any ($1::text[]) then 'id' else 'programme_id' end
   where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p') and not r.relispartition`;

/** Whether a view reaches what its reader does, or what its owner does; one that is materialised keeps what its owner saw. */
const VIEWS = `
  select r.oid, r.relname, r.relacl,
         r.relkind = 'v' and coalesce((select bool_or(option_value::boolean) from pg_options_to_table(r.reloptions)
                                        where option_name = 'security_invoker'), false) as "isItsReaders"
    from pg_class r
   where r.relnamespace = 'public'::regnamespace and r.relkind in ('v', 'm')
     and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype = 'e')`;

/** As PostgreSQL writes conditions back, because what stands is compared with what should. */
const ITS_PROGRAMME = `NULLIF(current_setting(''${TENANT_SETTING}''::text, true), ''''::text)`;
/** Where ids are stored as UUIDs: what follows the prefix of the programme's. */
const ITS_UUID = `(substr(${ITS_PROGRAMME}, 5))::uuid`;

/** By one column: those of the few rows a programme has of the other table. By several: each is looked up, or all are hashed. */
function ruleThrough(name: string, { table, by }: Through): { name: string; rule: string; needs: string[][] } {
  const pairs = Object.entries(by);
  const needs = pairs.flatMap(([column, other]) => [
    [name, column],
    [table, other],
  ]);
  const [only] = pairs;
  if (pairs.length === 1 && only !== undefined)
    return { name, needs, rule: `(${only[0]} IN ( SELECT ${table}.${only[1]}\n   FROM ${table}))` };
  const equal = pairs.map(([column, other]) => `(${table}.${other} = ${name}.${column})`).join(' AND ');
  return { name, needs, rule: `(EXISTS ( SELECT 1\n   FROM ${table}\n  WHERE (${equal})))` };
}

/**
 * $1 application, $2 tenant role, $3 append-only tables, $4 tables of programmes, $5 tables withheld, $6 tables with unmarked rows,
 * $7 tables through others with their rules, $8 common tables.
 */
const DIFFERENCES = `/* kernel.tenancy.differences */
with tables as (${TABLES.replaceAll('$1', '$4')}), roles as (
  select array_agg(distinct oid order by oid) as work,
         (select oid from pg_roles where rolname = $2) as tenant,
         string_agg(distinct quote_ident(rolname), ', ') as names
    from pg_roles where rolname in ($1, current_user)
), guarded as (
  select t.*, case when "column" is null then coalesce(o.rule, 'true')
                   when relname = any ($6::text[]) then format('((%1$I = %2$s) OR (%1$I IS NULL))', "column", mine)
                   else format('(%1$I = %2$s)', "column", mine) end as rule,
         case when relname = any ($8::text[]) then '{SELECT}'::text[]
              when relname = any ($3::text[]) then '{INSERT,SELECT}'::text[]
              else '{DELETE,INSERT,SELECT,UPDATE}'::text[] end as wanted
    from tables t
    -- Before the migrations a column may not be there yet.
    left join json_to_recordset($7::json) as o(name text, rule text, needs json) on o.name = relname and not exists (
      select from json_array_elements(o.needs) n
       where not exists (select from pg_attribute a where a.attrelid = to_regclass('public.' || (n ->> 0)) and a.attname = n ->> 1))
   cross join lateral (select case "type" when 'uuid'::regtype then '${ITS_UUID}' else '${ITS_PROGRAMME}' end as mine) m
   where ("column" is not null or o.rule is not null or relname = any ($8::text[])) and relname <> all ($5::text[])
), readable as (
  select oid, relname, relacl, wanted from guarded
  union all
  select oid, relname, relacl, '{SELECT}' from (${VIEWS}) v where "isItsReaders"
), policies as (
  select g.relname, n.policy, n.rule, n.names,
         exists (select 1 from pg_policy p
                  where p.polrelid = g.oid and p.polname = n.policy and p.polpermissive and p.polcmd = '*'
                    and (select array_agg(r order by r) from unnest(p.polroles) r) = n.roles
                    and pg_get_expr(p.polqual, p.polrelid) = n.rule and pg_get_expr(p.polwithcheck, p.polrelid) = n.rule) as stands
    from guarded g, roles,
         lateral (values ('hub_work', 'true', names, work), ('hub_tenant', g.rule, quote_ident($2), array[tenant]))
           as n (policy, rule, names, roles)
)
select format('grant usage on schema public to %I', $2::text) as statement, '' as place, 0 as step
 where not has_schema_privilege($2::name, 'public', 'USAGE')
union all
select format('alter table public.%I enable row level security, force row level security', relname), relname, 1
  from guarded where not (relrowsecurity and relforcerowsecurity)
union all
select format('drop policy if exists %I on public.%I', policy, relname), relname, 2 from policies where not stands
union all
-- Policies add to each other: one more of somebody's would open what these two close.
select format('drop policy %I on public.%I', p.polname, t.relname), t.relname, 2
  from pg_policy p join tables t on t.oid = p.polrelid where p.polname not in ('hub_work', 'hub_tenant')
union all
select format('create policy %I on public.%I to %s using (%s) with check (%s)', policy, relname, names, rule, rule), relname, 3
  from policies where not stands
union all
select format('grant %s on public.%I to %I', array_to_string(wanted, ', '), relname, $2::text), relname, 5
  from readable where exists (select 1 from unnest(wanted) w where not has_table_privilege($2::name, oid, w))
union all
select format('revoke all on public.%I from %I', t.relname, $2::text), t.relname, 4
  from (select oid, relname, relacl from tables union all select oid, relname, relacl from (${VIEWS}) v) t
  left join readable g using (oid)
 where exists (select 1 from aclexplode(t.relacl) a, roles
                where a.grantee = tenant and a.privilege_type <> all (coalesce(g.wanted, '{}')))
 order by place, step`;
