import { print } from 'graphql';
import { principalFingerprint } from '../../kernel/context/principal';
import { canonicalJson, digest } from '../../kernel/values/canonical';
import { requestFault } from '../../kernel/graph/fault';
import { traced } from '../../kernel/telemetry/trace';
import { newId } from '../../kernel/values/id';
import type { ApolloPlanner, Plan } from '../plan/apollo';
import { maskErrors } from '../plan/mask';
import { countReader, countSlowReader, countStream } from '../plan/measured';
import { spanOf, type Pipeline, type Run } from '../plan/pipeline';
import { Message, type StreamReader } from './reader';
import { SharedStream, type PreparedStream } from './shared-stream';
import { sourceFetch, type Place } from './source-fetch';

/** How often it is looked whether a slow reader can be given more. */
const LOOK_EVERY_MS = 50;

/** Leaves a stream; a second time does nothing. */
export type Leave = () => void;

interface Slow {
  readonly stream: SharedStream;
  readonly place: Place | null;
}

/** Every live stream of a gateway, shared by those who may share it. */
export class SharedStreams {
  private readonly streams = new Map<string, SharedStream>();
  private readonly prepared = new WeakMap<Plan, PreparedStream & { readonly text: string }>();
  private readonly slow = new Map<StreamReader, Slow>();
  private looking: NodeJS.Timeout | null = null;
  private alone = 0;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly eventDeadlineMs: number,
  ) {}

  /** How many different streams there are. */
  get size(): number {
    return this.streams.size;
  }

  /** Gives a reader the stream it asks for, from now on; or the fault for which there is none, and the end. */
  async join(run: Run, reader: StreamReader): Promise<Leave> {
    try {
      const leave = await traced(spanOf('subscribe', run), () => this.joined(run, reader));
      countStream(run.way, 'ok');
      return leave;
    } catch (error) {
      countStream(run.way, 'failed');
      reader.take(new Message(await this.pipeline.guarded(run.context, () => Promise.reject(error as Error))));
      reader.end();
      return () => {};
    }
  }

  private async joined(run: Run, reader: StreamReader): Promise<Leave> {
    const { plan, planner, schemaVersion } = this.pipeline.planned(run);
    await this.pipeline.audit.begins(run);
    const prepared = this.preparedOf(run, plan, planner);
    const key = this.keyOf(run, prepared, schemaVersion);
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = this.opened(key, run, prepared);
      this.streams.set(key, stream);
    }
    countReader(1);
    stream.join(reader, prepared.fetch.beginsAt({ ...plan.defaults, ...run.variables }));
    return this.leaving(stream, reader);
  }

  private leaving(stream: SharedStream, reader: StreamReader): Leave {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      countReader(-1);
      this.slow.delete(reader);
      (this.streams.get(stream.key) ?? stream).leave(reader);
    };
  }

  private opened(key: string, run: Run, prepared: PreparedStream): SharedStream {
    const { pipeline, eventDeadlineMs } = this;
    const stream: SharedStream = new SharedStream({
      key,
      pipeline,
      prepared,
      run,
      eventDeadlineMs,
      onSlow: (of, reader, place) => this.held(of, reader, place),
      onEmpty: () => {
        if (this.streams.get(key) === stream) this.streams.delete(key);
      },
    });
    return stream;
  }

  /** Made once for each plan, which lives as long as its document. */
  private preparedOf(run: Run, plan: Plan, planner: ApolloPlanner): PreparedStream & { readonly text: string } {
    const known = this.prepared.get(plan);
    if (known !== undefined) return known;
    const primary = planner.primaryOf(plan);
    if (primary === null) throw new TypeError('join: the plan of no subscription');
    const fetch = sourceFetch(planner.apiSchema, run.document, primary);
    const made = {
      planner,
      eventPlan: planner.eventPlan(plan),
      fetch,
      isState: this.pipeline.isState(`Subscription.${fetch.field}`),
      text: digest(`${run.operationName ?? ''}\n${print(run.document)}`),
    };
    this.prepared.set(plan, made);
    return made;
  }

  /** What two subscriptions must have in common to be one: schema, document, variables, caller and the caller's languages. */
  private keyOf(
    { context, variables }: Run,
    { fetch, text }: PreparedStream & { readonly text: string },
    schemaVersion: string,
  ): string {
    // Of a stream without versions nobody knows what a later reader would miss.
    if (!fetch.isVersioned) return `alone:${(this.alone += 1)}`;
    const own = Object.fromEntries(Object.entries(variables).filter(([name]) => !fetch.placeNames.has(name)));
    const { principal, acceptLanguage } = context;
    const languages = acceptLanguage === '*' ? null : (acceptLanguage ?? null);
    const scope = [schemaVersion, text, principalFingerprint(principal), languages, own];
    return digest(canonicalJson(scope));
  }

  private held(stream: SharedStream, reader: StreamReader, place: Place | null): void {
    countSlowReader(stream.isState ? 'coalesced' : 'ended');
    if (!stream.isState) return this.sentAway(reader, place);
    this.slow.set(reader, { stream, place });
    this.looking ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** A stream of changes skips none: who cannot take them ends here and knows where to go on. */
  private sentAway(reader: StreamReader, place: Place | null): void {
    const said = requestFault({
      code: 'GATEWAY_READER_TOO_SLOW',
      message: 'More changes wait than may wait: subscribe again after the version seen last.',
      status: 503,
      retryable: true,
    });
    const [error] = maskErrors([said], newId('req'), this.pipeline.log);
    const { message, extensions } = error!;
    const resume = place === null ? null : { after: place.version, epoch: place.epoch };
    reader.take(new Message({ errors: [{ message, extensions: { ...extensions, resume } } as never] }));
    reader.end();
  }

  private look(): void {
    for (const [reader, { stream, place }] of this.slow) {
      if (reader.isFull) continue;
      this.slow.delete(reader);
      // Nobody may have read it in the meantime.
      const current = this.streams.get(stream.key) ?? stream;
      this.streams.set(stream.key, current);
      current.join(reader, place);
    }
    if (this.slow.size > 0 || this.looking === null) return;
    clearInterval(this.looking);
    this.looking = null;
  }
}
