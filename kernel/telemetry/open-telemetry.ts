import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Link } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { Span, SpanFacts, Traceparent, Tracer, TracingOptions } from './tracer';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
/** Version, trace, span, flags; other versions are read as this one, as the recommendation says. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Keeps spans with OpenTelemetry and sends them in batches; a collector that does not answer delays nobody. */
export class OpenTelemetry implements Tracer {
  private readonly provider: NodeTracerProvider;
  private readonly tracer;

  constructor({ url, ratio, service }: TracingOptions) {
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    });
    // What carries the current span over awaits.
    this.provider.register();
    this.tracer = this.provider.getTracer('hub');
  }

  /** Sends what is kept, and gives the process's hooks back. */
  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
    context.disable();
    trace.disable();
  }

  within<T>({ name, kind = 'internal', facts, together }: Span, work: () => T): T {
    const links = (together ?? []).flatMap((place): Link[] => {
      const context = place === undefined ? null : placeOf(place);
      return context === null ? [] : [{ context }];
    });
    const parent = together === undefined ? context.active() : ROOT_CONTEXT;
    const span = this.tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...facts }, links }, parent);
    const failed = (error: unknown) => {
      // The error's own words may quote what somebody sent.
      const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
      const type = [code, name, 'Error'].find((one) => typeof one === 'string') as string;
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type).end();
    };
    try {
      const result = context.with(trace.setSpan(parent, span), work);
      if (!(result instanceof Promise)) {
        span.end();
        return result;
      }
      // Watched from the side: the caller's promise stays the one the work made.
      result.then(() => span.end(), failed);
      return result;
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  continued<T>(parent: Traceparent, work: () => T): T {
    const place = placeOf(parent);
    return place === null ? work() : context.with(contextAt(place), work);
  }

  current(): Traceparent | undefined {
    const at = trace.getSpanContext(context.active());
    return at === undefined ? undefined : `00-${at.traceId}-${at.spanId}-0${at.traceFlags & 1}`;
  }

  note(facts: SpanFacts): void {
    trace.getSpan(context.active())?.setAttributes({ ...facts });
  }
}

function placeOf(text: Traceparent) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  const place = { traceId, spanId, traceFlags: parseInt(flags, 16) & 1, isRemote: true };
  return trace.isSpanContextValid(place) ? place : null;
}

const contextAt = (place: NonNullable<ReturnType<typeof placeOf>>): Context =>
  trace.setSpanContext(ROOT_CONTEXT, place);
