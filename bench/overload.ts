import { openDevelopmentIssuer } from '../gateway/main';
import { readHubConfig } from '../hub/composition/config';
import { freePorts, startHub, untilReady } from '../hub/testkit/processes';
import { startEmbeddedPostgres } from '../kernel/db/embedded/embedded-postgres';
import type { Bench } from './benches';
import { openCoalition, percentile, purchaseOf, rounded } from './coalition';
import { clusterOf } from './private-folder';
import { postOf, RawConnection, type RawAnswer } from './raw-connection';
import { serverVersion } from './server-facts';

/** Callers that ask as soon as they are answered: more of them bring no more sales. */
const PEAK_CALLERS = 64;
const OVERLOAD = 5;
const OPENING_AT_ONCE = 50;
const CASE_MS = 5_000;
const WARM_UP_MS = 3_000;
const MEMBERS = 200;
const ENROLLING_AT_ONCE = 16;
/** Tills that are connected, as they are all day: what is refused are sales and not connections. Each has one sale at a time. */
const CONNECTIONS = 2_000;
/** Far above what is sent: it is capacity that is to refuse, not a budget. */
const BUDGET = '1000000000';
const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  __typename ... on Refusal { code } } }`;

/** Answers of one case, by what they were. */
interface Tally {
  /** Milliseconds each sale and each refusal took. */
  readonly sales: number[];
  readonly refusals: number[];
  /** Sales answered later are not counted: nobody waited for them. */
  until: number;
  late: number;
  /** Sales that no till was free to send: what was offered falls short by them. */
  unsent: number;
  /** Refused without `Retry-After`, or not answered as a refusal must be. */
  faults: number;
  firstFault: string | null;
}

/**
 * What happens to five times as many sales as a hub can record: how many it still records, and how fast it refuses the others. The
 * hub is a process of its own, over a PostgreSQL of this run; sales are sent at a steady rate whatever becomes of those before, by
 * this process, on the same machine.
 */
export const benchOverload: Bench = async ({ folder, tell, settings, caseMs }) => {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const server = await startEmbeddedPostgres({ dataDir: clusterOf(folder), onProgress: tell, settings });
    closing.push(() => server.stop());
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const program = startHub(['up'], { HUB_DATA_DIR: folder, HUB_PORT: String(port), HUB_BUDGET_PARTNER: BUDGET });
    closing.push(() => program.stop());
    await untilReady(`${url}/readyz`, program);
    const issuer = await openDevelopmentIssuer({ folder, mode: 'development' });
    const hub = { url, issuer, config: { ...readHubConfig(), dataDir: folder } };
    const coalition = await openCoalition(hub, 'overload', MEMBERS, ENROLLING_AT_ONCE);
    closing.push(() => coalition.close());
    const till = await Tills.open(new URL('/graphql', url), coalition.key, coalition.memberIds);
    closing.push(async () => till.close());
    await till.atMost(WARM_UP_MS);
    const forMs = caseMs ?? CASE_MS;
    const before = await till.atMost(forMs);
    const peak = (before.sales.length * 1_000) / forMs;
    tell(`at most ${Math.round(peak)} sales a second`);
    const under = await till.steadily(peak * OVERLOAD, forMs);
    if (under.firstFault !== null) tell(under.firstFault);
    const goodput = (under.sales.length * 1_000) / forMs;
    return {
      postgres: await serverVersion(server.superuserUrl),
      figures: {
        peakPerSecond: rounded(peak),
        offeredPerSecond: rounded(
          ((under.sales.length + under.refusals.length + under.late + under.faults) * 1_000) / forMs,
        ),
        goodputPerSecond: rounded(goodput),
        refusedPerSecond: rounded((under.refusals.length * 1_000) / forMs),
        saleP99Ms: rounded(percentile(under.sales, 0.99)),
        refusalP50Ms: rounded(percentile(under.refusals, 0.5)),
        refusalP99Ms: rounded(percentile(under.refusals, 0.99)),
        late: under.late,
        unsent: under.unsent,
        faults: under.faults,
      },
      ratios: { goodput_over_peak: rounded(goodput / peak) },
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
};

/** Tills that sell to members in turn. */
class Tills {
  private turn = 0;
  private readonly idle: RawConnection[];

  private constructor(
    private readonly connections: readonly RawConnection[],
    private readonly requestFor: (memberId: string) => string,
    private readonly memberIds: readonly string[],
  ) {
    this.idle = [...connections];
  }

  static async open(url: URL, key: string, memberIds: readonly string[]): Promise<Tills> {
    const connections: RawConnection[] = [];
    while (connections.length < CONNECTIONS) {
      const some = Array.from({ length: OPENING_AT_ONCE }, async () => {
        const connection = await RawConnection.open(url.hostname, Number(url.port));
        // A connection that says nothing is ended after a while; tills have said something before they are kept.
        await connection.ask(`GET /livez HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
        return connection;
      });
      connections.push(...(await Promise.all(some)));
    }
    const headers = { authorization: `Bearer ${key}`, accept: 'application/graphql-response+json' };
    const requestFor = (memberId: string) =>
      postOf(url, headers, { query: RECORD, variables: { input: purchaseOf(memberId) } });
    return new Tills(connections, requestFor, memberIds);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** As fast as answers come. */
  async atMost(forMs: number): Promise<Tally> {
    const tally = newTally();
    const until = performance.now() + forMs;
    const call = async () => {
      while (performance.now() < until) await this.sell(tally);
    };
    await Promise.all(Array.from({ length: PEAK_CALLERS }, call));
    return tally;
  }

  /** So many a second, whether or not those before were answered. */
  async steadily(perSecond: number, forMs: number): Promise<Tally> {
    const tally = newTally();
    const startedAt = performance.now();
    tally.until = startedAt + forMs;
    const underWay = new Set<Promise<void>>();
    let due = 0;
    for (let passed = 0; passed < forMs; passed = performance.now() - startedAt) {
      for (; due < (passed * perSecond) / 1_000; due += 1) {
        if (this.idle.length === 0) {
          tally.unsent += 1;
          continue;
        }
        const sale = this.sell(tally);
        underWay.add(sale);
        void sale.then(() => underWay.delete(sale));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(underWay);
    return tally;
  }

  private async sell(tally: Tally): Promise<void> {
    const connection = this.idle.pop();
    if (connection === undefined) throw new Error('bench: no till is free');
    const request = this.requestFor(this.memberIds[(this.turn += 1) % this.memberIds.length]!);
    const sentAt = performance.now();
    try {
      record(tally, await connection.ask(request), performance.now() - sentAt);
    } catch (error) {
      note(tally, String(error));
    }
    if (connection.isOpen) this.idle.push(connection);
  }
}

function record(tally: Tally, { status, head, body }: RawAnswer, tookMs: number): void {
  const isSale = status === 200 && body.includes('"RecordPurchaseSuccess"');
  if (isSale && performance.now() > tally.until) tally.late += 1;
  else if (isSale) tally.sales.push(tookMs);
  else if ((status === 429 || status === 503) && head.includes('\r\nretry-after:')) tally.refusals.push(tookMs);
  else note(tally, `${status} ${body.slice(0, 200)}`);
}

function newTally(): Tally {
  return { sales: [], refusals: [], until: Number.POSITIVE_INFINITY, late: 0, unsent: 0, faults: 0, firstFault: null };
}

function note(tally: Tally, fault: string): void {
  tally.faults += 1;
  tally.firstFault ??= fault;
}
