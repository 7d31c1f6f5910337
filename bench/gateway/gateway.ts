import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { PartnersStub } from '../../gateway/testkit/partners-stub';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { Fault } from '../../kernel/errors/fault';
import type { Bench, BenchRun, Measured } from '../benches';
import { median, percentile, rounded } from '../coalition';
import { clusterOf } from '../private-folder';
import { serverVersion } from '../server-facts';
import { installPeers, processorMicros, startHive, startPart, type Program } from './programs';
import { expectedFor, QUERY, supergraphAt, type Joined } from './stub-graph';

const ROUNDS = 5;
const CASE_MS = 2_000;
const CALLERS = 32;
/** Before anything is counted: enough for compilers and caches of all. */
const WARM_UP_CALLS = 400;

/** A gateway that is measured. */
interface Contestant {
  readonly url: string;
  readonly program: Program;
  /** A partner's, which ours ask for. */
  readonly key: string | null;
}

interface Sample {
  readonly rate: number;
  readonly gatewayMicros: number;
  readonly subgraphsMicros: number;
}

interface Tally {
  readonly samples: Sample[];
  readonly latencies: number[];
}

/**
 * One query over three subgraphs and twenty entities, through gateways that take turns: Apollo's own, ours over subgraphs in its
 * process and over HTTP, Hive's with its planner in JavaScript and in Rust. All reach the same processes of subgraphs, except for
 * ours in one process, which has the same subgraphs inside. Ours check credentials, limits, costs and budgets; the others
 * check nothing, and their calls of subgraphs are spared the signature. Distinct requests ask for another member each, identical
 * ones for the same. The caller is a partner's till: of persons' reads of personal data ours would write two lines each into the
 * audit log, which none of the others keeps.
 */
export const benchGateway: Bench = async (run) => {
  const opened: { stop(): Promise<unknown> }[] = [];
  try {
    const { folder, tell, settings } = run;
    const server = await startEmbeddedPostgres({ dataDir: clusterOf(folder), onProgress: tell, settings });
    opened.push(server);
    const { contestants, subgraphs } = await startAll(run, opened);
    const measured = await measure(run, contestants, subgraphs);
    return { postgres: await serverVersion(server.superuserUrl), ...measured };
  } finally {
    for (const one of opened.reverse()) await one.stop();
  }
};

async function startAll(run: BenchRun, opened: { stop(): Promise<unknown> }[]) {
  const { folder, tell } = run;
  const part = async <Said>(...args: string[]): Promise<{ program: Program; said: Said }> => {
    tell(`starting ${args[0]}`);
    const started = await startPart<Said>(folder, args);
    opened.push(started.program);
    return started;
  };
  const { program: subgraphs, said } = await part<Record<'signed' | 'unsigned', Record<Joined, string>>>('subgraphs');
  const partners = new PartnersStub();
  const { text: key } = partners.issueKey();
  const announced = JSON.stringify(await partners.read(null, 1, 0));
  const contestants: Record<string, Contestant> = {};
  const wants = (name: string) => run.cases === null || run.cases.includes(name);
  for (const [name, urls, own] of [
    ['stock', said.unsigned, null],
    ['local', said.signed, key],
    ['pool', said.signed, key],
  ] as const) {
    if (!wants(name)) continue;
    const { program, said: at } = await part<{ url: string }>(name, JSON.stringify(urls), announced);
    contestants[name] = { url: at.url, program, key: own };
  }
  if ((wants('hive') || wants('hiveRust')) && (await installPeers(tell))) {
    const file = join(folder, 'supergraph.graphql');
    writeFileSync(file, supergraphAt(said.unsigned));
    for (const [name, planner] of [
      ['hive', 'javascript'],
      ['hiveRust', 'rust'],
    ] as const) {
      if (!wants(name)) continue;
      tell(`starting ${name}`);
      const program = await startHive({ supergraphFile: file, planner });
      opened.push(program);
      contestants[name] = { url: program.url, program, key: null };
    }
  }
  return { contestants, subgraphs };
}

async function measure(
  run: BenchRun,
  contestants: Readonly<Record<string, Contestant>>,
  subgraphs: Program,
): Promise<Omit<Measured, 'postgres'>> {
  const { tell, rounds, caseMs } = run;
  const cases = Object.entries(contestants).flatMap(([name, contestant]) => [
    { name, caller: new Caller(contestant, 'distinct'), contestant },
    { name: `${name}_identical`, caller: new Caller(contestant, 'identical'), contestant },
  ]);
  const tallies = new Map<string, Tally>(cases.map(({ name }) => [name, { samples: [], latencies: [] }]));
  for (const { name, caller } of cases) {
    tell(`warming up ${name}`);
    await caller.call({ calls: WARM_UP_CALLS, latencies: [] });
  }
  const [times, forMs] = [rounds ?? ROUNDS, caseMs ?? CASE_MS];
  for (let round = 1; round <= times; round += 1) {
    for (const { name, caller, contestant } of cases) {
      const { samples, latencies } = tallies.get(name)!;
      const before = [processorMicros(contestant.program), processorMicros(subgraphs)] as const;
      const startedAt = performance.now();
      const done = await caller.call({ untilMs: startedAt + forMs, latencies });
      const seconds = (performance.now() - startedAt) / 1_000;
      samples.push({
        rate: done / seconds,
        gatewayMicros: (processorMicros(contestant.program) - before[0]) / done,
        subgraphsMicros: (processorMicros(subgraphs) - before[1]) / done,
      });
      tell(`round ${round} of ${times}: ${name} ${Math.round(done / seconds)} a second`);
    }
  }
  await Promise.all(cases.map(({ caller }) => caller.close()));
  return { figures: figuresOf(tallies), ratios: ratiosOf(tallies) };
}

