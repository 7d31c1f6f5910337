import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { GraphQLFormattedError } from 'graphql';
import { continued, note, traced, type Span } from '../../kernel/telemetry/trace';
import { newId } from '../../kernel/values/id';
import { budgetHeaders, retryAfterOf, type BudgetStanding } from '../limits/budgets';
import type { RequestedDocument } from '../limits/documents';
import { RETRY_AFTER_SECONDS, statusOfLane } from '../limits/lanes';
import type { GatewayLimits } from '../limits/limits';
import { faultBody } from '../plan/mask';
import { countRefusal } from '../plan/measured';
import { isKnownCode, type GatewayCode } from '../plan/codes';
import { INTAKE_CALLS } from './intake/message';
import { ANSWER_TYPES, answerTypeFor } from './media-types';
import { readBody } from './read-body';

/** A GraphQL request as it came, its shape checked. */
export interface GraphBody extends RequestedDocument {
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** What the front knows of a request before it is a GraphQL request. */
export interface HttpLocals {
  requestId: string;
  bodyBytes: number;
  /** To be called when the document it named or sent was admitted. */
  documentAdmitted?: () => void;
}

/** A request that goes no further, in the words it is told with. */
export interface HttpFault {
  readonly status: number;
  readonly code: GatewayCode | 'INVALID_INPUT';
  readonly message: string;
  /** What is left of the caller's budget, where it was asked. */
  readonly standing?: BudgetStanding | null | undefined;
  /** It comes of an operation, which was counted where it was refused or answered. */
  readonly isCounted?: boolean;
}

/** Headers that no page of another site can make a browser send without asking first. */
const PREFLIGHTED = ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization'];

export function locals(response: Response): HttpLocals {
  return response.locals as HttpLocals;
}

/** Answers a fault as JSON, whatever the request was. */
export function sendFault(response: Response, fault: HttpFault): void {
  writeFault(response, locals(response).requestId, fault);
}

/** The same for a request that no page has named. */
export function writeFault(response: ServerResponse, requestId: string, fault: HttpFault): void {
  const { status, code, message, standing = null } = fault;
  if (fault.isCounted !== true) countRefusal(code);
  const text = JSON.stringify(faultBody({ code, message, requestId, retryAfterSeconds: retryAfterOf(standing) }));
  for (const [name, value] of budgetHeaders(standing)) response.setHeader(name, value);
  response.setHeader('x-request-id', requestId);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  if ((status === 429 || status === 503) && !response.hasHeader('retry-after'))
    response.setHeader('retry-after', RETRY_AFTER_SECONDS);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  // A body that was not read would be taken for the next request on this connection.
  if (status === 413 || status === 415) response.setHeader('connection', 'close');
  response.writeHead(status).end(text);
}

/** Gives each request its id, and its place in a trace until it is answered. Whatever a client sends as an id is not looked at. */
export const nameRequest: RequestHandler = (request, response, next) => {
  const requestId = newId('req');
  Object.assign(response.locals, { requestId, bodyBytes: 0 } satisfies HttpLocals);
  response.setHeader('x-request-id', requestId);
  const answered = async () => {
    const gone = new Promise((resolve) => response.once('close', resolve));
    next();
    await gone;
    note({ 'http.response.status_code': response.statusCode });
  };
  continued(traceparentOf(request), () => traced(requestSpan(request, requestId), answered)).catch(next);
};

const OWN_PATHS: ReadonlySet<string> = new Set([
  ...['/graphql', '/graphiql', '/metrics', '/livez', '/readyz', '/v1/problems'],
  ...INTAKE_CALLS.map((call) => `/v1/${call}`),
]);

/** What a trace says of a request; of its path only what is ours, for the rest may name anything. */
export function requestSpan({ method, url = '' }: IncomingMessage, requestId: string): Span {
  const path = url.split('?')[0] as string;
  const known = OWN_PATHS.has(path) ? path : '/…';
  return { name: `${method} ${known}`, kind: 'server', facts: { 'hub.request_id': requestId } };
}

/** Where the caller says it stands in a trace of its own. */
export function traceparentOf({ headers: { traceparent } }: IncomingMessage): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** What is wrong with a request's head; null when the body may be read. */
export function faultOfHead(request: IncomingMessage): HttpFault | null {
  const credentials = faultOfCredentials(request);
  if (credentials !== null) return credentials;
  if (request.method !== 'GET' && request.method !== 'POST') {
    return { status: 405, code: 'GATEWAY_BAD_REQUEST', message: 'Use POST, or GET for queries.' };
  }
  if (answerTypeFor(request.headers.accept) === null) {
    return { status: 406, code: 'GATEWAY_MEDIA_TYPE', message: `Answers come as ${ANSWER_TYPES}.` };
  }
  return request.method === 'GET' ? faultOfGet(request) : faultOfMediaType(request);
}

/** What is wrong with the way a request says who sends it: whoever stands before the hub may have read the other one of two. */
export function faultOfCredentials({ rawHeaders }: IncomingMessage): HttpFault | null {
  if (!isNamedTwice(rawHeaders, 'authorization')) return null;
  return { status: 400, code: 'GATEWAY_BAD_REQUEST', message: 'Send one Authorization header.' };
}

/** A fault of the pipeline as an answer that has nothing else; with the caller's standing, where it was asked. */
export function faultOfError(
  error: Pick<GraphQLFormattedError, 'extensions' | 'message'> | undefined,
  standing?: BudgetStanding | null,
): HttpFault {
  const { code, http } = (error?.extensions ?? {}) as { code?: unknown; http?: { status?: number } };
  const known = isKnownCode(code) ? (code as GatewayCode) : 'INTERNAL';
  const status = http?.status ?? statusOfLane(known) ?? STATUS[known] ?? 400;
  return { status, code: known, message: error?.message ?? 'Something went wrong on our side.', standing };
}

const STATUS: Readonly<Record<string, number>> = { SUBGRAPH_UNAVAILABLE: 503, INTERNAL: 500 };

/** Node joins or drops a second header of the same name; only the raw list shows it. */
function isNamedTwice(rawHeaders: readonly string[], name: string): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] as string;
    if (given.length === name.length && given.toLowerCase() === name) times += 1;
  }
  return times > 1;
}

