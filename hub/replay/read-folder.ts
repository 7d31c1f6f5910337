import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type CsvError } from 'csv-parse';
import { Fault } from '../../kernel/errors/fault';
import {
  readMember,
  readPartner,
  readPurchase,
  readRedemption,
  REPLAY_FILES,
  REQUIRED_COLUMNS,
  type Columns,
  type Known,
  type MemberRow,
  type PartnerRow,
  type PurchaseRow,
  type Read,
  type RedemptionRow,
  type RejectedRow,
  type Placed,
  type ReplayFile,
} from './rows';

/** The usable rows of a folder, each file in its own order, and the rest with reasons. */
export interface ReplayFolder {
  readonly partners: readonly PartnerRow[];
  readonly members: readonly MemberRow[];
  readonly purchases: readonly Placed<PurchaseRow>[];
  readonly redemptions: readonly Placed<RedemptionRow>[];
  readonly rejected: readonly RejectedRow[];
}

/**
 * Reads and checks the four files of a folder. A row that cannot be used is set aside with its line and a reason.
 *
 * @throws Fault HUB_REPLAY_FILE_MISSING, HUB_REPLAY_COLUMN_MISSING: without a file or a column nothing can be read
 */
export async function readFolder(folder: string): Promise<ReplayFolder> {
  const missing = REPLAY_FILES.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new Fault('HUB_REPLAY_FILE_MISSING', `${folder} lacks ${missing.join(', ')}`);
  const rejected: RejectedRow[] = [];
  const read = <Row>(file: ReplayFile, idColumn: string, readRow: (columns: Columns) => Read<Row>) =>
    readRows({ folder, file, required: REQUIRED_COLUMNS[file], idColumns: [idColumn], readRow, rejected });
  const partners = await read('partners.csv', 'partner_id', readPartner);
  const members = await read('members.csv', 'member_id', readMember);
  const known: Known = {
    partners: new Set(partners.map(({ code }) => code)),
    members: new Set(members.map(({ memberId }) => memberId)),
  };
  const purchases = await read('purchases.csv', 'purchase_id', (columns) => readPurchase(columns, known));
  const redemptions = await read('redemptions.csv', 'redemption_id', (columns) => readRedemption(columns, known));
  return { partners, members, purchases, redemptions, rejected };
}

/** How a file is read. */
export interface FileReading<Row> {
  readonly folder: string;
  readonly file: string;
  /** The columns it must have. */
  readonly required: readonly string[];
  /** The columns that together must not repeat. */
  readonly idColumns: readonly string[];
  readonly readRow: (columns: Columns) => Read<Row>;
  readonly rejected: RejectedRow[];
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * The usable rows of one file, in its order; the others are added to those rejected.
 *
 * @throws Fault HUB_REPLAY_COLUMN_MISSING
 */
export async function readRows<Row>(reading: FileReading<Row>): Promise<Placed<Row>[]> {
  const { folder, file, idColumns, readRow, rejected } = reading;
  const rows: Placed<Row>[] = [];
  const seen = new Map<string, number>();
  let header: readonly string[] | undefined;
  const reject = (line: number, reason: string) => void rejected.push({ file, line, reason });
  const parser = createReadStream(join(folder, file)).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
      skip_records_with_error: true,
      on_skip: (error) => reject(lineOf(error), `the line is not CSV: ${error?.message ?? 'it cannot be read'}`),
    }),
  );
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    if (header === undefined) {
      header = headerOf(reading, record);
      continue;
    }
    const columns = Object.fromEntries(header.map((name, place) => [name, record[place] ?? '']));
    const id = idColumns.map((name) => columns[name] ?? '').join('\n');
    const reason = rowReason({ header, record, earlier: seen.get(id), idColumns });
    const outcome = reason === null ? readRow(columns) : { reason };
    if ('reason' in outcome) {
      reject(info.lines, outcome.reason);
      continue;
    }
    seen.set(id, info.lines);
    rows.push({ ...outcome.row, line: info.lines });
  }
  if (header === undefined)
    throw new Fault('HUB_REPLAY_COLUMN_MISSING', `${file} is empty: it needs a first line with column names`);
  return rows;
}

function headerOf(
  { file, required }: Pick<FileReading<unknown>, 'file' | 'required'>,
  record: readonly string[],
): readonly string[] {
  const missing = required.filter((name) => !record.includes(name));
  if (missing.length > 0)
    throw new Fault('HUB_REPLAY_COLUMN_MISSING', `${file} lacks the columns ${missing.join(', ')}`);
  return record;
}

function rowReason(row: {
  header: readonly string[];
  record: readonly string[];
  earlier: number | undefined;
  idColumns: readonly string[];
}): string | null {
  const { header, record, earlier, idColumns } = row;
  if (record.length !== header.length)
    return `it has ${record.length} columns where the first line has ${header.length}`;
  return earlier === undefined ? null : `${idColumns.join(' and ')} is that of line ${earlier}`;
}

function lineOf(error: CsvError | undefined): number {
  const lines: unknown = error?.['lines'];
  return typeof lines === 'number' ? lines : 0;
}
