import type { ResultStream } from '../../kernel/graph/stream';
import { PushStream } from '../../kernel/graph/stream';

/** One message of a versioned stream, as the ledger's look. */
export interface VersionedMessage {
  readonly version: string;
  readonly previousVersion: string | null;
  readonly epoch: string;
  readonly isSnapshot: boolean;
  readonly available: string;
  readonly memberId: string;
}

interface Watcher {
  readonly memberId: string;
  readonly stream: PushStream<VersionedMessage>;
  sent: number | null;
}

/** Accounts in memory whose streams begin with a snapshot, or after the version a reader has seen in the same epoch. */
export class VersionedAccounts {
  epoch = 'e1';
  private readonly logs = new Map<string, string[]>();
  private readonly watchers = new Set<Watcher>();
  /** How many subscriptions there were. */
  opened = 0;

  /** How many there are now. */
  get readers(): number {
    return this.watchers.size;
  }

  /** A change of an account, told to all who watch it. */
  change(memberId: string, available: string): void {
    const log = this.logOf(memberId);
    log.push(available);
    for (const watcher of this.watchers) if (watcher.memberId === memberId) this.tell(watcher, log.length);
  }

  watch(memberId: string, after: string | null, epoch: string | null): ResultStream<VersionedMessage> {
    const stream = new PushStream<VersionedMessage>(() => this.watchers.delete(watcher));
    const watcher: Watcher = { memberId, stream, sent: null };
    const log = this.logOf(memberId);
    this.opened += 1;
    this.watchers.add(watcher);
    if (after === null || epoch !== this.epoch) this.tell(watcher, log.length, true);
    else {
      watcher.sent = Number(after);
      for (let version = watcher.sent + 1; version <= log.length; version += 1) this.tell(watcher, version);
    }
    return stream;
  }

  private tell(watcher: Watcher, version: number, isSnapshot = false): void {
    const { memberId, stream, sent } = watcher;
    watcher.sent = version;
    stream.push({
      version: String(version),
      previousVersion: sent === null ? null : String(sent),
      epoch: this.epoch,
      isSnapshot,
      available: this.logOf(memberId)[version - 1] ?? '0',
      memberId,
    });
  }

  private logOf(memberId: string): string[] {
    const log = this.logs.get(memberId) ?? [];
    this.logs.set(memberId, log);
    return log;
  }
}
