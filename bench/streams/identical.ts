import { openDevelopmentIssuer } from '../../gateway/main';
import { openFixture, type Fixture } from '../../gateway/testkit/fixture';
import { mintToken } from '../../hub/client/credentials';
import { readHubConfig } from '../../hub/composition/config';
import { openSecrets } from '../../hub/composition/secrets';
import { serveSubgraph } from '../../kernel/graph/serve-subgraph';
import { newId } from '../../kernel/values/id';
import type { BenchRun, Measured } from '../benches';
import { median, percentile, rounded } from '../coalition';
import { ClientsProgram } from '../../hub/testkit/clients-program';
import { processorMs, startOurs, type Program } from './programs';

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

/**
 * Five hundred clients that ask the same, each event joined with a second subgraph: how long after it happened a client has it, and
 * what it costs the gateway. An event is sent when all clients have the one before. The subgraphs live in this process; clients
 * and gateway are processes of their own.
 */
export async function measureIdentical({ folder, tell, rounds }: BenchRun): Promise<Measured['figures']> {
  const fixture = openFixture();
  const opened: { stop(): Promise<unknown> }[] = [];
  try {
    const { program, token } = await startGateway(fixture, folder, opened);
    const clients = new ClientsProgram();
    opened.push(clients);
    const samples: Sample[] = [];
    for (let round = 0; round < (rounds ?? ROUNDS); round += 1) {
      const sample = await measureOne(fixture, clients, program, token);
      tell(
        `round ${round + 1}: p50 ${sample.p50Ms.toFixed(1)} ms, ${sample.cpuMs.toFixed(1)} ms of processor an event`,
      );
      samples.push(sample);
    }
    const of = (value: (sample: Sample) => number) => rounded(median(samples.map(value)));
    return {
      identical_p50_ms: of(({ p50Ms }) => p50Ms),
      identical_p99_ms: of(({ p99Ms }) => p99Ms),
      identical_cpu_ms_per_event: of(({ cpuMs }) => cpuMs),
      identical_gaps: samples.reduce((sum, { gaps }) => sum + gaps, 0),
    };
  } finally {
    for (const one of opened.reverse()) await one.stop();
  }
}

async function measureOne(
  { accounts }: Fixture,
  clients: ClientsProgram,
  { url, pid }: Program,
  token: string | null,
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
): Promise<{ program: Program; token: string }> {
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
  return { program, token };
}
