import type { Client } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { formOf, RowWriter, type BinaryForm, type RowType } from './binary-rows';
import type { Columns } from './cells';

const LOAD = sql`/* ledger.post.loadRowTypes */
select c.relname as name, c.reltype::bigint::text as oid, array_agg(a.attname::text order by a.attnum) as names,
       array_agg(a.atttypid::bigint::text order by a.attnum) as types
  from unnest($1::text[]) as asked(name)
  join pg_class c on c.oid = to_regclass(asked.name)
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 group by c.oid`;

/** What one connection knows of the tables it writes: as they were when it first asked. A table changed since refuses what is sent. */
export class RowTypes {
  readonly writer = new RowWriter();
  private readonly forms = new Map<Columns, BinaryForm>();

  private constructor(private readonly types: ReadonlyMap<string, RowType>) {}

  static async load(client: Client, tables: readonly string[]): Promise<RowTypes> {
    const { rows } = await client.query<{ name: string; oid: string; names: string[]; types: string[] }>(LOAD, [
      tables,
    ]);
    const types = rows.map(({ name, oid, names, types: typeOids }): [string, RowType] => {
      const columns = names.map((column, n) => ({ name: column, typeOid: Number(typeOids[n]) }));
      return [name, { oid: Number(oid), columns }];
    });
    return new RowTypes(new Map(types));
  }

  /** How rows of these very columns are put into their table's own order; made once. */
  formOf(table: string, columns: Columns): BinaryForm {
    const known = this.forms.get(columns);
    if (known !== undefined) return known;
    const type = this.types.get(table);
    if (type === undefined) throw new Error(`RowTypes: there is no table ${table}`);
    const form = formOf(columns, type);
    this.forms.set(columns, form);
    return form;
  }
}

/** What each connection was told, by the connection. */
const known = new WeakMap<Client, RowTypes>();

/** Asks a connection once how it has the tables that batches write. */
export async function rowTypesOf(client: Client, tables: readonly string[]): Promise<RowTypes> {
  const before = known.get(client);
  if (before !== undefined) return before;
  const types = await RowTypes.load(client, tables);
  known.set(client, types);
  return types;
}
