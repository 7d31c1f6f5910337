import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';

/** A hub command that runs as a program of its own. */
export interface Running {
  readonly pid: number;
  /** All it wrote so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the built hub with a command line; only what is given of the environment reaches it, besides PATH. */
export function startHub(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', 'hub', 'main.js'), ...args], {
    env: { PATH: process.env['PATH'], APOLLO_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const ended = endOf(child);
  return {
    pid: child.pid ?? 0,
    output: () => written.join(''),
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? signal;
}

/** Runs a hub command to its end. */
export async function runHub(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: unknown; output: string }> {
  const running = startHub(args, env);
  return { code: await running.ended, output: running.output() };
}

/** Ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Waits until an address answers 200, or fails with what the program wrote. */
export async function untilReady(url: string, running: Running, withinMs = 60_000): Promise<void> {
  const until = Date.now() + withinMs;
  let ended: unknown;
  void running.ended.then((code) => (ended = code));
  while (Date.now() < until) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (response?.status === 200) return;
    if (ended !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not get ready (ended: ${String(ended)}); the program wrote:\n${running.output()}`);
}
