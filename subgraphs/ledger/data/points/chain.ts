import { crc32 } from 'node:zlib';
import { canonicalJson, digest, type Digest } from '../../../../kernel/values/canonical';
import { JOURNAL_TABLE_NAMES, JOURNAL_TABLES, type JournalTable } from './journal-tables';
import type { WrittenRows } from './journal-rows';
import type { Cell, Cells, ColumnType } from './cells';

/** What is kept of one journal transaction to prove it by. */
export interface Link {
  /** SHA-256 over the link before and every cell written. */
  readonly chain: Digest;
  /**
   * A mark of five bytes for each row, in hexadecimal digits: the place of its table in `JOURNAL_TABLES` and a checksum of its cells.
   * They prove nothing; where the link does not hold they tell which row is not the one that was written.
   */
  readonly marks: string;
}

/**
 * The link of a wallet's chain: SHA-256 over the link before and every cell written of one journal transaction. Whoever changes
 * a row must change every later link of that member, and the newest one is kept with the wallet.
 *
 * @param rows with the cells in the order of `JOURNAL_TABLES`; the journal's own row without its chain and marks
 */
export function linkOf(previous: Digest | null, wallet: string, rows: WrittenRows): Link {
  let text = `${previous ?? ''}\n${wallet}`;
  const marks: number[] = [];
  for (let place = 0; place < JOURNAL_TABLE_NAMES.length; place += 1) {
    const table = JOURNAL_TABLE_NAMES[place] as JournalTable;
    const written = rows[table];
    // Most tables have no rows of a transaction; where they have several, no order but their own keys is promised.
    if (written.length === 0) continue;
    const types = TYPES[place] as readonly ColumnType[];
    text += `\n${table}`;
    for (const one of textsOf(written, types)) {
      text += `\n${one}`;
      marks.push(place, crc32(one));
    }
  }
  return { chain: digest(text), marks: marksText(marks) };
}

function textsOf(written: readonly Cells[], types: readonly ColumnType[]): string[] {
  if (written.length === 1) return [rowText(written[0] as Cells, types)];
  return written.map((row) => rowText(row, types)).sort();
}

/** Bytes in a mark: one for the table, four for the checksum. */
const MARK = 5;

function marksText(marks: readonly number[]): string {
  const bytes = Buffer.allocUnsafe((marks.length / 2) * MARK);
  for (let n = 0; n < marks.length; n += 2) {
    const at = (n / 2) * MARK;
    bytes.writeUInt8(marks[n] as number, at);
    bytes.writeUInt32BE(marks[n + 1] as number, at + 1);
  }
  return bytes.toString('hex');
}

/** A row that is not among those that were written, by what names it in its table; or a table of which a row is missing. */
export interface ChangedRow {
  readonly table: JournalTable;
  /** Cells that name the row within its version; null: the row that was written is gone, or says something else now. */
  readonly names: string | null;
}

/**
 * Which rows of a transaction whose link does not hold are not those that its marks were made of; its link itself when all are. A row
 * that was changed is named as it stands now.
 *
 * @param marks as kept; null of transactions posted before there were marks, of which nothing can be told
 */
export function changedRows(rows: WrittenRows, marks: string | null): ChangedRow[] {
  if (marks === null) return [];
  const changed = rowsUnlike(rows, marks);
  return changed.length > 0 ? changed : [{ table: 'journal_transaction', names: 'chain' }];
}

function rowsUnlike(rows: WrittenRows, marks: string): ChangedRow[] {
  const kept = marks.match(/.{10}/gu) ?? [];
  return JOURNAL_TABLE_NAMES.flatMap((table, place) => {
    const left = kept.filter((mark) => mark.startsWith(marksText([place, 0]).slice(0, 2)));
    const changed: ChangedRow[] = [];
    for (const row of rows[table]) {
      const at = left.indexOf(marksText([place, crc32(rowText(row, TYPES[place] ?? []))]));
      if (at === -1) changed.push({ table, names: namesOf(table, row) });
      else left.splice(at, 1);
    }
    return left.length > changed.length ? [...changed, { table, names: null }] : changed;
  });
}

/** Columns that tell rows of one version apart. */
const NAMING = ['n', 'lot_seq', 'purchase_seq', 'redemption_seq', 'action', 'occasion'];

function namesOf(table: JournalTable, row: Cells): string {
  const names = Object.keys(JOURNAL_TABLES[table]);
  const isEntry = names.includes('n');
  const telling = names.flatMap((name, n) => {
    if (!NAMING.includes(name) || (isEntry && name !== 'n')) return [];
    return [`${name} ${row[n] ?? 'null'}`];
  });
  return telling.join(', ');
}

/** What a transaction is proved by is no part of what it is proved of. */
export const PROOF: readonly string[] = ['chain', 'marks'];

/** Column types by table, without the proof itself, which stands last. */
const TYPES: readonly (readonly ColumnType[])[] = JOURNAL_TABLE_NAMES.map((table) =>
  Object.entries<ColumnType>(JOURNAL_TABLES[table]).flatMap(([name, type]) => (PROOF.includes(name) ? [] : [type])),
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
    case 'uuid':
      return `${withoutHyphens(String(cell))};`;
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
