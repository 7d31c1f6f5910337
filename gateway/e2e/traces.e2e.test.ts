import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { openAsSix, type TestHub } from './testkit/hubs';
import { LIVE_WAYS } from './testkit/ways';
import { openSpanCollector, type HeardSpan, type SpanCollector } from './testkit/span-collector';

const RECORD = `mutation Till($input: RecordPurchaseInput!) { recordPurchase(input: $input) { __typename } }`;
const WATCH = 'subscription Watch($id: ID!) { balanceChanged(memberId: $id) { version } }';
const CALLER = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };
const CARD = 'TRACED-CARD-7788';
const [NAME, RECEIPT] = ['Zofia Traced-Dąbek', 'TRACED-RECEIPT-42'];

describe('a hub of six processes whose traces are collected', () => {
  let collector: SpanCollector;
  let hub: TestHub & { output(): string };
  let coalition: Coalition;
  beforeAll(async () => {
    collector = await openSpanCollector();
    hub = await openAsSix({ HUB_TRACES_URL: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100', HUB_LOG_LEVEL: 'debug' });
    coalition = await foundCoalition(hub);
  });
  afterAll(async () => {
    await hub?.close();
    await collector?.close();
  });

  async function till(input: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${hub.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${coalition.bakery.key}`, ...headers },
      body: JSON.stringify({ query: RECORD, variables: { input } }),
    });
    return { requestId: response.headers.get('x-request-id'), body: await response.json() };
  }

  /** The spans of one trace, once the one that is sent last of them, and its batch's, are there. */
  async function traceOf(traceId: string): Promise<{ own: HeardSpan[]; batch: HeardSpan[] }> {
    const until = Date.now() + 20_000;
    for (;;) {
      const own = collector.spans.filter((span) => span.traceId === traceId);
      const post = own.find(({ name }) => name === 'post');
      const batch = collector.spans.find((span) => span.links.some(({ spanId }) => spanId === post?.spanId));
      const whole =
        own.some(({ name }) => name === 'POST /graphql') && own.some(({ name }) => name === 'answer ledger');
      if (whole && batch !== undefined) {
        return { own, batch: collector.spans.filter((span) => span.traceId === batch.traceId) };
      }
      if (Date.now() > until) throw new Error(`only ${own.map(({ name }) => name).join(', ')} came`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('shows a purchase as one trace from its caller through the gateway to the ledger’s batch', async () => {
    const member = await coalition.enrol(CARD, NAME);
    const traceparent = `00-${CALLER.trace}-${CALLER.span}-01`;
    const { requestId, body } = await till(purchase(RECEIPT, member.id, 100), { traceparent });
    expect(body).toEqual({ data: { recordPurchase: { __typename: 'RecordPurchaseSuccess' } } });

    const { own, batch } = await traceOf(CALLER.trace);
    const named = (name: string) => own.find((span) => span.name === name)!;
    const [request, ask, answer, post] = ['POST /graphql', 'ask ledger', 'answer ledger', 'post'].map(named);
    expect(request).toMatchObject({ program: 'hub-gateway', parentSpanId: CALLER.span });
    expect(request!.facts).toMatchObject({ 'hub.request_id': requestId, 'hub.caller': 'partner' });
    expect(request!.facts['http.response.status_code']).toBe(200);
    expect([ask!.parentSpanId, answer!.parentSpanId, post!.parentSpanId]).toEqual([
      ...[request!.spanId, ask!.spanId, answer!.spanId],
    ]);
    expect([ask!.program, answer!.program]).toEqual(['hub-gateway', 'hub-ledger']);
    expect(answer!.facts['hub.request_id']).toBe(requestId);
    expect(batch.map(({ name }) => name).sort()).toEqual(['apply and commit', 'batch', 'lock and load']);
  });

  it.each([
    ['WebSocket', 'socket'],
    ['server-sent events', 'events'],
  ] as const)('shows what came by %s under the request it belongs to, streams as well', async (name, way) => {
    const member = await coalition.enrol(`TRACED-${way}`);
    const ask = LIVE_WAYS[name];
    const credential = coalition.bakery.key;
    await ask(hub, { credential, document: RECORD, variables: { input: purchase(`TRACED-${way}`, member.id, 100) } });
    await ask(hub, { credential, document: WATCH, variables: { id: member.id } });
    const until = Date.now() + 20_000;
    const [operation, subscribe] = ['operation', 'subscribe'].map((one) => () => {
      return collector.spans.find((span) => span.name === one && span.facts['hub.way'] === way);
    }) as [() => HeardSpan | undefined, () => HeardSpan | undefined];
    while ((operation() === undefined || subscribe() === undefined) && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const named = { 'hub.caller': 'partner', 'hub.request_id': expect.stringMatching(/^req_/) };
    expect([operation()?.facts, subscribe()?.facts]).toEqual([
      expect.objectContaining(named),
      expect.objectContaining(named),
    ]);
    const alone = collector.spans.filter((span) => ['plan', 'ask ledger'].includes(span.name) && !span.parentSpanId);
    expect(alone).toEqual([]);
  });

  it('keeps what a trace says free of persons: no identity, no name, no receipt, no key', () => {
    expect(collector.spans.some(({ name }) => name === 'answer members')).toBe(true);
    for (const personal of [CARD, NAME, RECEIPT, coalition.bakery.key]) {
      expect(collector.text()).not.toContain(personal);
    }
  });

  it('keeps what its programs write free of them as well, also when a call goes wrong', async () => {
    const input = purchase(RECEIPT, `mem_${'0'.repeat(32)}`, 100);
    await till({ ...input, member: { identity: { kind: 'CARD', value: CARD } }, amount: NAME });
    await till({ ...input, member: { identity: { kind: 'EMAIL', value: `${CARD}@example.com` } } });
    await till(input, { authorization: `Bearer ${coalition.bakery.key}x` });
    expect(hub.output()).toContain('"event":');
    for (const personal of [CARD, NAME, RECEIPT, coalition.bakery.key]) expect(hub.output()).not.toContain(personal);
  });

  it('begins a trace of its own where the caller’s place is none', async () => {
    const member = await coalition.enrol('TRACED-2');
    const { requestId } = await till(purchase('TRACED-2', member.id, 100), { traceparent: '00-nonsense-01' });
    const until = Date.now() + 20_000;
    const found = () =>
      collector.spans.find(({ name, facts }) => name === 'POST /graphql' && facts['hub.request_id'] === requestId);
    while (found() === undefined && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(found()?.parentSpanId || null).toBeNull();
  });
});

it('loads nothing of OpenTelemetry’s SDK while nobody watches, and loads it when somebody does', () => {
  const trace = join(projectRoot(), 'dist', 'kernel', 'telemetry', 'trace.js');
  const loaded = (options: string) =>
    execFileSync(
      process.execPath,
      [
        '-e',
        `const end = require(${JSON.stringify(trace)}).openTracing(${options});
      console.log(Object.keys(require.cache).filter((file) => file.includes('sdk-trace')).length); end()`,
      ],
      {
        encoding: 'utf8',
      },
    );
  expect(Number(loaded('null'))).toBe(0);
  expect(Number(loaded(`{ url: 'http://127.0.0.1:9/v1/traces', ratio: 1, service: 'probe' }`))).toBeGreaterThan(0);
});
