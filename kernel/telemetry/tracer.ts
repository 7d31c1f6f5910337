/** What a span says of itself; never a person's, a partner's or a member's name or id. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** `server`: answers somebody outside this process; `client`: asks somebody; `internal`: neither. */
export type SpanKind = 'server' | 'client' | 'internal';

/** A place in a trace, as W3C Trace Context writes it (`traceparent`). */
export type Traceparent = string;

/** Who keeps spans. */
export interface Tracer {
  within<T>(span: Span, work: () => T): T;
  continued<T>(parent: Traceparent, work: () => T): T;
  current(): Traceparent | undefined;
  note(facts: SpanFacts): void;
}

/** A piece of work as it is told. */
export interface Span {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly facts?: SpanFacts;
  /** Work of others that is done here together: a batch stands in no single request's trace and names them all. */
  readonly together?: readonly (Traceparent | undefined)[];
}

/** Where spans are sent. */
export interface TracingOptions {
  /** The address of a collector that takes OTLP over HTTP, path included. */
  readonly url: string;
  /** The share of requests that are traced, from 0 to 1; one that comes with a `traceparent` is as its caller decided. */
  readonly ratio: number;
  /** What this process is called, such as `hub-ledger`. */
  readonly service: string;
}
