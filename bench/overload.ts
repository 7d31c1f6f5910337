import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Agent, request, type Dispatcher } from 'undici';
import { openDevelopmentIssuer } from '../gateway/main';
import { readHubConfig } from '../hub/composition/config';
import { freePorts, startHub, untilReady } from '../hub/testkit/processes';
import { startEmbeddedPostgres } from '../kernel/db/embedded/embedded-postgres';
import type { Bench } from './benches';
import { openCoalition, percentile, purchaseOf, rounded } from './coalition';
import { clusterOf } from './private-folder';
import { serverVersion } from './server-facts';

/** Callers that ask as soon as they are answered: more of them bring no more sales. */
const PEAK_CALLERS = 64;
const OVERLOAD = 5;
const CASE_MS = 5_000;
const WARM_UP_MS = 3_000;
const MEMBERS = 200;
const ENROLLING_AT_ONCE = 16;
/** Tills that are connected, as they are all day: what is refused are sales and not connections. */
const CONNECTIONS = 1_536;
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
    const agent = new Agent({ connections: CONNECTIONS });
    closing.push(() => agent.destroy());
    const till = new Till(agent, url, coalition.key, coalition.memberIds);
    await till.connected(CONNECTIONS);
    await till.atMost(WARM_UP_MS);
    const forMs = caseMs ?? CASE_MS;
    const before = await till.atMost(forMs);
    const peak = (before.sales.length * 1_000) / forMs;
    tell(`at most ${Math.round(peak)} sales a second`);
    // Those that were not needed meanwhile were closed.
    await till.connected(CONNECTIONS);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const under = await till.steadily(peak * OVERLOAD, forMs);
    delay.disable();
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
        // What of these times is this process's own: it sends and reads on the same machine.
        senderP99Ms: rounded(delay.percentile(99) / 1e6),
        late: under.late,
        faults: under.faults,
      },
      ratios: { goodput_over_peak: rounded(goodput / peak) },
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
};

/** Sells for members in turn. */
class Till {
  private turn = 0;

  constructor(
    private readonly agent: Dispatcher,
    private readonly url: string,
    private readonly key: string,
    private readonly memberIds: readonly string[],
  ) {}

  /** Opens all connections. */
  async connected(count: number): Promise<void> {
    const ask = async () => {
      const { body } = await request(`${this.url}/livez`, { dispatcher: this.agent });
      await body.dump();
    };
    for (let opened = 0; opened < count; opened += 64) await Promise.all(Array.from({ length: opened + 64 }, ask));
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
    const sent: Promise<void>[] = [];
    for (let passed = 0; passed < forMs; passed = performance.now() - startedAt) {
      while (sent.length < (passed * perSecond) / 1_000) sent.push(this.sell(tally));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(sent);
    return tally;
  }

  private async sell(tally: Tally): Promise<void> {
    const input = purchaseOf(this.memberIds[(this.turn += 1) % this.memberIds.length]!);
    const sentAt = performance.now();
    try {
      const { statusCode, headers, body } = await request(`${this.url}/graphql`, {
        dispatcher: this.agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
        body: JSON.stringify({ query: RECORD, variables: { input } }),
      });
      const text = await body.text();
      const tookMs = performance.now() - sentAt;
      const isSale = statusCode === 200 && text.includes('"RecordPurchaseSuccess"');
      if (isSale && sentAt + tookMs > tally.until) tally.late += 1;
      else if (isSale) tally.sales.push(tookMs);
      else if ((statusCode === 429 || statusCode === 503) && headers['retry-after'] !== undefined)
        tally.refusals.push(tookMs);
      else note(tally, `${statusCode} ${text.slice(0, 200)}`);
    } catch (error) {
      note(tally, String(error));
    }
  }
}

function newTally(): Tally {
  return { sales: [], refusals: [], until: Number.POSITIVE_INFINITY, late: 0, faults: 0, firstFault: null };
}

function note(tally: Tally, fault: string): void {
  tally.faults += 1;
  tally.firstFault ??= fault;
}
