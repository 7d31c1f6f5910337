import type * as Loaded from './open-telemetry';
import type { Span, SpanFacts, Traceparent, Tracer, TracingOptions } from './tracer';

export type { Span, SpanFacts, Traceparent, TracingOptions } from './tracer';

/**
 * Where time goes in one request, across the hub's processes. Nobody watches unless HUB_TRACES_URL is set: then each of these
 * functions does nothing but the work it is given, and nothing of OpenTelemetry is loaded.
 */

/** Ends tracing: what is not sent yet is sent. */
export type EndTracing = () => Promise<void>;

let tracer: Tracer | null = null;

/**
 * Begins to trace this process.
 *
 * @param options null: nobody watches, nothing is loaded
 */
export function openTracing(options: TracingOptions | null): EndTracing {
  if (options === null) return async () => undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only now: it takes a fifth of a second
  const { OpenTelemetry } = require('./open-telemetry') as typeof Loaded;
  const opened = new OpenTelemetry(options);
  tracer = opened;
  return async () => {
    if (tracer === opened) tracer = null;
    await opened.close();
  };
}

/** Does a piece of work, of which a span is kept until it ends or its promise settles; what it throws is noted and thrown on. */
export function traced<T>(span: Span, work: () => T): T {
  return tracer === null ? work() : tracer.within(span, work);
}

/** Does work as part of a trace that began elsewhere; a place that is none begins a new one. */
export function continued<T>(parent: Traceparent | undefined, work: () => T): T {
  return tracer === null || parent === undefined ? work() : tracer.continued(parent, work);
}

/** Where we are, to be told to whoever works on. */
export function currentTrace(): Traceparent | undefined {
  return tracer?.current();
}

/** Adds to what the span we are in says. */
export function note(facts: SpanFacts): void {
  tracer?.note(facts);
}

/** What a log line says of the trace it belongs to. */
export function traceOfLine(): { traceId?: string } {
  const place = tracer?.current();
  return place === undefined ? {} : { traceId: place.split('-')[1]! };
}
