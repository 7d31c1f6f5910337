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
  private buffer = Buffer.allocUnsafeSlow(65_536);
  private view = viewOf(this.buffer);
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
    const { oid, columns } = form;
    this.room(ARRAY_HEAD + rows.length * (ROW_HEAD + columns.length * FIXED_MAX));
    const from = this.at;
    // One dimension, without nulls, counted from 1.
    for (const word of [1, 0, oid, rows.length, 1]) this.word(word);
    for (const row of rows) {
      const start = this.start();
      this.word(columns.length);
      for (let n = 0; n < columns.length; n += 1) {
        const { typeOid, place, type } = columns[n] as BinaryForm['columns'][number];
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
    this.view.setUint32(this.at, value);
    this.at += 4;
  }

  /** Leaves room for a length. @returns where */
  private start(): number {
    this.at += 4;
    return this.at;
  }

  /** The length of all that was written since. */
  private end(start: number): void {
    this.view.setUint32(start - 4, this.at - start);
  }

  private cell(cell: Exclude<Cell, null>, type: ColumnType): void {
    switch (type) {
      case 'bigint':
        return this.whole(cell);
      case 'uuid':
        return this.digits(String(cell), 16);
      case 'text':
        return this.text(String(cell));
      case 'instant':
        return this.instant(numberOf(cell));
      case 'smallint':
        this.word(2);
        this.view.setInt16(this.at, inRange(numberOf(cell), SMALLINT_MAX));
        this.at += 2;
        return;
      case 'integer':
        this.word(4);
        this.view.setInt32(this.at, inRange(numberOf(cell), INTEGER_MAX));
        this.at += 4;
        return;
      case 'bytea': {
        const text = String(cell);
        this.room(text.length / 2);
        return this.digits(text, text.length / 2);
      }
      case 'jsonb':
        return this.json(String(cell));
    }
  }

  /** Eight bytes. Texts of numbers that a double holds are not made BigInts of: that takes longer than all else here. */
  private whole(value: Exclude<Cell, null>): void {
    const { view, at } = this;
    view.setUint32(at, 8);
    const number = numberOf(value);
    if (Number.isSafeInteger(number)) {
      const high = Math.floor(number / TWO_32);
      view.setInt32(at + 4, high);
      view.setUint32(at + 8, number - high * TWO_32);
    } else {
      // Buffer's own method refuses what has more than 64 bits; a view would cut it off.
      this.buffer.writeBigInt64BE(BigInt(value), at + 4);
    }
    this.at = at + 12;
  }

  /** Microseconds since 2000, of milliseconds since 1970. */
  private instant(ms: number): void {
    const micros = (ms - EPOCH_MS) * 1_000;
    this.whole(Number.isSafeInteger(micros) ? micros : BigInt(ms - EPOCH_MS) * 1_000n);
  }

  private text(text: string): void {
    this.room(text.length * UTF8_MAX);
    const start = this.start();
    this.at += this.written(text);
    this.end(start);
  }

  private json(text: string): void {
    this.room(text.length * UTF8_MAX);
    const start = this.start();
    this.buffer[this.at] = JSONB_VERSION;
    this.at += 1;
    this.at += this.written(text);
    this.end(start);
  }

  /** Writes a text as UTF-8. A short one of ASCII alone is written here: the way out of JavaScript takes longer. @returns its bytes */
  private written(text: string): number {
    const { buffer, at } = this;
    if (text.length > SHORT) return buffer.write(text, at, 'utf8');
    for (let n = 0; n < text.length; n += 1) {
      const code = text.charCodeAt(n);
      if (code > ASCII_MAX) return buffer.write(text, at, 'utf8');
      buffer[at + n] = code;
    }
    return text.length;
  }

  /** Bytes by their hexadecimal digits, among which hyphens mean nothing, after their number. */
  private digits(text: string, bytes: number): void {
    this.word(bytes);
    const { buffer } = this;
    let { at } = this;
    const end = at + bytes;
    for (let n = 0; n < text.length; n += 2) {
      if (text.charCodeAt(n) === HYPHEN) n += 1;
      if (at === end) throw new RangeError(`${text} has more than ${bytes} bytes`);
      buffer[at] = (nibble(text.charCodeAt(n)) << 4) | nibble(text.charCodeAt(n + 1));
      at += 1;
    }
    if (at !== end) throw new RangeError(`${text} has not ${bytes} bytes`);
    this.at = at;
  }

  /** Makes room for a value whose length is its own, beside what cells of a fixed length take. */
  private room(bytes: number): void {
    this.reserved += bytes;
    if (this.reserved <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.ceil(this.reserved) * 2);
    // Arrays written before stay where they are; the one under way goes on here.
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** A cell as a number. JavaScript reads no text, or a blank, as nought. @throws RangeError for text that is no whole number in digits */
function numberOf(cell: Exclude<Cell, null>): number {
  if (typeof cell === 'string' && !WHOLE.test(cell)) throw new RangeError(`RowWriter: ${cell} is no whole number`);
  return Number(cell);
}

const WHOLE = /^-?\d+$/;

function inRange(value: number, max: number): number {
  if (Number.isInteger(value) && value <= max && value >= -max - 1) return value;
  throw new RangeError(`${value} is out of range`);
}

const [SMALLINT_MAX, INTEGER_MAX] = [32_767, 2_147_483_647];
const SHORT = 40;
const ASCII_MAX = 127;
const UTF8_MAX = 3;
const JSONB_VERSION = 1;
const HYPHEN = 45;

/** What each character is worth as a hexadecimal digit; 255: it is none. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const worth = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return worth === -1 ? 255 : worth;
});

function nibble(code: number): number {
  const worth = NIBBLES[code] ?? 255;
  if (worth === 255) throw new RangeError(`no hexadecimal digit: ${String.fromCharCode(code)}`);
  return worth;
}