function faultOfGet(request: IncomingMessage): HttpFault | null {
  if (!PREFLIGHTED.some((name) => request.headers[name] !== undefined) && !isJson(request)) {
    return {
      status: 400,
      code: 'GATEWAY_CSRF',
      message: 'A GET needs a header that no form can send, such as apollo-require-preflight.',
    };
  }
  const searchParams = searchParamsOf(request);
  for (const name of ['variables', 'extensions']) {
    const text = searchParams.get(name);
    if (text !== null && text !== '' && !isRecord(parsed(text))) return badRequest(`"${name}" must be a JSON object.`);
  }
  for (const name of ['query', 'documentId', 'operationName', 'variables', 'extensions']) {
    if (searchParams.getAll(name).length > 1) return badRequest(`"${name}" may be given once.`);
  }
  const named = searchParams.has('extensions') || searchParams.has('documentId');
  return searchParams.get('query') || named ? null : badRequest('"query" is missing.');
}

function faultOfMediaType(request: IncomingMessage): HttpFault | null {
  if (request.headers['content-type'] === 'application/json') return null;
  const charset =
    /charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (isJson(request) && (charset === 'utf-8' || charset === 'utf8')) return null;
  return { status: 415, code: 'GATEWAY_MEDIA_TYPE', message: 'Send the request as application/json in UTF-8.' };
}

/** A body as the GraphQL request it is, or what is wrong with it. */
export function graphBodyOf(
  bytes: Buffer,
  { bodyBytes: most }: GatewayLimits,
): { readonly body: GraphBody } | { readonly fault: HttpFault } {
  const { value, error } = parsedJson(bytes.toString('utf8'));
  const fault = error === null ? faultOfBody(value) : badRequest(notJson(error));
  if (fault === null) return { body: value as GraphBody };
  // Larger than that may be bulk mutations alone, and this is none.
  return { fault: bytes.length > most ? tooLarge(`A request may have at most ${most} bytes.`) : fault };
}

/** Why a text is no JSON, in the words of the parser, unless they repeat a part of the text. */
function notJson({ message }: Error): string {
  const repeatsNothing = /JSON at position \d+|^Unexpected end of JSON input$/.test(message);
  return repeatsNothing ? `The body is not valid JSON: ${message}.` : 'The body is not valid JSON.';
}

