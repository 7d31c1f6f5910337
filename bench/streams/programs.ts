import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../kernel/config/project-root';
import { Fault } from '../../kernel/errors/fault';
import type { ClientsReport, ReaderOrder, ToClients } from './clients';

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

interface Said {
  readonly kind: string;
  readonly message?: string;
  readonly report?: ClientsReport;
}

/** The clients' process, spoken to by messages. */
export class ClientsProgram {
  private readonly child = fork(join(projectRoot(), 'dist', 'bench', 'streams', 'clients.js'), [], {
    env: { PATH: process.env['PATH'], ...QUIET },
  });

  private heard: (said: Said) => void = () => undefined;

  constructor() {
    this.child.on('message', (said) => this.heard(said as Said));
    this.child.once('exit', () => this.heard({ kind: 'failed', message: 'they ended' }));
  }

  async open(origin: string, readers: readonly ReaderOrder[], atOnce: number): Promise<void> {
    await this.ask({ kind: 'open', url: `${origin.replace(/^http/, 'ws')}/graphql`, readers, atOnce });
  }

  async reached(changes: number): Promise<void> {
    await this.ask({ kind: 'await', changes });
  }

  /** What came since the last report. */
  async report(): Promise<ClientsReport> {
    return (await this.ask({ kind: 'report' })).report!;
  }

  async closeAll(): Promise<void> {
    await this.ask({ kind: 'close' });
  }

  async stop(): Promise<void> {
    this.child.disconnect();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  private async ask(told: ToClients): Promise<Said> {
    const said = await new Promise<Said>((resolve) => {
      this.heard = resolve;
      this.child.send(told);
    });
    if (said.kind === 'failed') throw new Fault('HUB_BENCH_REFUSED', `The clients failed: ${said.message}`);
    return said;
  }
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
