import { unzipSync, zipSync } from 'fflate';
import writeXlsxFile, { type CellObject, type Sheet } from 'write-excel-file/node';
import type { Cell, Paper } from '../../../core/documents/paper';

/** A spreadsheet keeps fifteen digits of a number; a figure with more stays text rather than lose one. */
const DIGITS_MAX = 15;

function cellOf(cell: Cell): CellObject {
  // Words are typed as text, so that no `=SUM(…)` in somebody's name is ever run.
  if ('text' in cell) return { value: cell.text, type: String };
  if (cell.figure.replace(/\D/g, '').length > DIGITS_MAX) return { value: cell.figure, type: String };
  const places = cell.figure.split('.')[1]?.length ?? 0;
  return { value: Number(cell.figure), type: Number, format: places === 0 ? '0' : `0.${'0'.repeat(places)}` };
}

const bold = (text: string): CellObject => ({ value: text, type: String, fontWeight: 'bold' });

/** A paper as a workbook: a sheet of its facts, then one for each table. The same paper is the same bytes. */
export async function renderXlsx({ title, facts, tables, notes, madeAt }: Paper): Promise<Buffer> {
  const first = [
    [bold(title)],
    ...facts.map(([name, cell]) => [bold(name), cellOf(cell)]),
    ...notes.map((note) => [cellOf({ text: note })]),
  ];
  const sheets: Sheet<never>[] = [
    { data: first, sheet: 'Overview', columns: [{ width: 24 }, { width: 40 }] },
    ...tables.map(({ name, columns, rows }) => ({
      data: [columns.map(bold), ...rows.map((cells) => cells.map(cellOf))],
      sheet: name,
      columns: columns.map(() => ({ width: 18 })),
      stickyRowsCount: 1,
    })),
  ];
  return repacked(await writeXlsxFile(sheets).toBuffer(), madeAt);
}

/** The library stamps each part with the time of writing; packed again, every part bears the paper's. */
function repacked(workbook: Buffer, madeAt: Date): Buffer {
  const parts = unzipSync(workbook);
  // A ZIP has no time zone: the paper's instant is written as it reads in UTC, wherever this runs.
  const mtime = new Date(madeAt.getTime() + madeAt.getTimezoneOffset() * 60_000);
  const ordered = Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(zipSync(ordered, { mtime, level: 6 }));
}
