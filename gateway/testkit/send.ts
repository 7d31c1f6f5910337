import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly json: FaultBody | null;
}

export interface FaultBody {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: { code: string; requestId: string; retryable: boolean } }[];
}

export interface SendOptions {
  readonly method?: string | undefined;
  /** What to ask for in place of the URL's own path. */
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders | readonly string[] | undefined;
  readonly body?: string | Buffer | undefined;
}

/** Sends bytes as they are, with headers no well-behaved client would send. */
export function send(url: string, options: SendOptions = {}): Promise<Answer> {
  const { method = 'POST', headers = { 'content-type': 'application/json' }, body } = options;
  const path = options.path === undefined ? {} : { path: options.path };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, ...path, headers: headers as OutgoingHttpHeaders }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
      });
    });
    // The other side may answer and hang up before it has taken the whole body.
    request.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? undefined : reject(error)));
    request.end(body);
  });
}

/** POSTs a GraphQL request. */
export function sendGraph(url: string, request: object, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return send(url, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(request) });
}

function jsonOf(text: string): FaultBody | null {
  try {
    return JSON.parse(text) as FaultBody;
  } catch {
    return null;
  }
}
