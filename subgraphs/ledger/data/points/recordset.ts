import type { Client } from 'pg';
import { assertNamed } from '../../../../kernel/db/sql';

/** Columns of a table by name, with their PostgreSQL types, in the order they are written. */
export type Columns = Readonly<Record<string, string>>;

/** A set-based statement fed by rows: a batch of five hundred costs one round trip and one plan, and no rows cost nothing. */
export interface Recordset {
  /** Sends the rows on a pipelined connection; resolves when they are written. */
  send(client: Client, rows: readonly object[]): Promise<unknown>;
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

/** Runs a statement over rows called `r`. */
export function recordset(use: string, columns: Columns, statement: string): Recordset {
  const typed = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  const text = `/* ${use} */\nwith r as (select * from json_to_recordset($1::json) as r(${typed.join(', ')}))\n${statement}`;
  assertNamed(text);
  return {
    send: (client, rows) =>
      rows.length === 0
        ? Promise.resolve()
        : client.query({ name: use, text, values: [JSON.stringify(rows, wholeNumbersAsText)] }),
  };
}

function wholeNumbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
