import { Pool, type PoolClient } from 'pg';

/** A table of a book that holds rows of members. */
interface MemberTable {
  readonly name: string;
  /** The column with the member's UUID. */
  readonly member: 'wallet' | 'member_id';
  readonly columns: readonly string[];
  readonly hasSeq: boolean;
}

/**
 * Makes a book many times as large, set by set on the server: every member gets copies under ids of their own, with the whole
 * journal, lots, documents and claims. What the use cases posted stays what it is, and its copies differ from it only where a
 * row must be unique: a copy's documents and commands are named by random hashes, and its chain is that of its model.
 *
 * Rows are written in the order in which they would have been posted, each member's scattered over the table, and indexes are
 * built at the end. On a server with `wal_level = minimal` nothing of it passes through the log.
 *
 * @param times how many members each becomes, itself included
 */
export async function multiplyBook(url: string, times: number, tell: (line: string) => void): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  const client = await pool.connect();
  try {
    // The guards of append-only tables and of balances are triggers: they would ask about each copy what holds for its model.
    await client.query(
      `set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '256MB'`,
    );
    await giveOutIds(client, times);
    await client.query(MAKE_COPIES, [times, COPIES_TOGETHER]);
    for (const table of await memberTables(client)) {
      const rows = await multiplyTable(client, table);
      if (rows > 0) tell(`${table.name}: ${rows} rows`);
    }
    await client.query(`drop table member_copy, copy_xid; ${FORGET_ROLL_UP}`);
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    client.release();
    await pool.end();
  }
}

/** A bucket is the last byte of the member's UUID. The first of all copies is the member itself. */
const MAKE_COPIES = `
create table member_copy as
select c.model, c.n, c.copy, get_byte(uuid_send(c.copy), 15)::smallint as bucket, g.xid
  from (
    select m.member_id as model, n, case when n = 1 then m.member_id else gen_random_uuid() end as copy
      from member_projection m cross join generate_series(1, $1::integer) n
     order by n, m.member_id
  ) c
  join copy_xid g on g.n = (c.n - 1) / $2::integer
 order by c.n, c.model`;

/** So many copies of every member stand in one transaction, as far as their rows tell. */
const COPIES_TOGETHER = 20;
/** Between two such transactions so many others were given ids: as many as a pass of the roll-up takes at once. */
const IDS_BETWEEN = 2_000;

/**
 * Transactions that committed, for copies to be of. All copies as one transaction would be one pass of the roll-up, of a size that
 * postings never have.
 */
async function giveOutIds(client: PoolClient, times: number): Promise<void> {
  await client.query('create table copy_xid (n integer primary key, xid xid8 not null); set synchronous_commit = off');
  await client.query(GIVE_OUT(Math.ceil(times / COPIES_TOGETHER), IDS_BETWEEN));
  await client.query('reset synchronous_commit');
}

const GIVE_OUT = (transactions: number, between: number): string => `
do $ids$
begin
  for n in 0 .. ${transactions - 1} loop
    insert into copy_xid values (n, pg_current_xact_id());
    commit;
    for other in 1 .. ${transactions > 1 ? between : 0} loop
      perform pg_current_xact_id();
      commit;
    end loop;
  end loop;
end $ids$`;

/** What was rolled up of the models is rolled up anew with their copies. */
const FORGET_ROLL_UP = `truncate claim_line, claim_pair, claim_part, claim_remainder, cycle_activity, point_fund, trial_finding,
  vintage_flow;
update roll_up_state set snapshot = '1:1:';
update vintage_roll_up_state set snapshot = '1:1:'`;

async function memberTables(client: PoolClient): Promise<MemberTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
      from information_schema.columns
     where table_schema = 'public' and is_generated = 'NEVER'
       and table_name not in ('member_copy', 'copy_xid', 'claim_line', 'statement_line', 'trial_finding')
     group by table_name order by table_name`);
  return rows.flatMap(({ name, columns }) => {
    const member = (['wallet', 'member_id'] as const).find((column) => columns.includes(column));
    return member === undefined ? [] : [{ name, columns, member, hasSeq: columns.includes('seq') }];
  });
}

async function multiplyTable(client: PoolClient, table: MemberTable): Promise<number> {
  const { name, hasSeq } = table;
  await client.query('begin');
  await client.query(`create temporary table model on commit drop as select * from ${name}`);
  const { rows: versions } = await client.query<{ seq: string }>(
    hasSeq ? 'select distinct seq from model order by seq' : `select 0 as seq where exists (select from model)`,
  );
  let written = 0;
  if (versions.length > 0) {
    await client.query(`analyze model; truncate ${name}`);
    const rebuild = await dropIndexes(client, name);
    for (const { seq } of versions) {
      const { rowCount } = await client.query(copying(table), hasSeq ? [seq] : []);
      written += rowCount ?? 0;
    }
    for (const statement of rebuild) await client.query(statement);
  }
  await client.query('commit');
  return written;
}

function copying({ name, columns, member, hasSeq }: MemberTable): string {
  const values = columns.map((column) => valueOf(column, member));
  const order = hasSeq ? ' where m.seq = $1' : '';
  return `insert into ${name} (${columns.join(', ')})
select ${values.join(', ')} from model m join member_copy c on c.model = m.${member}${order}`;
}

/** What a copy holds in a column: the same, but for what names the member and what must be unique. */
function valueOf(column: string, member: string): string {
  switch (column) {
    case member:
      return 'c.copy';
    case 'bucket':
      return 'c.bucket';
    case 'xid':
      return 'c.xid';
    case 'hash':
      return 'case when c.n = 1 then m.hash else gen_random_uuid() end';
    case 'command_hash':
      return 'case when c.n = 1 or m.command_hash is null then m.command_hash else gen_random_uuid() end';
    case 'external_ref':
      return `case when c.n = 1 then m.external_ref else m.external_ref || '-' || c.n end`;
    case 'debit_owner':
    case 'credit_owner':
      // Points a member has are the member's; what is anyone else's stays theirs.
      return `case when m.${column} = c.model then c.copy else m.${column} end`;
    default:
      return `m.${column}`;
  }
}

/** Drops the indexes of a table. @returns the statements that make them again */
async function dropIndexes(client: PoolClient, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; index: string; constraint: string | null }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as index, pg_get_constraintdef(c.oid) as constraint
       from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
      where i.indrelid = $1::regclass`,
    [table],
  );
  for (const { name, constraint } of rows)
    await client.query(constraint === null ? `drop index ${name}` : `alter table ${table} drop constraint ${name}`);
  return rows.map(({ name, index, constraint }) =>
    constraint === null ? index : `alter table ${table} add constraint ${name} ${constraint}`,
  );
}