/** Asks one gateway, by so many callers at once, and looks at every answer. */
class Caller {
  private readonly pool: Pool;
  private readonly path: string;
  private asked = 0;

  constructor(
    private readonly contestant: Contestant,
    private readonly requests: 'distinct' | 'identical',
  ) {
    const { origin, pathname } = new URL(contestant.url);
    this.pool = new Pool(origin, { connections: CALLERS });
    this.path = pathname;
  }

  async call(bounds: { calls?: number; untilMs?: number; latencies: number[] }): Promise<number> {
    let [begun, done] = [0, 0];
    const more = (): boolean =>
      bounds.calls === undefined ? performance.now() < (bounds.untilMs ?? 0) : begun < bounds.calls;
    const one = async (): Promise<void> => {
      while (more()) {
        begun += 1;
        const askedAt = performance.now();
        await this.ask();
        bounds.latencies.push(performance.now() - askedAt);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, one));
    return done;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async ask(): Promise<void> {
    this.asked += 1;
    const number = this.requests === 'distinct' ? this.asked : 1;
    const id = `mem_${String(number).padStart(32, '0')}`;
    const { key } = this.contestant;
    const { statusCode, body } = await this.pool.request({
      path: this.path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query: QUERY, variables: { id } }),
    });
    const text = await body.text();
    if (statusCode !== 200 || !isRight(text, id))
      throw new Fault('HUB_BENCH_REFUSED', `${this.contestant.url} answered ${statusCode}: ${text.slice(0, 400)}`);
  }
}

const [BEFORE = '', AFTER = ''] = JSON.stringify(expectedFor('THE-ID')).split('THE-ID');

/** Every answer is compared, letter by letter; one that differs may still say the same. */
function isRight(text: string, id: string): boolean {
  const answer = text.trimEnd();
  return answer === `${BEFORE}${id}${AFTER}` || isDeepStrictEqual(JSON.parse(answer), expectedFor(id));
}

function figuresOf(tallies: ReadonlyMap<string, Tally>): Record<string, number> {
  return Object.fromEntries(
    [...tallies].flatMap(([name, { samples, latencies }]) => {
      const of = (key: keyof Sample) => rounded(median(samples.map((sample) => sample[key])));
      return [
        [`${name}_per_second`, of('rate')],
        [`${name}_p50_ms`, rounded(percentile(latencies, 0.5))],
        [`${name}_p99_ms`, rounded(percentile(latencies, 0.99))],
        [`${name}_gateway_us`, of('gatewayMicros')],
        [`${name}_subgraphs_us`, of('subgraphsMicros')],
      ];
    }),
  );
}

const RATIOS: Readonly<Record<string, readonly [over: string, than: string]>> = {
  local_over_stock: ['local', 'stock'],
  pool_over_stock: ['pool', 'stock'],
  local_over_hive: ['local', 'hive'],
  pool_over_hive: ['pool', 'hive'],
  local_over_hiveRust: ['local', 'hiveRust'],
  pool_over_hiveRust: ['pool', 'hiveRust'],
  local_over_hiveRust_identical: ['local_identical', 'hiveRust_identical'],
  pool_over_hiveRust_identical: ['pool_identical', 'hiveRust_identical'],
};

/** Processor time of an answer, gateway and subgraphs together: what is left of a ratio when other programs take turns too. */
const PROCESSOR_RATIOS: Readonly<Record<string, readonly [of: string, over: string]>> = {
  stock_cpu_over_local: ['stock', 'local'],
  stock_cpu_over_pool: ['stock', 'pool'],
  hiveRust_cpu_over_local: ['hiveRust', 'local'],
  hiveRust_cpu_over_pool: ['hiveRust', 'pool'],
  hiveRust_cpu_over_pool_identical: ['hiveRust_identical', 'pool_identical'],
};

const rateOf = ({ rate }: Sample): number => rate;
const microsOf = ({ gatewayMicros, subgraphsMicros }: Sample): number => gatewayMicros + subgraphsMicros;

function ratiosOf(tallies: ReadonlyMap<string, Tally>): Record<string, number> {
  return { ...ratiosBy(rateOf, RATIOS, tallies), ...ratiosBy(microsOf, PROCESSOR_RATIOS, tallies) };
}

/** Medians over rounds of the ratio within a round; those of which both cases ran. */
function ratiosBy(
  measured: (sample: Sample) => number,
  wanted: Readonly<Record<string, readonly [string, string]>>,
  tallies: ReadonlyMap<string, Tally>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, [over, than]]) => {
      const [ours, theirs] = [tallies.get(over)?.samples, tallies.get(than)?.samples];
      if (ours === undefined || theirs === undefined) return [];
      const ratio = median(ours.map((sample, round) => measured(sample) / measured(theirs[round]!)));
      return Number.isFinite(ratio) ? [[name, rounded(ratio)]] : [];
    }),
  );
}
