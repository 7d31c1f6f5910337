import type { ExecutionResult } from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import { deadlineExceeded, subgraphUnavailable } from '../../kernel/graph/fault';
import { EVENT, type ApolloPlanner, type Plan } from '../plan/apollo';
import type { Pipeline, Run } from '../plan/pipeline';
import type { StreamReader } from './reader';
import { canMove, Source, type SourceOwner } from './source';
import { isSamePlace, placeVariables, type Place, type SourceFetch } from './source-fetch';

/** A snapshot may take so many times as long as an answer: after a restart all streams begin in the same moment. */
const SNAPSHOT_DEADLINES = 3;

/** A subscription made ready once for all who ask the same. */
export interface PreparedStream {
  readonly planner: ApolloPlanner;
  /** Answers one event. */
  readonly eventPlan: Plan;
  readonly fetch: SourceFetch;
  /** Whether a slow reader is given the latest state when it can take it; else it is told to come again and where. */
  readonly isState: boolean;
}

export interface SharedStreamOptions {
  /** What all who share it have in common. */
  readonly key: string;
  readonly pipeline: Pipeline;
  readonly prepared: PreparedStream;
  /** The first reader's; all others ask the same for the same caller. */
  readonly run: Run;
  readonly eventDeadlineMs: number;
  /** A reader has too much waiting. */
  readonly onSlow: (stream: SharedStream, reader: StreamReader, place: Place | null) => void;
  /** Nobody reads it any longer. */
  readonly onEmpty: () => void;
}

/**
 * All who ask the same of one stream for the same caller. They read one source, the head. Who comes later is first brought to
 * where the head stands by a source of its own, which begins with a snapshot or after the version it has seen; there it goes
 * over. So nobody misses a change or is told one twice, and an event is answered once for all.
 */
export class SharedStream implements SourceOwner {
  private readonly sources = new Set<Source>();
  private head: Source | null = null;

  constructor(private readonly options: SharedStreamOptions) {}

  get key(): string {
    return this.options.key;
  }

  get isVersioned(): boolean {
    return this.options.prepared.fetch.isVersioned;
  }

  get isState(): boolean {
    return this.options.prepared.isState;
  }

  /** Joins a reader that has seen everything up to a place; null: nothing yet. */
  join(reader: StreamReader, place: Place | null): void {
    this.sourceFor(place).readers.add(reader);
  }

  leave(reader: StreamReader): void {
    for (const source of this.sources) source.leave(reader);
  }

  async open(place: Place | null): Promise<AsyncIterator<ExecutionResult>> {
    const { pipeline, prepared, run, eventDeadlineMs } = this.options;
    const { fetch } = prepared;
    const link = pipeline.links[fetch.subgraph as SubgraphName];
    if (link === undefined) throw subgraphUnavailable();
    const names = fetch.variableNames.filter((name) => Object.hasOwn(run.variables, name));
    const own = Object.fromEntries(names.map((name) => [name, run.variables[name]]));
    const variables = fetch.isVersioned ? { ...own, ...placeVariables(place) } : own;
    const { query, operationName } = fetch;
    const stream = await link.subscribe({ query, operationName, variables, context: fresh(run, eventDeadlineMs) });
    // After a place there is nothing to tell until something changes.
    return fetch.isVersioned && place === null ? beginningWithin(SNAPSHOT_DEADLINES * eventDeadlineMs, stream) : stream;
  }

  answer(event: ExecutionResult): Promise<ExecutionResult> {
    const { pipeline, prepared, run, eventDeadlineMs } = this.options;
    const context = fresh(run, eventDeadlineMs);
    const sources = { ...pipeline.sources, [EVENT]: { process: async () => event } };
    const { eventPlan: plan, planner } = prepared;
    return pipeline.guarded(context, () => planner.run({ plan, variables: run.variables, context, sources }));
  }

  fault(error: unknown): Promise<ExecutionResult> {
    const { pipeline, run } = this.options;
    return pipeline.guarded(run.context, () => Promise.reject(error as Error));
  }

  told(source: Source): void {
    this.head ??= source;
    const { head } = this;
    if (source !== head && canMove(source, head)) return source.moveTo(head);
    if (source === head) for (const other of this.sources) if (canMove(other, head)) other.moveTo(head);
  }

  slow(reader: StreamReader, place: Place | null): void {
    this.options.onSlow(this, reader, place);
  }

  ended(source: Source): void {
    this.sources.delete(source);
    if (this.head === source) this.head = [...this.sources].find(({ hasTold }) => hasTold) ?? null;
    if (this.sources.size === 0) this.options.onEmpty();
  }

  private sourceFor(place: Place | null): Source {
    if (this.head !== null && isSamePlace(place, this.head.place)) return this.head;
    for (const source of this.sources) {
      const begins = place === null ? source.beginsAt === null : isSamePlace(place, source.beginsAt);
      // Who asks for the same before anything was told misses nothing.
      if (begins && !source.hasTold) return source;
    }
    const source = new Source(this, place);
    this.sources.add(source);
    return source;
  }
}

/** A stream whose first message must come within a time; else `next` throws GATEWAY_DEADLINE_EXCEEDED. */
function beginningWithin(ms: number, stream: AsyncIterator<ExecutionResult>): AsyncIterator<ExecutionResult> {
  let next = async (): Promise<IteratorResult<ExecutionResult>> => {
    next = () => stream.next();
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(deadlineExceeded()), ms);
    });
    return Promise.race([stream.next(), timeUp]).finally(() => clearTimeout(timer));
  };
  return { next: () => next(), return: async () => (await stream.return?.()) ?? { done: true, value: undefined } };
}

/** Each event has its own time to be answered in, however long the subscription lasts. */
function fresh({ context }: Run, deadlineMs: number): Run['context'] {
  return { ...context, deadlineAt: new Date(Date.now() + deadlineMs) };
}
