import { rounded } from '../coalition';
import { askOnce } from '../server-facts';

/** The tables a posting writes to. */
const TABLES = ['wallet', 'journal_transaction', 'entry', 'lot', 'open_lot', 'purchase', 'claim', 'document'];
/** Of these rows are changed or removed, so they and their indexes can bloat. */
const CHANGED = ['wallet', 'open_lot'];

interface TableRow {
  name: string;
  heap: string;
  indexes: string;
  updates: string;
  hot_updates: string;
}

const SIZES = `
select c.relname as name, pg_table_size(c.oid) as heap, pg_indexes_size(c.oid) as indexes,
       pg_stat_get_tuples_updated(c.oid) as updates, pg_stat_get_tuples_hot_updated(c.oid) as hot_updates
  from pg_class c where c.relname = any($1) and c.relnamespace = 'public'::regnamespace`;

/** What dead and free room a heap has; `pgstattuple` reads only pages that may hold dead rows. */
const HEAP_BLOAT = `select dead_tuple_percent::float8 as dead, approx_free_percent::float8 as free from pgstattuple_approx($1::regclass)`;
const INDEX_BLOAT = `select min(s.avg_leaf_density)::float8 as density from pg_index i, pgstatindex(i.indexrelid) s
 where i.indrelid = $1::regclass and s.leaf_pages > 10`;

/**
 * What a book takes on disk, in bytes for each posting, table by table; and how much of what changes is dead, free, or updated
 * in its own page, in percent. Index density is that of the emptiest index of a table.
 *
 * @param url the superuser's
 */
export async function sizesOf(url: string): Promise<Record<string, number>> {
  await askOnce(url, 'create extension if not exists pgstattuple');
  const [journal] = await askOnce<{ count: string }>(url, 'select count(*) from journal_transaction');
  const postings = Number(journal!.count);
  const figures: Record<string, number> = { postings };
  for (const row of await askOnce<TableRow>(url, SIZES, [TABLES])) {
    figures[`${row.name}_bytes_per_posting`] = rounded(Number(row.heap) / postings);
    figures[`${row.name}_index_bytes_per_posting`] = rounded(Number(row.indexes) / postings);
    if (CHANGED.includes(row.name)) Object.assign(figures, await bloatOf(url, row));
  }
  return figures;
}

async function bloatOf(url: string, row: TableRow): Promise<Record<string, number>> {
  const [heap] = await askOnce<{ dead: number; free: number }>(url, HEAP_BLOAT, [row.name]);
  const [index] = await askOnce<{ density: number | null }>(url, INDEX_BLOAT, [row.name]);
  const updates = Number(row.updates);
  return {
    [`${row.name}_dead_percent`]: rounded(heap!.dead),
    [`${row.name}_free_percent`]: rounded(heap!.free),
    ...(index!.density === null ? {} : { [`${row.name}_index_density_percent`]: rounded(index!.density) }),
    ...(updates === 0
      ? {}
      : { [`${row.name}_hot_update_percent`]: rounded((100 * Number(row.hot_updates)) / updates) }),
  };
}
