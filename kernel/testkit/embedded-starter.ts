import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { projectRoot } from '../config/project-root';
import type { EmbeddedPostgresOptions } from '../db/embedded/embedded-postgres';

/** What a starter in a process of its own reports: the server it got, or the code of the fault. */
export type StarterReport =
  { readonly port: number; readonly startedHere: boolean; readonly serverPid: number } | { readonly fault: string };

/** Another process that uses an embedded server, to be asked politely to leave or to be killed. */
export interface Starter {
  readonly report: StarterReport;
  /** Lets it stop its server and end; resolves when it has ended. */
  leave(): Promise<void>;
  kill(): Promise<void>;
}

const PROGRAM = `
  const { startEmbeddedPostgres } = require('./kernel/db/embedded/embedded-postgres');
  const { readPostmaster } = require('./kernel/db/embedded/postmaster');
  const options = JSON.parse(process.argv[1]);
  const say = (report) => console.log(JSON.stringify(report));
  startEmbeddedPostgres(options).then((server) => {
    say({ port: server.port, startedHere: server.startedHere, serverPid: readPostmaster(options.dataDir).pid });
    process.stdin.once('data', () => server.stop().then(() => process.stdin.destroy()));
  }, (error) => say({ fault: error.code ?? String(error) }));
`;

/** Starts an embedded server from a process of its own, possibly under another account or environment. */
export async function startElsewhere(
  options: Omit<EmbeddedPostgresOptions, 'onProgress'>,
  spawnOptions: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Starter> {
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', PROGRAM, JSON.stringify(options)], {
    cwd: projectRoot(),
    stdio: ['pipe', 'pipe', 'inherit'],
    // A test that fails must not leave its starter waiting for ever.
    timeout: 60_000,
    ...spawnOptions,
  });
  const ended = once(child, 'exit').then(() => undefined);
  const report = await firstLine(child);
  return {
    report: JSON.parse(report) as StarterReport,
    leave: () => (child.stdin?.end('leave'), ended),
    kill: () => (child.kill('SIGKILL'), ended),
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the starter has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the starter ended without a word');
}
