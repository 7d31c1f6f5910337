import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import { Fault } from '../../kernel/errors/fault';
import type { ClientsReport, ReaderOrder, ToClients } from './socket-clients';

interface Said {
  readonly kind: string;
  readonly message?: string;
  readonly report?: ClientsReport;
}

/** The clients' process, spoken to by messages. */
export class ClientsProgram {
  private readonly child = fork(join(projectRoot(), 'dist', 'hub', 'testkit', 'socket-clients.js'), [], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', HUB_LOG_LEVEL: 'error' },
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
