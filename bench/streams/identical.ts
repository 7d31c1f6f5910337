import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDevelopmentIssuer } from '../../gateway/main';
import { openFixture, type Fixture } from '../../gateway/testkit/fixture';
import { mintToken } from '../../hub/client/credentials';
import { readHubConfig } from '../../hub/composition/config';
import { openSecrets } from '../../hub/composition/secrets';
import { serveSubgraph } from '../../kernel/graph/serve-subgraph';
import { newId } from '../../kernel/values/id';
import type { BenchRun, Measured } from '../benches';
import { median, percentile, rounded } from '../coalition';
import { installPeers, startHive } from '../gateway/programs';
import { serveUnsigned } from '../gateway/unsigned';
import { ClientsProgram } from '../../hub/testkit/clients-program';
import { processorMs, startOurs } from './programs';

const READERS = 500;
const EVENTS = 60;
const ROUNDS = 3;
const WARM_UP_EVENTS = 20;
const MEMBER = 'm1';
const QUERY = `subscription { change: accountChanged(memberId: "${MEMBER}") {
  version previousVersion isSnapshot account { available } member { displayName }
} }`;

interface Sample {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
  readonly gaps: number;
}

/** A gateway that is measured. */
interface Contestant {
  /** Origin it answers at. */
  readonly url: string;
  readonly pid: number;
  /** Ours asks for one. */
  readonly token: string | null;
}

/**
 * Five hundred clients that ask the same, each event joined with a second subgraph: how long after it happened a client has it, and
 * what it costs the gateway. An event is sent when all clients have the one before. Ours and Hive's take turns over the same
 * subgraphs, which live in this process; clients and gateways are processes of their own. Ours checks credentials, limits and
 * costs; Hive's checks nothing and reaches streams over a WebSocket, as ours does.
 */
export async function measureIdentical(run: BenchRun): Promise<Omit<Measured, 'postgres'>> {
  const fixture = openFixture();
  const opened: { stop(): Promise<unknown> }[] = [];
  try {
    const contestants = {
      ours: await startGateway(fixture, run.folder, opened),
      hive: await startPeer(fixture, run, opened),
    };
    const clients = new ClientsProgram();
    opened.push(clients);
    const samples: Record<keyof typeof contestants, Sample[]> = { ours: [], hive: [] };
    for (let round = 0; round < (run.rounds ?? ROUNDS); round += 1) {
      for (const name of ['ours', 'hive'] as const) {
        const contestant = contestants[name];
        if (contestant === null) continue;
        const sample = await measureOne(fixture, clients, contestant);
        run.tell(
          `round ${round + 1}, ${name}: p50 ${sample.p50Ms.toFixed(1)} ms, ${sample.cpuMs.toFixed(1)} ms of processor an event`,
        );
        samples[name].push(sample);
      }
    }
    const figures = { ...figuresOf('identical', samples.ours), ...figuresOf('hive', samples.hive) };
    return { figures, ratios: ratiosOf(samples.ours, samples.hive) };
  } finally {
    for (const one of opened.reverse()) await one.stop();
  }
}

function figuresOf(name: string, samples: readonly Sample[]): Record<string, number> {
  if (samples.length === 0) return {};
  const of = (value: (sample: Sample) => number) => rounded(median(samples.map(value)));
  return {
    [`${name}_p50_ms`]: of(({ p50Ms }) => p50Ms),
    [`${name}_p99_ms`]: of(({ p99Ms }) => p99Ms),
    [`${name}_cpu_ms_per_event`]: of(({ cpuMs }) => cpuMs),
    [`${name}_gaps`]: samples.reduce((sum, { gaps }) => sum + gaps, 0),
  };
}

/** Medians over rounds of the ratio within a round. */
function ratiosOf(ours: readonly Sample[], hive: readonly Sample[]): Record<string, number> {
  if (hive.length === 0) return {};
  const of = (value: (sample: Sample) => number) =>
    rounded(median(hive.map((sample, round) => value(sample) / value(ours[round]!))));
  return { hive_p50_over_ours: of(({ p50Ms }) => p50Ms), hive_cpu_over_ours: of(({ cpuMs }) => cpuMs) };
}

async function measureOne(
  { accounts }: Fixture,
  clients: ClientsProgram,
  { url, pid, token }: Contestant,
): Promise<Sample> {
  const reader = { token, query: QUERY, variables: {} };
  await clients.open(
    url,
    Array.from({ length: READERS }, () => reader),
    50,
  );
  const send = async (events: number, before = 0) => {
    for (let event = 1; event <= events; event += 1) {
      accounts.change(MEMBER, String(Math.round((performance.timeOrigin + performance.now()) * 1_000)));
      await clients.reached((before + event) * READERS);
    }
  };
  await send(WARM_UP_EVENTS);
  await clients.report();
  const cpuBefore = processorMs(pid);
  await send(EVENTS);
  const cpuMs = (processorMs(pid) - cpuBefore) / EVENTS;
  const { delaysMs, gaps } = await clients.report();
  await clients.closeAll();
  return { p50Ms: percentile(delaysMs, 0.5), p99Ms: percentile(delaysMs, 0.99), cpuMs, gaps };
}

async function startGateway(
  { members, ledger }: Fixture,
  folder: string,
  opened: { stop(): Promise<unknown> }[],
): Promise<Contestant> {
  const secrets = openSecrets({ ...readHubConfig(), dataDir: folder });
  const urls: Record<string, string> = {};
  for (const part of [members, ledger]) {
    const server = await serveSubgraph(part, { secrets, host: '127.0.0.1', port: 0 });
    urls[part.name] = server.url;
    opened.push({ stop: () => server.close() });
  }
  const issuer = await openDevelopmentIssuer({ folder, mode: 'development' });
  const token = await mintToken(issuer, { role: 'admin', programme: newId('prg') });
  const program = await startOurs(folder, urls);
  opened.push(program);
  return { url: program.url, pid: program.pid, token };
}

/** Hive's gateway over the same subgraphs; null when it is not wanted or cannot be had. */
async function startPeer(
  { members, ledger, supergraphSdl }: Fixture,
  { folder, tell, cases }: BenchRun,
  opened: { stop(): Promise<unknown> }[],
): Promise<Contestant | null> {
  if (cases !== null && !cases.includes('hive')) return null;
  if (!(await installPeers(tell))) return null;
  let supergraph = supergraphSdl;
  for (const part of [members, ledger]) {
    const server = await serveUnsigned(part);
    opened.push({ stop: () => server.close() });
    supergraph = supergraph.replaceAll(`"http://${part.name}.local"`, `"${server.url}/graphql"`);
  }
  const [supergraphFile, configFile] = [join(folder, 'peer.graphql'), join(folder, 'peer.mjs')];
  writeFileSync(supergraphFile, supergraph);
  writeFileSync(configFile, `export const gatewayConfig = ${JSON.stringify(OVER_WEBSOCKET)};`);
  const hive = await startHive({ supergraphFile, planner: 'javascript', configFile });
  opened.push(hive);
  return { url: new URL(hive.url).origin, pid: hive.pid, token: null };
}

/** Without it Hive's gateway asks subgraphs for streams by server-sent events. */
const OVER_WEBSOCKET = {
  transportEntries: { '*': { options: { subscriptions: { kind: 'ws', location: '/graphql' } } } },
};
