import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Fault } from '../../kernel/errors/fault';
import { askOnce } from '../server-facts';
import { median, percentile, rounded } from '../coalition';

/** One case of a bench: so many callers, each calling again the moment it is answered. */
export interface Case {
  readonly callers: number;
  /** @returns how many operations this call was */
  once(): Promise<number>;
}

/** What a case came to: medians over the rounds, latencies over all calls. */
export interface Outcome {
  /** Operations a second. */
  readonly rate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time an operation takes in this process, and in the server's processes; microseconds. */
  readonly nodeMicros: number;
  readonly serverMicros: number;
  /** Bytes of write-ahead log an operation makes, checkpoints' share included. */
  readonly walBytes: number;
}

type Sample = Omit<Outcome, 'p50Ms' | 'p99Ms'>;

/** The server that is measured. */
export interface ServerUnderTest {
  /** The superuser's. */
  readonly url: string;
  /** Its data directory. */
  readonly folder: string;
}

interface Timing {
  readonly rounds: number;
  readonly caseMs: number;
}

/**
 * How long a case runs before it is measured: until so many operations were done, or for so long. A server runs for days, and what is
 * measured is not its first seconds, in which its program is still being compiled.
 */
const WARM = { operations: 10_000, ms: 8_000 };

/** Runs the cases one after the other, round after round, so that a machine that slows down slows all of them; warm ones, see above. */
export async function alternate(
  cases: Readonly<Record<string, Case>>,
  server: ServerUnderTest,
  { rounds, caseMs, tell }: Timing & { tell: (line: string) => void },
): Promise<Record<string, Outcome>> {
  const samples = new Map<string, Sample[]>(Object.keys(cases).map((name) => [name, []]));
  const latencies = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
  for (const [name, one] of Object.entries(cases)) {
    tell(`warming up ${name}`);
    await run(one, WARM, []);
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, one] of Object.entries(cases)) {
      const before = await usedBy(server);
      const { done, seconds } = await run(one, { ms: caseMs }, latencies.get(name)!);
      const used = usedSince(before, await usedBy(server));
      const [nodeMicros, serverMicros, walBytes] = used.map((sum) => sum / done) as [number, number, number];
      samples.get(name)!.push({ rate: done / seconds, nodeMicros, serverMicros, walBytes });
      tell(`round ${round} of ${rounds}: ${name} ${Math.round(done / seconds)} a second`);
    }
  }
  return Object.fromEntries([...samples].map(([name, all]) => [name, outcomeOf(all, latencies.get(name)!)]));
}

/** What was used since the beginning. */
interface Used {
  /** Processor time of this process, in microseconds. */
  readonly node: number;
  /** That of each process of the server, by its number. */
  readonly server: ReadonlyMap<string, number>;
  readonly walBytes: number;
}

async function usedBy({ url, folder }: ServerUnderTest): Promise<Used> {
  const [log] = await askOnce<{ bytes: string }>(url, `select pg_current_wal_insert_lsn() - '0/0' as bytes`);
  const { user, system } = process.cpuUsage();
  return { node: user + system, server: processesIn(folder), walBytes: Number(log!.bytes) };
}

/** Processes of the server that ended meanwhile are missed: they took their counts with them. */
function usedSince(before: Used, now: Used): [node: number, server: number, walBytes: number] {
  let server = 0;
  for (const [pid, micros] of now.server) server += micros - (before.server.get(pid) ?? 0);
  return [now.node - before.node, server, now.walBytes - before.walBytes];
}

async function run(
  { callers, once }: Case,
  { operations = Number.POSITIVE_INFINITY, ms }: { operations?: number; ms: number },
  latencies: number[],
): Promise<{ done: number; seconds: number }> {
  const startedAt = performance.now();
  let done = 0;
  const call = async (): Promise<void> => {
    while (done < operations && performance.now() - startedAt < ms) {
      const askedAt = performance.now();
      const more = await once();
      latencies.push(performance.now() - askedAt);
      // Added after the wait: `done += await …` would read the sum before it and lose what others add.
      done += more;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return { done, seconds: (performance.now() - startedAt) / 1_000 };
}

function outcomeOf(samples: readonly Sample[], latencies: readonly number[]): Outcome {
  const of = (name: keyof Sample) => rounded(median(samples.map((sample) => sample[name])));
  return {
    rate: of('rate'),
    nodeMicros: of('nodeMicros'),
    serverMicros: of('serverMicros'),
    walBytes: of('walBytes'),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p99Ms: rounded(percentile(latencies, 0.99)),
  };
}

/** Linux counts a process's time in hundredths of a second. */
const TICK_MICROS = 10_000;

/**
 * Processor time of the processes that work in a folder, as those of a PostgreSQL server do, by their number; none where `/proc`
 * does not tell.
 */
function processesIn(folder: string): Map<string, number> {
  const micros = new Map<string, number>();
  if (process.platform !== 'linux') return micros;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) !== folder) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      micros.set(pid, (Number(fields[11]) + Number(fields[12])) * TICK_MICROS);
    } catch {
      // It has just ended.
    }
  }
  return micros;
}

/** Rates, latencies and processor time of all cases as flat figures. */
export function figuresOf(outcomes: Readonly<Record<string, Outcome>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outcomes).flatMap(([name, one]) => [
      [`${name}_per_second`, one.rate],
      [`${name}_p50_ms`, one.p50Ms],
      [`${name}_p99_ms`, one.p99Ms],
      [`${name}_node_us`, one.nodeMicros],
      [`${name}_server_us`, one.serverMicros],
      [`${name}_wal_bytes`, one.walBytes],
    ]),
  );
}

/** Ratios by name: the rate of one case over the mean rate of others. */
export type Ratios = Readonly<Record<string, readonly [over: string, than: readonly string[]]>>;

/** The ratios of which all cases ran. */
export function ratiosOf(outcomes: Readonly<Record<string, Outcome>>, ratios: Ratios): Record<string, number> {
  const found = Object.entries(ratios).flatMap(([name, [over, than]]) => {
    const bases = than.map((one) => outcomes[one]?.rate ?? Number.NaN);
    const ratio = (outcomes[over]?.rate ?? Number.NaN) / (bases.reduce((sum, rate) => sum + rate, 0) / bases.length);
    return Number.isFinite(ratio) ? [[name, rounded(ratio)] as const] : [];
  });
  return Object.fromEntries(found);
}

/**
 * The cases that are asked for; all when nobody asks.
 *
 * @throws Fault HUB_BENCH_NO_SUCH_CASE
 */
export function wanted<T>(cases: Readonly<Record<string, T>>, names: readonly string[] | null): Record<string, T> {
  const unknown = names?.find((name) => cases[name] === undefined);
  if (unknown !== undefined) {
    throw new Fault(
      'HUB_BENCH_NO_SUCH_CASE',
      `There is no case ${unknown}; there are ${Object.keys(cases).join(', ')}.`,
    );
  }
  return Object.fromEntries(Object.entries(cases).filter(([name]) => names?.includes(name) ?? true));
}
