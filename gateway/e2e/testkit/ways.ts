import type { AnyResult } from '../../../kernel/testkit/graph-client';
import type { TestHub } from './hubs';

/** One operation of a caller. */
export interface Sent {
  readonly credential?: string;
  readonly document: string;
  readonly variables?: Record<string, unknown>;
}

/** Sends an operation and reads the first answer to it. */
export type Way = (hub: TestHub, sent: Sent) => Promise<AnyResult>;

const overHttp: Way = async (hub, { credential, document, variables }) =>
  (await hub.client(credential).query(document, variables)).body;

const overSocket: Way = async (hub, { credential, document, variables }) => {
  const stream = hub.client(credential).subscribe(document, variables);
  const { value } = await stream.next();
  await stream.return?.();
  return value as AnyResult;
};

const asEvents: Way = async (hub, { credential, document: query, variables }) => {
  const authorization: Record<string, string> =
    credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json', ...authorization };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${hub.url}/graphql`, { method: 'POST', headers, body });
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    const [, data] = /^event: next\ndata: (.*)\n\n/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data) as AnyResult;
  }
  // What is refused before there is a stream is answered as JSON.
  return JSON.parse(text) as AnyResult;
};

/** The ways a live operation can come. */
export const LIVE_WAYS = { WebSocket: overSocket, 'server-sent events': asEvents } as const;

/** All ways an operation can come; the answer must be the same. */
export const WAYS = { HTTP: overHttp, ...LIVE_WAYS } as const;
