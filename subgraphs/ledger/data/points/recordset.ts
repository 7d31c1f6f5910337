import type { Client } from 'pg';
import { assertNamed } from '../../../../kernel/db/sql';

/** PostgreSQL types a column may have here. */
export type ColumnType = 'smallint' | 'integer' | 'bigint' | 'uuid' | 'timestamptz' | 'text' | 'jsonb' | 'bytea';

/** Columns of a table by name, with their PostgreSQL types, in the order their values are given. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** One value as it travels: a date as its ISO text, bytes as `\x` and hexadecimal digits, JSON as its text. */
export type Cell = string | number | bigint | null;
/** The values of one row, in the order of the columns. */
export type Cells = readonly Cell[];

/** A set-based statement fed by rows: a batch of five hundred costs one round trip and one plan, and no rows cost nothing. */
export interface Recordset {
  /** Sends the rows on a pipelined connection; resolves when they are written. */
  send(client: Client, rows: readonly Cells[]): Promise<unknown>;
}

/**
 * Adds rows to a table.
 *
 * @param use names the use case and the step in the statement's first comment
 * @param conflict what follows `on conflict`; nothing when a conflict is an error
 */
export function inserting(use: string, table: string, columns: Columns, conflict?: string): Recordset {
  const names = Object.keys(columns).join(', ');
  const tail = conflict === undefined ? '' : `\non conflict ${conflict}`;
  return recordset(use, columns, `insert into ${table} (${names})\nselect ${names} from r${tail}`);
}

/**
 * Runs a statement over rows called `r`. Each column travels as one array in text form: building it costs Node a fraction of
 * what JSON costs, and the server reads it faster.
 */
export function recordset(use: string, columns: Columns, statement: string): Recordset {
  const types = Object.values(columns);
  const arrays = types.map((type, n) => `$${n + 1}::${type}[]`).join(', ');
  const names = Object.keys(columns).join(', ');
  const text = `/* ${use} */\nwith r as (select * from unnest(${arrays}) as r(${names}))\n${statement}`;
  assertNamed(text);
  const isQuoted = types.map((type) => QUOTED.has(type));
  return {
    send: (client, rows) =>
      rows.length === 0
        ? Promise.resolve()
        : client.query({ name: use, text, values: isQuoted.map((quoted, n) => arrayOf(rows, n, quoted)) }),
  };
}

/** Types whose text may hold what an array's text gives a meaning to. The others are digits, hyphens and colons. */
const QUOTED: ReadonlySet<ColumnType> = new Set<ColumnType>(['text', 'jsonb', 'bytea']);

/** One column of the rows as the text of an array. */
function arrayOf(rows: readonly Cells[], column: number, isQuoted: boolean): string {
  let text = '{';
  for (let n = 0; n < rows.length; n += 1) {
    const cell = rows[n]?.[column] ?? null;
    if (n > 0) text += ',';
    if (cell === null) text += 'NULL';
    else if (isQuoted) text += `"${escaped(String(cell))}"`;
    else text += String(cell);
  }
  return `${text}}`;
}

const SPECIAL = /["\\]/;

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/["\\]/g, '\\$&') : text;
}
