import type { FlushStatement } from '../../../../kernel/db/flush';
import { assertNamed } from '../../../../kernel/db/sql';

/**
 * How a column's values travel: by their PostgreSQL type, or, where a batch repeats few values over and over, as places in a
 * list of them that is sent once: `ref` for UUIDs such as wallets and partners, `word` for texts such as kinds, `instant`
 * for times to the millisecond.
 */
export type ColumnType =
  'smallint' | 'integer' | 'bigint' | 'uuid' | 'text' | 'jsonb' | 'bytea' | 'ref' | 'word' | 'instant';

/** Columns of a table by name, with their PostgreSQL types, in the order their values are given. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** One value as it is given: an instant in milliseconds since 1970, bytes as hexadecimal digits, JSON as its text. */
export type Cell = string | number | bigint | null;
/** The values of one row, in the order of the columns. */
export type Cells = readonly Cell[];

/** A set-based statement fed by rows; several of them go to the server as one. */
export interface Recordset {
  readonly columns: Columns;
  /** What is done with the rows, which it calls `r`. */
  readonly statement: (rows: string) => string;
}

/**
 * Adds rows to a table.
 *
 * @param conflict what follows `on conflict`; nothing when a conflict is an error
 */
export function inserting(table: string, columns: Columns, conflict?: string): Recordset {
  const names = Object.keys(columns).join(', ');
  const tail = conflict === undefined ? '' : ` on conflict ${conflict}`;
  return {
    columns,
    statement: (r) =>
      `/* ledger.post.insertRows */ insert into ${table} (${names}) select ${names} from ${r} as r${tail}`,
  };
}

/** Rows for one recordset. */
export interface Fed {
  readonly recordset: Recordset;
  readonly rows: readonly Cells[];
}

/**
 * Makes one statement of all recordsets that have rows: a batch of five hundred costs one plan, and a table nothing is
 * written to costs nothing. Each column travels as one array in text form: building it costs Node a fraction of what JSON
 * costs, and the server reads it faster.
 *
 * @param use names the use case and the step in the statement's first comment
 * @param fed always the same recordsets in the same order: which of them have rows is part of the statement's name
 * @param answer what is selected at the end; `w0`, `w1` … are what the statements with rows return, `r0`, `r1` … their rows
 */
export function composed(use: string, fed: readonly Fed[], answer = '1 as applied'): FlushStatement | null {
  const present = fed.filter(({ rows }) => rows.length > 0);
  if (present.length === 0) return null;
  const mask = fed.reduce((bits, { rows }) => (bits << 1n) | (rows.length > 0 ? 1n : 0n), 1n).toString(36);
  const name = `${use}.${mask}`;
  const text = texts.get(name) ?? textOf(use, present, answer);
  texts.set(name, text);
  const lists = { ref: new Listing(), word: new Listing(), instant: new Listing() };
  const columns = present.flatMap(({ recordset, rows }) => columnsOf(recordset, rows, lists));
  return {
    name,
    text,
    values: [lists.ref.text('uuid'), lists.word.text('text'), lists.instant.text('timestamptz'), ...columns],
  };
}

/** Texts by the statement's name: there are as many as there are sets of tables a batch writes to. */
const texts = new Map<string, string>();

function textOf(use: string, present: readonly Fed[], answer: string): string {
  // The first three are the lists that places point to.
  let parameter = 3;
  const parts = present.map(({ recordset: { columns, statement } }, n) => {
    const arrays = Object.values(columns).map((type) => `$${(parameter += 1)}::${SENT_AS[type] ?? type}[]`);
    const names = Object.keys(columns).join(', ');
    const values = Object.entries(columns).map(([name, type]) => valueOf(name, type));
    return `r${n} as (select ${values.join(', ')} from unnest(${arrays.join(', ')}) as r(${names})),
w${n} as (${statement(`r${n}`)})`;
  });
  const text = `/* ${use} */\nwith ${parts.join(',\n')}\nselect ${answer} where ${LISTS.join(' is not null and ')} is not null`;
  assertNamed(text);
  return text;
}

const LISTS = ['$1::uuid[]', '$2::text[]', '$3::timestamptz[]'];
const SENT_AS: Partial<Record<ColumnType, string>> = { ref: 'integer', word: 'integer', instant: 'integer' };

function valueOf(name: string, type: ColumnType): string {
  const list = type === 'ref' ? LISTS[0] : type === 'word' ? LISTS[1] : type === 'instant' ? LISTS[2] : undefined;
  return list === undefined ? `r.${name}` : `(${list})[r.${name}] as ${name}`;
}

/** Different values of a batch, each once, and their places counted from 1. */
class Listing {
  private readonly places = new Map<Cell, number>();

  placeOf(value: Cell): number {
    const known = this.places.get(value);
    if (known !== undefined) return known;
    this.places.set(value, this.places.size + 1);
    return this.places.size;
  }

  text(type: 'uuid' | 'text' | 'timestamptz'): string {
    const isTime = type === 'timestamptz';
    const values = [...this.places.keys()].map((value) => [isTime ? new Date(Number(value)).toISOString() : value]);
    return columnOf(values, 0, type);
  }
}

type Listings = Readonly<Record<'ref' | 'word' | 'instant', Listing>>;

function columnsOf({ columns }: Recordset, rows: readonly Cells[], lists: Listings): string[] {
  return Object.values(columns).map((type, n) => columnOf(rows, n, isListed(type) ? lists[type] : type));
}

function isListed(type: ColumnType): type is keyof Listings {
  return type === 'ref' || type === 'word' || type === 'instant';
}

/**
 * One column of the rows as the text of an array; without elements where all are null, for `unnest` fills a shorter array up with
 * nulls. Joined, not added up: a text put together piece by piece must be walked again before it can be sent.
 */
function columnOf(rows: readonly Cells[], column: number, form: ArrayType | Listing): string {
  const elements = rows.map((row) => {
    const cell = row[column] ?? null;
    if (cell === null) return null;
    return form instanceof Listing ? form.placeOf(cell) : elementOf(cell, form);
  });
  if (elements.every((element) => element === null)) return '{}';
  return `{${elements.map((element) => element ?? 'NULL').join(',')}}`;
}

type ArrayType = ColumnType | 'timestamptz';

function elementOf(cell: string | number | bigint, type: ArrayType): string | number | bigint {
  if (type === 'bytea') return `"\\\\x${cell}"`;
  if (type === 'text' || type === 'jsonb') return `"${escaped(String(cell))}"`;
  // Digits, hyphens and colons, to which an array's text gives no meaning.
  return cell;
}

const SPECIAL = /["\\]/;

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/["\\]/g, '\\$&') : text;
}
