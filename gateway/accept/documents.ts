import { Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { parse } from 'graphql';
import type { Logger } from '../../kernel/telemetry/log';
import type { Authenticator, Caller } from '../auth/authenticator';
import { originOf } from '../auth/client-address';
import { budgetHeaders } from '../limits/budgets';
import type { Pipeline } from '../plan/pipeline';
import { callerOf } from './graph-post';
import { faultOfError, locals, sendFault, type HttpFault } from './request-shape';

export interface DocumentRoutesOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly log: Logger;
}

const DOCUMENT = parse(`query DownloadDocument($id: ID!) {
  settlementDocument(id: $id) { fileName contentType content }
}`);
/** Base64 is decoded piece by piece, as fast as the client reads; a multiple of four. */
const PIECE = 64 * 1024;

interface Found {
  readonly fileName: string;
  readonly contentType: string;
  /** Base64; null while the document waits for somebody's details. */
  readonly content: string | null;
}

/**
 * `GET /v1/documents/{id}`: a document as a file, for those to whom the graph shows it. It asks the graph as its caller does, so that
 * nobody sees more here than there, and it costs the caller's budget the same.
 */
export function documentRoutes(options: DocumentRoutesOptions): Router {
  const router = Router();
  router.get('/v1/documents/:id', (request, response) => download(options, request, response));
  return router;
}

async function download(options: DocumentRoutesOptions, request: Request, response: Response): Promise<void> {
  const { authenticator, log } = options;
  const { requestId } = locals(response);
  const caller = await callerOf(authenticator, originOf(request), { requestId, log });
  if ('code' in caller) return sendFault(response, caller);
  if (caller.principal.kind === 'anonymous') {
    return sendFault(response, { status: 401, code: 'GATEWAY_UNAUTHENTICATED', message: 'A credential is needed.' });
  }
  const busy = options.pipeline.lanes.faultFor(caller.principal);
  if (busy !== null) return sendFault(response, busy);
  const found = await find(options, { request, response, caller });
  if ('code' in found) return sendFault(response, found);
  if (found.content === null) {
    const message = 'The document waits for settlement details or a mandate; `waitsFor` in the graph says whose.';
    return sendFault(response, { status: 409, code: 'GATEWAY_DOCUMENT_WAITS', message });
  }
  await send(found.content, { found, request, response });
}

async function find(
  { pipeline }: DocumentRoutesOptions,
  by: { request: Request; response: Response; caller: Caller },
): Promise<Found | HttpFault> {
  const { request, response } = by;
  const { principal, address } = by.caller;
  const operation = { document: DOCUMENT, variables: { id: request.params['id'] }, way: 'request' } as const;
  const admission = await pipeline.admit(operation, { principal, address });
  if ('faults' in admission) return counted(faultOfError(admission.faults[0], admission.standing));
  for (const [name, value] of budgetHeaders(admission.standing ?? null)) response.setHeader(name, value);
  const deadlineAt = new Date(Date.now() + admission.deadlineMs);
  const context = { principal, requestId: locals(response).requestId, deadlineAt };
  const { data, errors } = await pipeline.answer({ ...operation, context });
  if (errors?.[0] !== undefined) return counted(faultOfError(errors[0]));
  const found = data?.['settlementDocument'] as Found | null;
  return found ?? { status: 404, code: 'GATEWAY_NOT_FOUND', message: 'There is no such document for you.' };
}

function counted(fault: HttpFault): HttpFault {
  return { ...fault, isCounted: true };
}

async function send(
  content: string,
  { found, request, response }: { found: Found; request: Request; response: Response },
): Promise<void> {
  const padding = content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0;
  response.writeHead(200, {
    'x-request-id': locals(response).requestId,
    'content-type': found.contentType,
    'content-length': (content.length / 4) * 3 - padding,
    'content-disposition': attachmentOf(found.fileName),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') return void response.end();
  // Who goes away in the middle of a document is nobody's fault.
  await piped(Readable.from(pieces(content)), response).catch(() => response.destroy());
}

/** The quoted name is for old clients; both say the same where a name is made of codes. */
function attachmentOf(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}

function* pieces(content: string): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE) yield Buffer.from(content.slice(at, at + PIECE), 'base64');
}
