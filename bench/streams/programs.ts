import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../kernel/config/project-root';
import { Fault } from '../../kernel/errors/fault';

/** A program of the bench that runs now. */
export interface Program {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const QUIET = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', HUB_LOG_LEVEL: 'error', LOG_LEVEL: 'error' };

/** Starts our gateway as a program of its own over subgraphs at these addresses. */
export async function startOurs(folder: string, urls: Readonly<Record<string, string>>): Promise<Program> {
  const file = join(projectRoot(), 'dist', 'bench', 'streams', 'our-gateway.js');
  const child = start([file, JSON.stringify(urls)], { HUB_DATA_DIR: folder });
  const line = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const [url] = await Promise.race([line, endOf(child, 'our gateway')]);
  return programOf(child, url);
}

/** Processor time of a process so far, in milliseconds; NaN where `/proc` does not tell. */
export function processorMs(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Linux counts a process's time in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...QUIET, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function programOf(child: ChildProcess, url: string): Program {
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endOf(child: ChildProcess, name: string): Promise<never> {
  await once(child, 'exit');
  throw new Fault('HUB_BENCH_REFUSED', `${name} ended before it answered.`);
}
