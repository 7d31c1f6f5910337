import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { asAdministrator } from '../db/provision';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../db/embedded/embedded-postgres';
import { isAlive, isServerOf, readPostmaster } from '../db/embedded/postmaster';
import { waitFor } from '../db/embedded/server';

type Settings = Readonly<Record<string, string>>;

/** Whom a kill meets: the postmaster alone, whose children notice and end by themselves, or all of them at once. */
export type Victims = 'postmaster' | 'everyone';

const GONE_WAIT_MS = 30_000;
const SMALL: Settings = { shared_buffers: '32MB' };

/**
 * A PostgreSQL that can be killed without warning (SIGKILL) and started again over the same data directory and on the same
 * port, as durable as the one we ship.
 */
export class KillablePostgres {
  private server: EmbeddedPostgres | null = null;
  private up: Promise<void> = Promise.resolve();
  private sayUp = (): void => undefined;

  private constructor(
    private readonly dataDir: string,
    private settings: Settings,
  ) {
    this.isDown();
  }

  /** Creates a cluster in a temporary folder of its own and starts it. A later test run removes one that was left behind. */
  static async start(settings: Settings = {}): Promise<KillablePostgres> {
    const folder = `hub-test-${process.pid}-${randomBytes(4).toString('hex')}`;
    const made = new KillablePostgres(join(tmpdir(), folder, 'cluster'), { ...SMALL, ...settings });
    await made.restart();
    return made;
  }

  /** Takes hold of a cluster that runs already, such as a hub's own. */
  static async of(dataDir: string): Promise<KillablePostgres> {
    const held = new KillablePostgres(dataDir, {});
    await held.restart();
    return held;
  }

  /** Contains the password. It stays the same over every restart. */
  get superuserUrl(): string {
    if (this.server === null) throw new Error('KillablePostgres: it was never started');
    return this.server.superuserUrl;
  }

  /** Resolves while it runs; while it is dead, when it was started again. */
  whenUp(): Promise<void> {
    return this.up;
  }

  /** Kills without warning, and returns when no process of the cluster is left. */
  async kill(victims: Victims): Promise<void> {
    const postmaster = readPostmaster(this.dataDir);
    if (postmaster === undefined || !isServerOf(this.dataDir, postmaster.pid))
      throw new Error('KillablePostgres: there is nothing to kill');
    this.isDown();
    const children = processesOf(this.dataDir, postmaster.pid);
    for (const pid of victims === 'everyone' ? [postmaster.pid, ...children] : [postmaster.pid]) killHard(pid);
    const all = [postmaster.pid, ...children];
    const gone = await waitFor(GONE_WAIT_MS, () => {
      const left = [...all, ...processesOf(this.dataDir, postmaster.pid)];
      return left.some(isAlive) ? undefined : true;
    });
    if (gone === undefined) throw new Error('KillablePostgres: its processes outlived the kill');
  }

  /**
   * Starts it again, possibly with other settings from now on.
   *
   * @returns milliseconds until a client was answered, the recovery from the log included
   */
  async restart(settings: Settings = {}): Promise<number> {
    this.settings = { ...this.settings, ...settings };
    const begun = performance.now();
    const { dataDir } = this;
    const before = this.server?.port;
    this.server = await startEmbeddedPostgres({ dataDir, lingers: true, throwaway: true, settings: this.settings });
    if (before !== undefined && this.server.port !== before) throw new Error('KillablePostgres: its port was taken');
    await asAdministrator(this.server.superuserUrl, (client) => client.query('select 1'));
    const tookMs = performance.now() - begun;
    this.sayUp();
    return tookMs;
  }

  private isDown(): void {
    this.up = new Promise((resolve) => (this.sayUp = resolve));
  }

  /** Stops it for good. */
  async stop(): Promise<void> {
    await this.server?.stop({ evenIfShared: true });
  }

  /** Stops it for good and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(dirname(this.dataDir), { recursive: true, force: true });
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // A child of a postmaster that has just died may be quicker than we are.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes of a cluster besides its postmaster. On Linux each works inside the data directory, also when orphaned. */
function processesOf(dataDir: string, postmasterPid: number): number[] {
  if (process.platform === 'linux') {
    const home = realpathSync(dataDir);
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== postmasterPid && workingFolder(pid) === home);
  }
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid = 0, parent]) => (parent === postmasterPid ? [pid] : []));
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // it ended meanwhile, or it is somebody else's
  }
}
