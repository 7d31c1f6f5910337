import type { Cell, Cells, Columns, ColumnType } from './cells';

/** How the server has the rows of a table. */
export interface RowType {
  /** Of the composite type that goes with the table. */
  readonly oid: number;
  /** In the table's own order. */
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
}

/** Where each column of a table finds its value among the cells given; null where none is given, which is sent as null. */
export interface BinaryForm {
  readonly oid: number;
  readonly columns: readonly { readonly typeOid: number; readonly place: number; readonly type: ColumnType }[];
}

/** How PostgreSQL numbers the types it comes with. */
const OIDS: Readonly<Record<ColumnType, number>> = {
  smallint: 21,
  integer: 23,
  bigint: 20,
  uuid: 2_950,
  text: 25,
  jsonb: 3_802,
  bytea: 17,
  instant: 1_184,
};

/** Puts columns into their table's own order. @throws Error for a column that the table has not, or has in another type */
export function formOf(columns: Columns, { oid, columns: ofTable }: RowType): BinaryForm {
  const names = Object.keys(columns);
  for (const [name, type] of Object.entries(columns)) {
    const found = ofTable.find((column) => column.name === name);
    if (found?.typeOid !== OIDS[type]) throw new Error(`formOf: the table has no column ${name} of the type ${type}`);
  }
  return {
    oid,
    columns: ofTable.map(({ name, typeOid }) => ({
      typeOid,
      place: names.indexOf(name),
      type: columns[name] ?? 'text',
    })),
  };
}

/** Bytes a cell of a fixed length takes at most, with its type and length before it. */
const FIXED_MAX = 24;
/** Bytes of an array before its elements, and of a row before its cells. */
const [ARRAY_HEAD, ROW_HEAD] = [20, 8];

/** A length that says there is no value. */
const NULL = 0xffff_ffff;
/** PostgreSQL counts time from the year 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_32 = 2 ** 32;

/**
 * Writes rows as arrays of their table's composite type, in PostgreSQL's binary form: the server takes them apart without reading a digit,
 * and a table of thirty columns is one array to it instead of thirty.
 *
 * The bytes stand in one buffer that is used again, because memory outside of the heap makes its collector run: they are good until
 * `begin` is called for what comes next.
 */
export class RowWriter {
  private buffer = Buffer.allocUnsafe(65_536);
  private at = 0;
  /** Up to where the buffer must reach. */
  private reserved = 0;

  /** Lets go of all that was written before. */
  begin(): void {
    this.at = 0;
    this.reserved = 0;
  }

  /** Rows as one array. */
  array(form: BinaryForm, rows: readonly Cells[]): Buffer {
    this.room(ARRAY_HEAD + rows.length * (ROW_HEAD + form.columns.length * FIXED_MAX));
    const from = this.at;
    // One dimension, without nulls, counted from 1.
    for (const word of [1, 0, form.oid, rows.length, 1]) this.word(word);
    for (const row of rows) {
      const start = this.start();
      this.word(form.columns.length);
      for (const { typeOid, place, type } of form.columns) {
        this.word(typeOid);
        const cell = place === -1 ? null : (row[place] ?? null);
        if (cell === null) this.word(NULL);
        else this.cell(cell, type);
      }
      this.end(start);
    }
    return this.buffer.subarray(from, this.at);
  }

  /** Four bytes. */
  private word(value: number): void {
    this.at = this.buffer.writeUInt32BE(value, this.at);
  }

  /** Leaves room for a length. @returns where */
  private start(): number {
    this.at += 4;
    return this.at;
  }

  /** The length of all that was written since. */
  private end(start: number): void {
    this.buffer.writeUInt32BE(this.at - start, start - 4);
  }

  private cell(cell: Exclude<Cell, null>, type: ColumnType): void {
    switch (type) {
      case 'smallint':
        this.word(2);
        this.at = this.buffer.writeInt16BE(Number(cell), this.at);
        return;
      case 'integer':
        this.word(4);
        this.at = this.buffer.writeInt32BE(Number(cell), this.at);
        return;
      case 'bigint':
        return this.whole(cell);
      case 'instant':
        return this.instant(Number(cell));
      case 'uuid':
        this.word(16);
        return this.digits(String(cell), 16);
      case 'bytea': {
        const text = String(cell);
        this.room(text.length / 2);
        this.word(text.length / 2);
        return this.digits(text, text.length / 2);
      }
      case 'text':
        return this.text(String(cell));
      case 'jsonb':
        return this.json(String(cell));
    }
  }

  /** Eight bytes. Texts of numbers that a double holds are not made BigInts of: that takes longer than all else here. */
  private whole(value: Exclude<Cell, null>): void {
    this.word(8);
    const number = Number(value);
    if (!Number.isSafeInteger(number)) {
      this.at = this.buffer.writeBigInt64BE(BigInt(value), this.at);
      return;
    }
    const high = Math.floor(number / TWO_32);
    this.at = this.buffer.writeInt32BE(high, this.at);
    this.at = this.buffer.writeUInt32BE(number - high * TWO_32, this.at);
  }

  /** Microseconds since 2000, of milliseconds since 1970. */
  private instant(ms: number): void {
    const micros = (ms - EPOCH_MS) * 1_000;
    this.whole(Number.isSafeInteger(micros) ? micros : BigInt(ms - EPOCH_MS) * 1_000n);
  }

  private text(text: string): void {
    this.room(text.length * UTF8_MAX);
    const start = this.start();
    this.at += this.buffer.write(text, this.at, 'utf8');
    this.end(start);
  }

  private json(text: string): void {
    this.room(text.length * UTF8_MAX);
    const start = this.start();
    this.at = this.buffer.writeUInt8(JSONB_VERSION, this.at);
    this.at += this.buffer.write(text, this.at, 'utf8');
    this.end(start);
  }

  /** Hexadecimal digits, among which hyphens mean nothing. */
  private digits(text: string, bytes: number): void {
    const end = this.at + bytes;
    for (let n = 0; n < text.length; n += 1) {
      if (text.charCodeAt(n) === HYPHEN) continue;
      const byte = (nibble(text.charCodeAt(n)) << 4) | nibble(text.charCodeAt((n += 1)));
      if (this.at === end) throw new RangeError(`${text} has more than ${bytes} bytes`);
      this.buffer[this.at] = byte;
      this.at += 1;
    }
    if (this.at !== end) throw new RangeError(`${text} has not ${bytes} bytes`);
  }

  /** Makes room for a value whose length is its own, beside what cells of a fixed length take. */
  private room(bytes: number): void {
    this.reserved += bytes;
    if (this.reserved <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(this.reserved * 2);
    // Arrays written before stay where they are; the one under way goes on here.
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

const UTF8_MAX = 3;
const JSONB_VERSION = 1;
const HYPHEN = 45;

function nibble(code: number): number {
  const value = code <= 57 ? code - 48 : (code | 32) - 87;
  if (!(value >= 0 && value < 16)) throw new RangeError(`no hexadecimal digit: ${String.fromCharCode(code)}`);
  return value;
}
