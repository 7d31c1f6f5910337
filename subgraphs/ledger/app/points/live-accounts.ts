import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { graphFault } from '../../../../kernel/graph/fault';
import type { ResultStream } from '../../../../kernel/graph/stream';
import type { MemberId, ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { walletKeyOf, type Balances, type WalletKey } from '../../core/points/wallet';
import type { PlannedTransaction } from '../../data/points/apply.store';
import { walletText } from '../../data/points/wallet-request';
import type { JournalLine } from '../../data/points/transaction.store';
import { loadVersions } from '../../data/points/version.store';
import { LiveReads } from './live-reads';
import { lineOf } from './posted';

/** One message of a live account: a snapshot first, then every change in order. */
export interface LiveChange {
  /** The journal line that caused it; null for a snapshot of an account nothing has happened to. */
  readonly line: JournalLine | null;
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly version: bigint;
  /** The version last sent to this reader; null for its first message. */
  readonly previousVersion: bigint | null;
  readonly epoch: string;
  readonly isSnapshot: boolean;
  readonly balances: Balances;
  readonly tierBefore: string | null;
  readonly tierAfter: string | null;
  readonly at: Date;
}

/**
 * What a reader asks for. `after` counts only with the epoch it was read in, and not when there is no such version yet, as after a
 * restore: then the reader begins anew with a snapshot.
 */
export interface WatchRequest {
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly after: bigint | null;
  readonly epoch: string | null;
  /** Every change, or only those that move the member on the ladder. */
  readonly only: 'all' | 'tier';
  /** Asked now and then whether the reader may still read; null where that cannot change while the credential holds. */
  readonly mayStillRead: (() => Promise<boolean>) | null;
}

/** What nobody told is found by comparing versions: without a change stream that is how other processes' commits are found. */
const COMPARE_EVERY_MS = { without: 200, beside: 5_000 } as const;
/** A commit may be told an instant before it can be read. */
const LOOK_AGAIN_MS = 2;
/** The most changes a reader holds: the rest waits in the journal, so a slow reader costs nothing more. */
const READ_AHEAD = 100;
const NO_POINTS = points(0n);
const NOTHING: Balances = {
  available: NO_POINTS,
  pending: NO_POINTS,
  held: NO_POINTS,
  arrears: NO_POINTS,
  qualifying: NO_POINTS,
};
/** A reader of the account as it stands is told only the latest when it missed more than this. */
const TOLD_ONE_BY_ONE = 1_000n;
/** How often it is looked whether readers may still read. */
const RIGHTS_EVERY_MS = 2_000;
const DONE = { done: true, value: undefined } as const;

/**
 * Live accounts: readers follow a member's versions. A commit of this process hands its line over at once, the change stream
 * brings those of all others; whatever does not follow on the last version is read from the journal, so nothing is lost,
 * repeated, out of order or sent before its commit.
 */
export class LiveAccounts {
  private readonly readers = new Map<string, Set<Reader>>();
  private readonly reads: LiveReads;
  private timer: NodeJS.Timeout | null = null;
  private comparing = false;
  private isStreaming = false;
  private readonly rights: NodeJS.Timeout;

  constructor(
    private readonly pool: Pool,
    private readonly epoch: string,
  ) {
    this.reads = new LiveReads(pool, READ_AHEAD);
    this.rights = setInterval(() => this.lookAtRights(), RIGHTS_EVERY_MS).unref();
  }

  watch(request: WatchRequest): ResultStream<LiveChange> {
    const reader = new Reader(this.reads, this.epoch, request, () => this.forget(reader));
    const ofWallet = this.readers.get(reader.wallet) ?? new Set();
    this.readers.set(reader.wallet, ofWallet.add(reader));
    if (this.timer === null) this.compareNowAndThen();
    return reader;
  }

  /** From now on the change stream tells every commit; what came before it may have been missed. */
  streamBegan(): void {
    this.isStreaming = true;
    this.compareNowAndThen();
    void this.compareVersions();
  }

  streamEnded(): void {
    this.isStreaming = false;
    this.compareNowAndThen();
  }

  /** A commit by the change stream, of this process or another. */
  committed({ bucket, wallet }: WalletKey, line: () => JournalLine): void {
    const readers = this.readers.get(walletText({ bucket, wallet }));
    if (readers !== undefined) this.offer(readers, line());
  }

  /** Told after a commit, never before. */
  posted(transaction: PlannedTransaction): void {
    const readers = this.readers.get(walletText(transaction.after.key));
    if (readers !== undefined) this.offer(readers, lineOf(transaction));
  }

  /** Ends all readers. */
  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    clearInterval(this.rights);
    for (const readers of [...this.readers.values()]) for (const reader of [...readers]) void reader.return();
  }

  private offer(readers: ReadonlySet<Reader>, line: JournalLine): void {
    for (const reader of readers) reader.offer(line);
  }

  private compareNowAndThen(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    if (this.readers.size === 0) return;
    const everyMs = this.isStreaming ? COMPARE_EVERY_MS.beside : COMPARE_EVERY_MS.without;
    this.timer = setInterval(() => void this.compareVersions(), everyMs).unref();
  }

  private forget(reader: Reader): void {
    const readers = this.readers.get(reader.wallet);
    readers?.delete(reader);
    if (readers?.size === 0) this.readers.delete(reader.wallet);
    if (this.readers.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private lookAtRights(): void {
    for (const readers of this.readers.values()) for (const reader of readers) void reader.lookAtRight();
  }

  private async compareVersions(): Promise<void> {
    if (this.comparing) return;
    this.comparing = true;
    try {
      const keys = [...this.readers.values()].flatMap((readers) => [...readers].slice(0, 1).map(({ key }) => key));
      for (const { key, seq } of await loadVersions(this.pool, keys)) {
        for (const reader of this.readers.get(walletText(key)) ?? []) reader.isAt(seq);
      }
    } catch {
      // The database is away: the next comparison finds what was missed.
    } finally {
      this.comparing = false;
    }
  }
}

/** One reader, pulled from: written by hand, because an async generator cannot be left while it waits. */
class Reader implements ResultStream<LiveChange> {
  readonly key: WalletKey;
  readonly wallet: string;
  private readonly buffer: JournalLine[] = [];
  /** The version last taken from the journal; null until the snapshot. */
  private seen: bigint | null = null;
  /** The newest version told of. */
  private told = 0n;
  private sent: bigint | null = null;
  private behind = false;
  /** Whether the version a reader came with is still to be held against the journal. */
  private isUnproven = false;
  private ended = false;
  private isForbidden = false;
  private wake: (() => void) | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly reads: LiveReads,
    private readonly epoch: string,
    private readonly request: WatchRequest,
    private readonly onLeave: () => void,
  ) {
    this.key = walletKeyOf(request.memberId);
    this.wallet = walletText(this.key);
    if (request.after === null || request.epoch !== epoch) return;
    this.seen = request.after;
    this.sent = request.after;
    this.behind = true;
    this.isUnproven = true;
  }

  /** A line just committed: taken at once when it is the next, left to the journal when it is not. */
  offer(line: JournalLine): void {
    this.hearOf(line.seq);
    if (this.seen === null || line.seq <= this.seen) return;
    if (!this.behind && line.seq === this.seen + 1n && this.buffer.length < READ_AHEAD) this.take(line);
    else this.behind = true;
    this.wake?.();
  }

  /** The wallet's version as the database has it. */
  isAt(seq: bigint): void {
    this.hearOf(seq);
    if (this.seen === null || seq <= this.seen) return;
    this.behind = true;
    this.wake?.();
  }

  /** Ends the stream with FORBIDDEN once its reader may not read any longer. */
  async lookAtRight(): Promise<void> {
    const { mayStillRead } = this.request;
    // Who cannot be asked about stays: that the answer is away says nothing about the right.
    if (mayStillRead === null || (await mayStillRead().catch(() => true)) || this.ended) return;
    this.isForbidden = true;
    this.ended = true;
    this.onLeave();
    this.wake?.();
  }

  next(): Promise<IteratorResult<LiveChange>> {
    const mine = this.last.then(() => this.pull());
    this.last = mine.catch(() => undefined);
    return mine;
  }

  async return(): Promise<IteratorResult<LiveChange>> {
    if (!this.ended) {
      this.ended = true;
      this.onLeave();
      this.wake?.();
    }
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<LiveChange>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private async pull(): Promise<IteratorResult<LiveChange>> {
    while (!this.ended) {
      if (this.seen === null) return { done: false, value: await this.snapshot() };
      const line = this.buffer.shift();
      if (line !== undefined) return { done: false, value: this.changeOf(line, false) };
      if (this.behind) await this.readAhead();
      else await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = null;
    }
    if (!this.isForbidden) return DONE;
    this.isForbidden = false;
    throw graphFault('FORBIDDEN', 'The account may not be read any longer.');
  }

  private async readAhead(): Promise<void> {
    const seenBefore = this.seen;
    this.behind = false;
    const lines = await this.orBehind(this.reads.linesAfter({ ...this.scope(), after: this.seen ?? 0n }));
    if (this.isUnproven && lines.length === 0 && (await this.isFromTheFuture())) {
      this.seen = null;
      this.sent = null;
    }
    this.isUnproven = false;
    const latest = lines.length < READ_AHEAD ? null : await this.latestIfFar();
    for (const line of latest === null ? lines : [latest])
      if (this.seen !== null && line.seq > this.seen) this.take(line);
    if (this.seen === null || (lines.length < READ_AHEAD && this.seen >= this.told)) return;
    this.behind = true;
    if (this.seen === seenBefore) await sleep(LOOK_AGAIN_MS);
  }

  /** A reader that asks again after a failure goes on from here. */
  private async orBehind<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      this.behind = true;
      throw error;
    }
  }

  /** Whether the journal has no such version as the reader came with, and none was told meanwhile. */
  private async isFromTheFuture(): Promise<boolean> {
    const { after } = this.request;
    const isMissing = async () => {
      const newest = await this.orBehind(this.reads.newest(this.scope()));
      return this.seen !== null && this.seen === after && (newest?.seq ?? 0n) < this.seen && this.told < this.seen;
    };
    if (!(await isMissing())) return false;
    await sleep(LOOK_AGAIN_MS);
    return isMissing();
  }

  /** The newest line, when so much was missed that only it is told; moves on the ladder are never skipped. */
  private async latestIfFar(): Promise<JournalLine | null> {
    if (this.request.only !== 'all') return null;
    const line = await this.reads.newest(this.scope());
    return line !== null && line.seq - (this.seen ?? 0n) > TOLD_ONE_BY_ONE ? line : null;
  }

  private hearOf(seq: bigint): void {
    if (seq > this.told) this.told = seq;
  }

  private take(line: JournalLine): void {
    this.seen = line.seq;
    if (this.request.only === 'all' || line.tierBefore !== line.tierAfter) this.buffer.push(line);
  }

  private async snapshot(): Promise<LiveChange> {
    const line = await this.reads.newest(this.scope());
    this.seen = line?.seq ?? 0n;
    // What was committed while the snapshot was read was not offered to a reader without a version: look again.
    this.behind = true;
    return this.changeOf(line, true);
  }

  private changeOf(line: JournalLine | null, isSnapshot: boolean): LiveChange {
    const version = line?.seq ?? 0n;
    const previousVersion = this.sent;
    this.sent = version;
    const { programmeId, memberId } = this.request;
    return {
      line,
      programmeId,
      memberId,
      version,
      previousVersion,
      epoch: this.epoch,
      isSnapshot,
      balances: line?.balances ?? NOTHING,
      tierBefore: line?.tierBefore ?? null,
      tierAfter: line?.tierAfter ?? null,
      at: line?.recordedAt ?? new Date(),
    };
  }

  private scope(): { key: WalletKey; programmeId: ProgrammeId } {
    return { key: this.key, programmeId: this.request.programmeId };
  }
}
