import type { FlushStatement } from '../../../../kernel/db/flush';
import { assertNamed } from '../../../../kernel/db/sql';
import type { Cells, Columns } from './cells';
import type { RowTypes } from './row-types';

/** A set-based statement fed by rows; several of them go to the server as one. */
export interface Recordset {
  /** The table whose rows it is fed. */
  readonly table: string;
  /** Columns that are given a value. */
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
    table,
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
 * written to costs nothing. The rows of a table travel as one array of its composite type (docs/adr/0013).
 *
 * @param use names the use case and the step in the statement's first comment
 * @param fed always the same recordsets in the same order: which of them have rows is part of the statement's name
 * @param answer what is selected at the end; `w0`, `w1` … are what the statements with rows return, `r0`, `r1` … their rows
 */
export function composed(
  { use, types, answer = '1 as applied' }: { use: string; types: RowTypes; answer?: string },
  fed: readonly Fed[],
): FlushStatement | null {
  const present = fed.filter(({ rows }) => rows.length > 0);
  if (present.length === 0) return null;
  const mask = fed.reduce((bits, { rows }) => (bits << 1n) | (rows.length > 0 ? 1n : 0n), 1n).toString(36);
  const name = `${use}.${mask}`;
  const text = texts.get(name) ?? textOf(use, present, answer);
  texts.set(name, text);
  return {
    name,
    text,
    values: present.map(({ recordset: { table, columns }, rows }) =>
      types.writer.array(types.formOf(table, columns), rows),
    ),
  };
}

/** Texts by the statement's name: there are as many as there are sets of tables a batch writes to. */
const texts = new Map<string, string>();

function textOf(use: string, present: readonly Fed[], answer: string): string {
  const parts = present.map(({ recordset: { table, columns, statement } }, n) => {
    const names = Object.keys(columns).join(', ');
    return `r${n} as (select ${names} from unnest($${n + 1}::${table}[])),\nw${n} as (${statement(`r${n}`)})`;
  });
  const text = `/* ${use} */\nwith ${parts.join(',\n')}\nselect ${answer}`;
  assertNamed(text);
  return text;
}
