import type { Cell, Paper } from '../../../core/documents/paper';

/** What a spreadsheet may take for a formula, in a cell of words; a figure such as -1.60 is none. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cellText(cell: Cell): string {
  const text = 'figure' in cell ? cell.figure : FORMULA.test(cell.text) ? `'${cell.text}` : cell.text;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const row = (cells: readonly Cell[]): string => cells.map(cellText).join(',');

/**
 * A paper as CSV (RFC 4180, UTF-8 with a mark so that spreadsheets read it right): its facts as two columns, then each table
 * under its name, blocks parted by an empty line. A paper of one table and no facts is that table alone.
 *
 * Words that a spreadsheet would run as a formula get an apostrophe before them.
 */
export function renderCsv({ facts, tables }: Paper): Buffer {
  const isPlain = facts.length === 0 && tables.length === 1;
  const head = facts.map(([name, cell]) => row([{ text: name }, cell]));
  const blocks = tables.map(({ name, columns, rows }) => [
    ...(isPlain ? [] : [row([{ text: name }])]),
    row(columns.map((text) => ({ text }))),
    ...rows.map(row),
  ]);
  const lines = [head, ...blocks].filter((block) => block.length > 0).map((block) => `${block.join('\r\n')}\r\n`);
  return Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf8');
}
