import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector hears of it. */
export interface HeardSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Name of the process. */
  readonly program: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** Takes spans by OTLP over HTTP, as JSON, and keeps them. */
export interface SpanCollector {
  readonly url: string;
  readonly spans: readonly HeardSpan[];
  /** All that came, word for word. */
  text(): string;
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<HeardSpan, 'program' | 'facts' | 'links'> & {
        readonly attributes: readonly Attribute[];
        readonly links?: HeardSpan['links'];
      })[];
    }[];
  }[];
}

const factsOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

function spansOf({ resourceSpans }: Sent): HeardSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const program = String(factsOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, links = [], ...span }) => ({ ...span, program, links, facts: factsOf(attributes) })),
    );
  });
}

export async function openSpanCollector(): Promise<SpanCollector> {
  const spans: HeardSpan[] = [];
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      texts.push(text);
      spans.push(...spansOf(JSON.parse(text) as Sent));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    text: () => texts.join('\n'),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
