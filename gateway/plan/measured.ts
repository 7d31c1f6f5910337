import type { ExecutionResult } from 'graphql';
import { counter, duration, gauge, reading } from '../../kernel/telemetry/metrics';

const operations = counter('hub_gateway_operations_total', 'Operations by kind, way and outcome.', [
  'kind',
  'way',
  'outcome',
]);
const seconds = duration('hub_gateway_operation_seconds', 'How long queries and mutations take, from their plan on.', [
  'kind',
]);
const refused = counter(
  'hub_gateway_refused_total',
  'Requests and operations that were turned away before any subgraph saw them.',
  ['code'],
);
const subgraphSeconds = duration('hub_gateway_subgraph_seconds', 'How long subgraphs take to answer, by outcome.', [
  'subgraph',
  'outcome',
]);
const messages = counter('hub_gateway_stream_messages_total', 'Messages given to readers of streams.', []);
const closes = counter('hub_gateway_socket_closes_total', 'WebSockets that were closed, by their code.', ['code']);
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

/** Counts a subscription that began, or that there was no stream for. */
export function countStream(way: string, outcome: 'ok' | 'failed'): void {
  operations.inc({ kind: 'subscription', way, outcome });
}

/** Counts messages that were given to readers. */
export function countMessages(count: number): void {
  messages.inc(count);
}

/** Counts what a subgraph was asked and how long it took, whatever became of it: the code of a fault of the way there is its outcome. */
export function countAsked(subgraph: string, { data, errors }: ExecutionResult, startedAt: number): void {
  // What another process sends need not have extensions, whatever its type says.
  const code = data == null ? errors?.[0]?.extensions?.['code'] : undefined;
  const outcome = errors === undefined ? 'ok' : WAY_FAULTS.has(String(code)) ? String(code) : 'refused';
  subgraphSeconds.observe({ subgraph, outcome }, (performance.now() - startedAt) / 1000);
}

const WAY_FAULTS: ReadonlySet<string> = new Set(['SUBGRAPH_UNAVAILABLE', 'GATEWAY_DEADLINE_EXCEEDED', 'INTERNAL']);

/** Follows how much of a gateway's lanes is taken. */
export function readLanes(
  lanes: Readonly<Record<string, { readonly inFlight: number; readonly queued: number }>>,
): void {
  reading('hub_gateway_lane', 'Operations that run and that wait for a place, by lane.', ['lane', 'state'], () =>
    Object.entries(lanes).flatMap(([lane, { inFlight, queued }]) => [
      { labels: { lane, state: 'running' }, value: inFlight },
      { labels: { lane, state: 'waiting' }, value: queued },
    ]),
  );
}

/** Counts an operation that went no further than the gateway. */
export function countRefusal(code: unknown): void {
  refused.inc({ code: String(code) });
}

/** Counts a socket that was closed. Codes a client chose are one: it could choose a thousand. */
export function countClose(code: number): void {
  closes.inc({ code: CLOSES.has(code) ? String(code) : 'other' });
}

/** Codes of RFC 6455 and of graphql-transport-ws. */
const CLOSES: ReadonlySet<number> = new Set([
  ...[1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009, 1011, 1013],
  ...[4004, 4005, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500],
]);

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
