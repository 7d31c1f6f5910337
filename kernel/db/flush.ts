import pg, { type Client, type QueryResult, type QueryResultRow, type Submittable } from 'pg';

/** One prepared statement of a flush; its name stands for its text on the connection. */
export interface FlushStatement {
  readonly name: string;
  readonly text: string;
  /** As `pg` takes them; text for a value already in PostgreSQL's own form. */
  readonly values?: readonly unknown[];
}

/** Rows of one statement of a flush. */
export type FlushRows = readonly QueryResultRow[];

/** What a flush answered: the rows of each statement. */
export type Answers = readonly FlushRows[];

/** The statements of one flush, gathered where they are known, each with the reader of its own rows. */
export class Asking {
  readonly statements: FlushStatement[] = [];

  /** Adds a statement. @returns what finds its rows in the answers; none for no statement */
  add<Row = unknown>(statement: FlushStatement | null): (answers: Answers) => readonly Row[] {
    if (statement === null) return () => [];
    const place = this.statements.push(statement) - 1;
    return (answers) => (answers[place] ?? []) as readonly Row[];
  }
}

/** The parts of `pg` a submittable works with, of which it publishes no types. */
interface WireConnection {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: object): void;
  sync(): void;
}
interface WireResult extends QueryResult {
  addFields(fields: unknown): void;
  parseRow(fields: unknown): QueryResultRow;
}
const wire = pg as unknown as {
  Result: new (rowMode: undefined, types: Readers) => WireResult;
  utils: { prepareValue(value: unknown): unknown };
};

/** What reads values of a type. */
interface Readers {
  getTypeParser(typeOid: number, format: 'text' | 'binary'): (text: string) => unknown;
}
const readers = pg.types as unknown as Readers;
const readInstant = readers.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text');
const QUICK: Readers = {
  getTypeParser: (typeOid, format) =>
    typeOid === Number(pg.types.builtins.TIMESTAMPTZ) && format === 'text'
      ? instantOf
      : readers.getTypeParser(typeOid, format),
};

/**
 * An instant as a server tells it whose time zone is UTC, to the millisecond. What stands otherwise (another zone, infinity, years before
 * 100 and after 9999) is left to `pg`, whose reader takes ten times as long for what it takes any form of.
 */
function instantOf(text: string): unknown {
  const year = Number(text.slice(0, 4));
  if (!(year >= 100) || text[4] !== '-' || !text.endsWith('+00')) return readInstant(text);
  const part = (from: number) => (text.charCodeAt(from) - ZERO) * 10 + text.charCodeAt(from + 1) - ZERO;
  const ms = text[19] === '.' ? Number(text.slice(20, Math.min(23, text.length - 3)).padEnd(3, '0')) : 0;
  return new Date(Date.UTC(year, part(5) - 1, part(8), part(11), part(14), part(17), ms));
}

const ZERO = '0'.charCodeAt(0);

/** A statement a connection has prepared. */
interface Prepared {
  readonly text: string;
  /** What makes rows of its answers: how they look is told when it is first used and stays so; null until then, or for no rows. */
  reader: WireResult | null;
}

/** Statements a connection has prepared, by name; null after a failure. */
const prepared = new WeakMap<WireConnection, Map<string, Prepared> | null>();

/**
 * Sends several prepared statements in one go, with one Sync at their end, and reads their answers. The server works through
 * them without waiting for us and answers once: a batch that would take a dozen turns of the event loop, and of the server's
 * own loop, takes one. (`pg`'s own pipeline sends a Sync with each statement.) How a statement's rows look is asked once for each
 * connection.
 *
 * Outside a transaction the statements are one; within one, the first that fails ends the flush: the server passes over the
 * rest, a `commit` among them.
 *
 * @param client a connection used by nobody else meanwhile, without `pipeline`
 * @returns the rows of each statement, in their order
 * @throws what the failing statement raised; the connection is then to be closed: its transaction is open and aborted, and which
 *         statements it has prepared is not known
 */
export function flush(client: Client, statements: readonly FlushStatement[]): Promise<FlushRows[]> {
  return new Promise((resolve, reject) => {
    client.query(new Flush(statements, resolve, reject) as unknown as Submittable);
  });
}

class Flush {
  /** Called by `pg` when the connection is lost; it asks for one to be there. */
  callback = (error: Error | null): void => {
    if (error !== null) this.reject(error);
  };
  private readonly rows: QueryResultRow[][];
  private known = new Map<string, Prepared>();
  private answered = 0;
  private failure: Error | null = null;

  constructor(
    private readonly statements: readonly FlushStatement[],
    private readonly resolve: (rows: FlushRows[]) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.rows = statements.map(() => []);
  }

  submit(connection: WireConnection): Error | null {
    const known = prepared.get(connection) ?? (prepared.has(connection) ? null : new Map<string, Prepared>());
    if (known === null) return new Error('flush: this connection has failed before and must be closed');
    prepared.set(connection, known);
    this.known = known;
    // Corked, so that the messages leave in as few packets as they fit.
    connection.stream.cork();
    try {
      for (const { name, text, values = [] } of this.statements) {
        const before = known.get(name);
        if (before !== undefined && before.text !== text) {
          return new Error(`flush: ${name} names another statement here`);
        }
        if (before === undefined) connection.parse({ name, text });
        connection.bind({ statement: name, values, valueMapper: wire.utils.prepareValue });
        if (before === undefined) {
          connection.describe({ type: 'P', name: '' });
          known.set(name, { text, reader: null });
        }
        connection.execute({});
      }
      connection.sync();
      return null;
    } finally {
      connection.stream.uncork();
    }
  }

  handleRowDescription(message: { fields: unknown }): void {
    const statement = this.current();
    statement.reader = new wire.Result(undefined, QUICK);
    statement.reader.addFields(message.fields);
  }

  handleDataRow(message: { fields: unknown }): void {
    const { reader } = this.current();
    if (reader === null) throw new Error('flush: a row came before its description');
    this.rows[this.answered]?.push(reader.parseRow(message.fields));
  }

  handleCommandComplete(): void {
    this.answered += 1;
  }

  handleEmptyQuery(): void {
    this.answered += 1;
  }

  handleError(error: Error, connection: WireConnection): void {
    this.failure ??= error;
    prepared.set(connection, null);
    // A lost connection sends no ReadyForQuery any more.
    this.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.failure === null) this.resolve(this.rows);
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  /** The statement whose answer comes now. */
  private current(): Prepared {
    const statement = this.known.get(this.statements[this.answered]?.name ?? '');
    if (statement === undefined) throw new Error('flush: the server answered more than was asked');
    return statement;
  }
}
