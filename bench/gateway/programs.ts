import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../../hub/testkit/processes';
import { Fault } from '../../kernel/errors/fault';
import { projectRoot } from '../../kernel/config/project-root';

/** A program of the bench that runs now. */
export interface Program {
  readonly pid: number;
  stop(): Promise<void>;
}

/** The same for all, ours and theirs. */
const NODE_OPTIONS = ['--max-semi-space-size=128'];
const PEERS = join(projectRoot(), 'bench', 'peers');
const HIVE = join(PEERS, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');
const START_MS = 60_000;

/** Starts a part of the bench over a data folder, and waits for what it says of itself. */
export async function startPart<Said>(
  folder: string,
  args: readonly string[],
): Promise<{ program: Program; said: Said }> {
  const file = join(projectRoot(), 'dist', 'bench', 'gateway', 'part.js');
  const child = start([file, ...args], { HUB_DATA_DIR: folder, HUB_LOG_LEVEL: 'error' });
  const line = await Promise.race([firstLine(child), endOf(child, args[0] ?? 'part')]);
  return { program: programOf(child), said: JSON.parse(line) as Said };
}

/** How Hive's gateway is started. */
export interface HiveOptions {
  readonly supergraphFile: string;
  readonly planner: 'javascript' | 'rust';
  /** A module that exports its configuration as `gatewayConfig`. */
  readonly configFile?: string;
}

/** Starts Hive's gateway as its command line does it, and waits until it answers. */
export async function startHive(options: HiveOptions): Promise<Program & { url: string }> {
  const { supergraphFile, planner, configFile } = options;
  const [port] = await freePorts(1);
  const more = [
    ...(planner === 'rust' ? ['--hive-router-runtime'] : []),
    ...(configFile === undefined ? [] : ['--config-path', configFile]),
  ];
  const child = start([HIVE, 'supergraph', supergraphFile, '--port', String(port), '--host', '127.0.0.1', ...more], {});
  child.stdout?.resume();
  const url = `http://127.0.0.1:${port}/graphql`;
  await Promise.race([untilAnswers(url), endOf(child, `Hive (${planner})`)]);
  return { ...programOf(child), url };
}

/** Installs what the hub is measured against, when it is not there. @returns whether it is there now */
export async function installPeers(tell: (line: string) => void): Promise<boolean> {
  if (existsSync(HIVE)) return true;
  tell('installing the gateways of others under bench/peers (npm ci, about 150 MB)');
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEERS, stdio: 'ignore' });
  await once(child, 'exit').catch(() => undefined);
  if (existsSync(HIVE)) return true;
  tell('they could not be installed: their cases are left out. Run `npm ci` in bench/peers and measure again.');
  return false;
}

/** Processor time of a program so far, in microseconds; NaN where `/proc` does not tell. */
export function processorMicros({ pid }: Program): number {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** Linux counts a process's time in hundredths of a second. */
const TICK_MICROS = 10_000;

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [...NODE_OPTIONS, ...args], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      APOLLO_TELEMETRY_DISABLED: '1',
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function programOf(child: ChildProcess): Program {
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return line;
}

async function endOf(child: ChildProcess, name: string): Promise<never> {
  await once(child, 'exit');
  throw new Fault('HUB_BENCH_REFUSED', `${name} ended before it answered.`);
}

async function untilAnswers(url: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' }).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Fault('HUB_BENCH_REFUSED', `${url} did not answer within a minute.`);
}
