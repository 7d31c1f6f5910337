import { types } from 'pg';

/** A row added to a published table, its values as a query of `pg` gives them. */
export interface AddedRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** One transaction, once committed. */
export interface CommittedRows {
  /** Where the log stands just after its commit. */
  readonly endLsn: bigint;
  /** The server's clock at the commit. */
  readonly committedAt: Date;
  /** In the order they were written. */
  readonly added: readonly AddedRow[];
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

interface Relation {
  readonly table: string;
  readonly columns: readonly Column[];
}

const EPOCH_2000_MS = 946_684_800_000;

/**
 * Reads messages of PostgreSQL's `pgoutput` plug-in, protocol version 1, for publications that publish only inserts: what a
 * table looks like, where a transaction begins, each row, the commit. Other messages change nothing here and are passed over.
 *
 * Source: PostgreSQL documentation, "Logical Replication Message Formats".
 */
export class PgoutputReader {
  private readonly relations = new Map<number, Relation>();
  private added: AddedRow[] = [];

  /** Whether a transaction has begun and not yet committed. */
  isWithin = false;

  /**
   * One message, in the order received; its bytes are not kept.
   *
   * @returns the transaction, when this message is its commit
   * @throws Error when a row belongs to a table never described, or a message ends early
   */
  read(message: Buffer): CommittedRows | null {
    const bytes = new ByteReader(message);
    switch (bytes.letter()) {
      case 'R':
        this.readRelation(bytes);
        return null;
      case 'B':
        this.isWithin = true;
        this.added = [];
        return null;
      case 'I':
        this.added.push(this.readInsert(bytes));
        return null;
      case 'C':
        return this.readCommit(bytes);
      default:
        return null;
    }
  }

  private readRelation(bytes: ByteReader): void {
    const id = bytes.int32();
    bytes.text(); // the schema: ours are all in one
    const table = bytes.text();
    bytes.skip(1); // replica identity
    const columns = Array.from({ length: bytes.int16() }, (): Column => {
      bytes.skip(1); // whether it is part of the key
      const name = bytes.text();
      const parse = types.getTypeParser(bytes.int32()) as Column['parse'];
      bytes.skip(4); // the type's modifier
      return { name, parse };
    });
    this.relations.set(id, { table, columns });
  }

  private readInsert(bytes: ByteReader): AddedRow {
    const id = bytes.int32();
    const relation = this.relations.get(id);
    if (relation === undefined) throw new Error(`PgoutputReader: table ${id} was never described`);
    bytes.skip(1); // "a new row follows"
    bytes.skip(2); // as many columns as the table was described with
    const row: Record<string, unknown> = {};
    for (const { name, parse } of relation.columns) {
      const text = bytes.value();
      row[name] = text === null ? null : parse(text);
    }
    return { table: relation.table, row };
  }

  private readCommit(bytes: ByteReader): CommittedRows {
    bytes.skip(1 + 8); // flags, and where the commit itself stands
    const endLsn = bytes.int64();
    const committedAt = new Date(EPOCH_2000_MS + Number(bytes.int64() / 1_000n));
    const { added } = this;
    this.added = [];
    this.isWithin = false;
    return { endLsn, committedAt, added };
  }
}

/** What travels around those messages: a piece of the log, or a sign of life. */
export type LogMessage =
  | { readonly kind: 'data'; readonly payload: Buffer }
  | { readonly kind: 'keepalive'; readonly endLsn: bigint; readonly wantsReply: boolean };

/** Opens the envelope of one message of the replication protocol; null for a kind we do not know. */
export function readEnvelope(chunk: Buffer): LogMessage | null {
  switch (chunk[0]) {
    case 0x77: // w: start and end of the piece, the server's clock, the payload
      return { kind: 'data', payload: chunk.subarray(25) };
    case 0x6b: // k: end of the log, the server's clock, whether it wants an answer
      return { kind: 'keepalive', endLsn: chunk.readBigUInt64BE(1), wantsReply: chunk[17] === 1 };
    default:
      return null;
  }
}

/** Tells the server up to where we have taken the log; it need not keep what lies before. */
export function statusUpdate(takenLsn: bigint, now: Date): Buffer {
  const message = Buffer.alloc(34);
  message[0] = 0x72; // r
  // Written, flushed and applied: to us they are one.
  for (const at of [1, 9, 17]) message.writeBigUInt64BE(takenLsn, at);
  message.writeBigInt64BE(BigInt(now.getTime() - EPOCH_2000_MS) * 1_000n, 25);
  return message;
}

class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  letter(): string {
    return String.fromCharCode(this.bytes.readUInt8(this.at++));
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  int64(): bigint {
    this.at += 8;
    return this.bytes.readBigUInt64BE(this.at - 8);
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new Error('PgoutputReader: a text without an end');
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  /** One value of a row; null for NULL. */
  value(): string | null {
    const kind = this.letter();
    if (kind === 'n') return null;
    // u is an unchanged large value, b a binary one: neither is sent for inserts of protocol 1 in text.
    if (kind !== 't') throw new Error(`PgoutputReader: a value of kind ${kind}`);
    const length = this.int32();
    if (this.at + length > this.bytes.length) throw new Error('PgoutputReader: a value ends early');
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  skip(count: number): void {
    this.at += count;
  }
}
