import { canonicalJson, digest, type Digest } from '../../../../kernel/values/canonical';
import { JOURNAL_TABLES, type JournalTable } from './journal-tables';
import type { WrittenRows } from './journal-rows';
import type { Cell, Cells, ColumnType } from './recordset';

/**
 * The link of a wallet's chain: SHA-256 over the link before and every cell written of one journal transaction. Whoever changes
 * a row must change every later link of that member, and the newest one is kept with the wallet.
 *
 * @param rows with the cells in the order of `JOURNAL_TABLES`; the journal's own row without its chain
 */
export function linkHash(previous: Digest | null, wallet: string, rows: WrittenRows): Digest {
  let text = `${previous ?? ''}\n${wallet}`;
  for (const table of TABLES) {
    const written = rows[table];
    // Most tables have no rows of a transaction; where they have several, no order but their own keys is promised.
    if (written.length === 0) continue;
    const texts = written.map((row) => rowText(row, TYPES.get(table) ?? []));
    text += `\n${table}\n${texts.length === 1 ? texts[0] : texts.sort().join('\n')}`;
  }
  return digest(text);
}

const TABLES = Object.keys(JOURNAL_TABLES) as JournalTable[];

/** Column types by table, without the chain itself. */
const TYPES: ReadonlyMap<JournalTable, readonly ColumnType[]> = new Map(
  TABLES.map((table) => [
    table,
    Object.entries<ColumnType>(JOURNAL_TABLES[table]).flatMap(([name, type]) => (name === 'chain' ? [] : [type])),
  ]),
);

/** Places of bucket and wallet. */
const KEY = 2;

function rowText(row: Cells, types: readonly ColumnType[]): string {
  let text = '';
  for (let n = KEY; n < types.length; n += 1) text += cellText(row[n] ?? null, types[n] as ColumnType);
  return text;
}

/** Each cell in a form that cannot be taken for another or for two: free text by its length. */
function cellText(cell: Cell, type: ColumnType): string {
  if (cell === null) return '-;';
  switch (type) {
    case 'ref':
    case 'uuid':
      return `${withoutHyphens(String(cell))};`;
    case 'word':
    case 'text':
    case 'bytea':
      return sized(String(cell));
    case 'jsonb':
      return sized(canonicalJson(JSON.parse(String(cell))));
    default:
      return `${cell};`;
  }
}

const sized = (text: string): string => `${text.length}:${text};`;

/** UUIDs come from ids without hyphens, and from the database with them. */
const withoutHyphens = (uuid: string): string => (uuid.length === 36 ? uuid.replaceAll('-', '') : uuid);
