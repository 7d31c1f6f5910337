import { Client } from 'pg';
import { sql } from '../../../kernel/db/sql';
import { uuidOf, type MemberId } from '../../../kernel/values/id';

/** One wallet as a snapshot shows it, beside what its entries add up to in the same snapshot. */
export interface AuditedWallet {
  readonly wallet: string;
  readonly available: bigint;
  readonly availableByEntries: bigint;
  /** The least of its balances. */
  readonly least: bigint;
}

/** What one full read of the book showed. */
export interface BookReading {
  readonly wallets: readonly AuditedWallet[];
  /** Points ever issued, and ever redeemed. */
  readonly issued: bigint;
  readonly redeemed: bigint;
  /** How often a member gave points to another. A gift given twice leaves every sum as it is, so gifts are counted. */
  readonly gifts: bigint;
  /** What left a member for another and has not arrived. */
  readonly underWay: bigint;
  /** Each wallet's history: a line of text for each version, in order. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
}

/** How the auditor reads; the control gives it one that does not read one state. */
export type ReadBook = (client: Client, bank: readonly string[]) => Promise<BookReading>;

const WALLETS = sql`/* test.audit.wallets */
select w.wallet, w.available, least(w.available, w.pending, w.held, w.arrears) as least,
       coalesce((select sum(case when e.credit_kind = 'AVAILABLE' then e.amount else -e.amount end) from entry e
         where e.bucket = w.bucket and e.wallet = w.wallet and 'AVAILABLE' in (e.credit_kind, e.debit_kind)), 0) as by_entries
  from wallet w`;

const TOTALS = sql`/* test.audit.totals */
select (select count(*) from journal_transaction where kind = 'TRANSFER_OUT') as gifts,
       coalesce(sum(amount) filter (where debit_kind = 'ISSUED'), 0) as issued,
       coalesce(sum(amount) filter (where credit_kind = 'REDEEMED'), 0) as redeemed,
       coalesce(sum(amount) filter (where credit_kind = 'TRANSFERRED'), 0)
         - coalesce(sum(amount) filter (where debit_kind = 'TRANSFERRED'), 0) as under_way
  from entry`;

const HISTORIES = sql`/* test.audit.histories */
select wallet, array_agg(concat_ws(' ', seq, kind, points, available_after, encode(chain, 'hex')) order by seq) as history
  from journal_transaction where wallet = any($1::uuid[]) group by wallet`;

/** Reads the whole book as one snapshot. */
export const readAtOnce: ReadBook = async (client, bank) => {
  await client.query('begin isolation level repeatable read read only');
  const reading = await readParts(client, bank);
  await client.query('commit');
  return reading;
};

/** Reads the parts of the book one after the other. */
export const readParts: ReadBook = async (client, bank) => {
  const wallets = await client.query<{ wallet: string; available: string; least: string; by_entries: string }>(WALLETS);
  const { rows: totals } = await client.query<Record<'issued' | 'redeemed' | 'gifts' | 'under_way', string>>(TOTALS);
  const histories = await client.query<{ wallet: string; history: string[] }>(HISTORIES, [bank]);
  const [total] = totals;
  return {
    wallets: wallets.rows.map((row) => ({
      wallet: row.wallet,
      available: BigInt(row.available),
      availableByEntries: BigInt(row.by_entries),
      least: BigInt(row.least),
    })),
    issued: BigInt(total?.issued ?? 0),
    redeemed: BigInt(total?.redeemed ?? 0),
    gifts: BigInt(total?.gifts ?? 0),
    underWay: BigInt(total?.under_way ?? 0),
    histories: new Map(histories.rows.map(({ wallet, history }) => [wallet, history])),
  };
};

/** What a reading must at least show, known from outside: a caller was told so before the reading began. */
export interface Acknowledged {
  readonly earned: bigint;
  readonly spent: bigint;
  readonly gifts: bigint;
}

export interface AuditorOptions {
  readonly url: string;
  /** Members among whom points move and from whom none leave. */
  readonly bank: readonly MemberId[];
  /** What they have between them, always. */
  readonly bankPoints: bigint;
  readonly acknowledged: () => Acknowledged;
  readonly read?: ReadBook | undefined;
}

/**
 * Reads the whole book again and again while others write to it, and says what cannot be: points that vanish or appear, a
 * negative balance, an acknowledged movement that is not there, a history that was rewritten.
 */
export class Auditor {
  /** What was found wrong, in words. */
  readonly findings: string[] = [];
  reads = 0;
  private readonly bank: readonly string[];
  private histories: BookReading['histories'] = new Map();
  private client: Client | null = null;

  constructor(private readonly options: AuditorOptions) {
    this.bank = options.bank.map(uuidOf);
  }

  /**
   * Reads the book once and compares it with all that was read and acknowledged before.
   *
   * @throws what the connection threw; the next look opens another
   */
  async look(): Promise<BookReading> {
    const acknowledged = this.options.acknowledged();
    const client = (this.client ??= await this.connect());
    try {
      const reading = await (this.options.read ?? readAtOnce)(client, this.bank);
      this.reads += 1;
      this.findings.push(...this.faultsOf(reading, acknowledged));
      this.histories = reading.histories;
      return reading;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.options.url, application_name: 'hub:test:auditor' });
    client.on('error', () => undefined); // the look under way tells it
    await client.connect();
    return client;
  }

  private faultsOf(reading: BookReading, acknowledged: Acknowledged): string[] {
    const { wallets, issued, redeemed, gifts, underWay } = reading;
    const inBank = total(wallets.filter(({ wallet }) => this.bank.includes(wallet)));
    const checks: readonly [boolean, string][] = [
      [inBank === this.options.bankPoints, `the bank has ${inBank} of ${this.options.bankPoints} points`],
      [
        total(wallets) + redeemed === issued,
        `${issued} issued are not ${redeemed} redeemed and ${total(wallets)} held`,
      ],
      [underWay === 0n, `${underWay} points left somebody and arrived nowhere`],
      [wallets.every(({ least }) => least >= 0n), 'a balance is negative'],
      [wallets.every((one) => one.available === one.availableByEntries), 'a balance is not the sum of its entries'],
      [issued >= acknowledged.earned, `${issued} issued, but ${acknowledged.earned} were acknowledged before`],
      [redeemed >= acknowledged.spent, `${redeemed} redeemed, but ${acknowledged.spent} were acknowledged before`],
      [gifts >= acknowledged.gifts, `${gifts} gifts, but ${acknowledged.gifts} were acknowledged before`],
    ];
    const wrong = checks.flatMap(([holds, words]) => (holds ? [] : [words]));
    const rewritten = [...this.histories].filter(([wallet, before]) => !extend(before, reading.histories.get(wallet)));
    return [...wrong, ...rewritten.map(([wallet]) => `the history of ${wallet} was rewritten`)];
  }
}

function total(wallets: readonly AuditedWallet[]): bigint {
  return wallets.reduce((sum, { available }) => sum + available, 0n);
}

/** Whether a later history begins with the whole of an earlier one. */
function extend(before: readonly string[], after: readonly string[] = []): boolean {
  return before.every((line, place) => after[place] === line);
}
