import type { ExecutionResult } from 'graphql';
import { subgraphUnavailable } from '../../kernel/graph/fault';
import { FellBehind } from '../../kernel/graph/stream';
import { countMessages, countSource } from '../plan/measured';
import { Message, type StreamReader } from './reader';
import { isSamePlace, placeOf, type Place } from './source-fetch';

/** What a source needs of the stream it belongs to. */
export interface SourceOwner {
  /** Whether a source can be opened where another stood. */
  readonly isVersioned: boolean;
  /** Subscribes at the subgraph; null begins with a snapshot. */
  open(place: Place | null): Promise<AsyncIterator<ExecutionResult>>;
  /** Answers one event over the whole graph. */
  answer(event: ExecutionResult): Promise<ExecutionResult>;
  /** The answer for a fault of ours or of the subgraph. */
  fault(error: unknown): Promise<ExecutionResult>;
  /** A source has given all its readers one more message. */
  told(source: Source): void;
  /** A reader has too much waiting: what comes after `place` it was not given. */
  slow(reader: StreamReader, place: Place | null): void;
  /** A source has come to its end, by itself or because nobody reads it. */
  ended(source: Source): void;
}

/** One subscription at a subgraph, and everybody who reads it: each event is answered once and written once. */
export class Source {
  readonly readers = new Set<StreamReader>();
  /** What every reader of it was told last; before the first message, where it was asked to begin. */
  place: Place | null;
  /** Whether a message was told: who comes later would miss it. */
  hasTold = false;
  private upstream: AsyncIterator<ExecutionResult> | null = null;
  private isEnded = false;

  constructor(
    private readonly owner: SourceOwner,
    readonly beginsAt: Place | null,
  ) {
    this.place = beginsAt;
    countSource(1);
    void this.run();
  }

  /** A reader goes; the source ends with its last one. */
  leave(reader: StreamReader): void {
    if (this.readers.delete(reader) && this.readers.size === 0) this.close();
  }

  /** Gives all its readers to another source that stands at the same place, and ends. */
  moveTo(other: Source): void {
    for (const reader of this.readers) other.readers.add(reader);
    this.readers.clear();
    this.close();
  }

  /** Ends at the subgraph; readers that are left are told nothing. */
  close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    countSource(-1);
    this.owner.ended(this);
    // The subgraph may only notice with its next event: nobody waits for that.
    void this.upstream?.return?.().then(undefined, () => undefined);
  }

  private async run(): Promise<void> {
    try {
      let from: Place | null = this.beginsAt;
      while ((await this.followed(from)) === 'behind') from = this.place;
    } catch (error) {
      const result = await this.owner.fault(error);
      for (const reader of this.readers) reader.take(new Message(result));
    }
    this.finish();
  }

  /** One subscription at the subgraph: to its end, or until more waited than its link keeps; then it is asked for anew. */
  private async followed(from: Place | null): Promise<'ended' | 'behind'> {
    this.upstream = await this.owner.open(from);
    // Its readers left while it was being opened.
    if (this.isEnded) void this.upstream.return?.();
    try {
      while (!this.isEnded) {
        const { done, value } = await this.upstream.next();
        if (done === true) break;
        if (!this.isEnded) await this.event(value);
      }
    } catch (error) {
      if (!(error instanceof FellBehind)) throw error;
      if (!this.owner.isVersioned) throw subgraphUnavailable();
      if (!this.isEnded) return 'behind';
    }
    return 'ended';
  }

  private async event(event: ExecutionResult): Promise<void> {
    const place = placeOf(event.data);
    const result = await this.owner.answer(event);
    if (this.isEnded) return;
    this.tell(new Message(result), place);
  }

  private tell(message: Message, place: Place | null): void {
    const before = this.place;
    this.hasTold = true;
    this.place = place ?? before;
    for (const reader of this.readers) {
      if (reader.isFull) {
        this.readers.delete(reader);
        this.owner.slow(reader, before);
      } else reader.take(message);
    }
    countMessages(this.readers.size);
    if (this.readers.size === 0) this.close();
    else this.owner.told(this);
  }

  private finish(): void {
    const left = [...this.readers];
    this.readers.clear();
    this.close();
    for (const reader of left) reader.end();
  }
}

/** Whether readers of one source may go on with another without missing or repeating anything. */
export function canMove(from: Source, to: Source): boolean {
  return from !== to && to.hasTold && isSamePlace(from.place, to.place);
}
