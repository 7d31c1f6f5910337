import type { ExecutionResult } from 'graphql';
import { counter, duration, gauge } from '../../kernel/telemetry/metrics';

const operations = counter('hub_gateway_operations_total', 'Operations by kind, way and outcome.', [
  'kind',
  'way',
  'outcome',
]);
const seconds = duration('hub_gateway_operation_seconds', 'How long queries and mutations take, from their plan on.', [
  'kind',
]);
const refused = counter('hub_gateway_refused_total', 'Operations that were turned away before any subgraph saw them.', [
  'code',
]);
const sockets = gauge('hub_gateway_sockets', 'WebSockets open now.');
const readers = gauge('hub_gateway_stream_readers', 'Subscriptions open now.');
const sources = gauge('hub_gateway_stream_sources', 'Subscriptions at subgraphs that feed them.');
const slowReaders = counter(
  'hub_gateway_slow_readers_total',
  'Readers of streams that fell behind, by what was done.',
  ['outcome'],
);

const reloads = counter('hub_gateway_supergraph_reloads_total', 'Supergraphs it was given while it ran, by outcome.', [
  'outcome',
]);

/** Counts an operation that was answered. An answer with errors and data counts as `partial`. */
export function countAnswer(kind: string, way: string, { data, errors }: ExecutionResult, startedAt: number): void {
  const outcome = errors === undefined ? 'ok' : data == null ? 'failed' : 'partial';
  operations.inc({ kind, way, outcome });
  seconds.observe({ kind }, (performance.now() - startedAt) / 1000);
}

/** Counts an operation that went no further than the gateway. */
export function countRefusal(code: unknown): void {
  refused.inc({ code: String(code) });
}

/** Follows how many sockets are open. */
export function countSocket(change: 1 | -1): void {
  sockets.inc(change);
}

/** Follows how many subscriptions are open, whichever way they came. */
export function countReader(change: 1 | -1): void {
  readers.inc(change);
}

/** Follows how many subscriptions at subgraphs there are. */
export function countSource(change: 1 | -1): void {
  sources.inc(change);
}

/** Counts a reader that did not take its messages as fast as they came. */
export function countSlowReader(outcome: 'coalesced' | 'ended'): void {
  slowReaders.inc({ outcome });
}

/** Counts a supergraph that was given to a running gateway. */
export function countReload(outcome: 'taken' | 'same' | 'refused'): void {
  reloads.inc({ outcome });
}