/** What is wrong with a body that is JSON; null when it is a GraphQL request. */
function faultOfBody(body: unknown): HttpFault | null {
  if (Array.isArray(body)) return badRequest('Send one operation at a time: batches are not taken.');
  if (!isRecord(body) || Object.keys(body).length === 0)
    return badRequest('The body must be a JSON object with "query".');
  const { query, documentId, operationName, variables, extensions } = body;
  const isNamed = query == null && (isRecord(extensions) || typeof documentId === 'string');
  if (!(typeof query === 'string' && query !== '') && !isNamed) {
    return badRequest('"query" must be a text that is not empty.');
  }
  if (operationName != null && typeof operationName !== 'string') return badRequest('"operationName" must be a text.');
  if (variables != null && !isRecord(variables)) return badRequest('"variables" must be an object.');
  return extensions != null && !isRecord(extensions) ? badRequest('"extensions" must be an object.') : null;
}

/** Which document a request of good shape means. */
export function requestedDocument(request: IncomingMessage & { body?: unknown }): RequestedDocument {
  if (request.method === 'POST') return request.body as RequestedDocument;
  const searchParams = searchParamsOf(request);
  const extensions = parsed(searchParams.get('extensions') ?? '') as RequestedDocument['extensions'];
  return { query: searchParams.get('query'), documentId: searchParams.get('documentId'), extensions };
}

/** Gives a request the document it named, in the place of its name: whoever reads on sees a request like any other. */
export function giveDocument(request: IncomingMessage & { body?: unknown }, query: string): void {
  if (request.method === 'POST') {
    const body = request.body as { query: string; documentId?: unknown; extensions?: Record<string, unknown> | null };
    body.query = query;
    delete body.documentId;
    delete body.extensions?.['persistedQuery'];
    return;
  }
  const searchParams = searchParamsOf(request);
  searchParams.set('query', query);
  for (const name of ['documentId', 'extensions']) searchParams.delete(name);
  request.url = `/?${searchParams.toString()}`;
}

/** What a request asks behind its path, whatever that is: a target such as `//` is no URL. */
function searchParamsOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}

/** Reads a JSON body up to the largest size any operation may have; what is sent compressed counts unpacked. */
export function bodyReader(limits: GatewayLimits): RequestHandler {
  return async (request, response, next) => {
    if (request.method !== 'POST') return next();
    try {
      const bytes = await readBody(request, limits.bulkBodyBytes);
      locals(response).bodyBytes = bytes.length;
      const read = graphBodyOf(bytes, limits);
      if ('fault' in read) return sendFault(response, read.fault);
      request.body = read.body;
      return next();
    } catch (error) {
      return next(error);
    }
  };
}

/** What a body says; undefined when it is no JSON. */
export function jsonOf(bytes: Buffer): unknown {
  return parsed(bytes.toString('utf8'));
}

/** What the body reader stumbled over, in our words. */
export function faultOfReading(error: { status?: number; type?: string }): HttpFault | null {
  if (error.status === 413) return tooLarge('The request is larger than may be sent.');
  if (error.status === 415)
    return { status: 415, code: 'GATEWAY_MEDIA_TYPE', message: 'Send the request as JSON in UTF-8.' };
  if (error.type?.startsWith('entity.') || error.type?.startsWith('request.'))
    return badRequest('The body is not JSON.');
  return error.status === 400 ? badRequest('The request cannot be read.') : null;
}

function tooLarge(message: string): HttpFault {
  return { status: 413, code: 'GATEWAY_BODY_TOO_LARGE', message };
}

function badRequest(message: string): HttpFault {
  return { status: 400, code: 'GATEWAY_BAD_REQUEST', message };
}

function isJson(request: IncomingMessage): boolean {
  return /^\s*application\/(graphql\+)?json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

function parsed(text: string): unknown {
  return parsedJson(text).value;
}

function parsedJson(text: string): { readonly value: unknown; readonly error: Error | null } {
  try {
    return { value: JSON.parse(text) as unknown, error: null };
  } catch (error) {
    return { value: undefined, error: error as Error };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
