import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { newId } from '../../kernel/values/id';
import type { Logger } from '../../kernel/telemetry/log';
import { continued, note, traced } from '../../kernel/telemetry/trace';
import type { Authenticator, Caller, CredentialFault } from '../auth/authenticator';
import { originOf, type Origin } from '../auth/client-address';
import type { DocumentBook, ResolvedDocument } from '../limits/documents';
import { budgetHeaders, type BudgetStanding } from '../limits/budgets';
import { RETRY_AFTER_SECONDS } from '../limits/lanes';
import type { GatewayLimits } from '../limits/limits';
import { ParsedDocuments } from '../limits/parsed-documents';
import { maskErrors } from '../plan/mask';
import { countRefusal } from '../plan/measured';
import type { Pipeline } from '../plan/pipeline';
import { answerTypeFor, type AnswerType } from './media-types';
import { readBody, UnreadableBody } from './read-body';
import {
  faultOfHead,
  faultOfReading,
  graphBodyOf,
  requestSpan,
  traceparentOf,
  writeFault,
  type GraphBody,
  type HttpFault,
} from './request-shape';

export interface GraphPostOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly limits: GatewayLimits;
  readonly log: Logger;
}

/** An answer on its way out. */
interface Outgoing {
  readonly status: number;
  readonly type: AnswerType;
  readonly requestId: string;
  readonly standing: BudgetStanding | null;
}

/** What is known of a request when its body is read. */
interface Asked {
  readonly requestId: string;
  readonly caller: Caller;
  readonly body: GraphBody;
  readonly bodyBytes: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * `POST /graphql`, from its head to the last byte of its answer. It is the way of every till, so nothing stands between Node's
 * server and the pipeline; what it does is said once, here.
 */
export class GraphPost {
  private readonly parsed: ParsedDocuments;

  constructor(private readonly options: GraphPostOptions) {
    this.parsed = new ParsedDocuments(options.limits.tokens, countRefusal);
  }

  answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = newId('req');
    return continued(traceparentOf(request), () =>
      traced(requestSpan(request, requestId), async () => {
        await this.answerAs(requestId, request, response);
        note({ 'http.response.status_code': response.statusCode });
      }),
    );
  }

  private async answerAs(requestId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const fault = await this.answered(requestId, request, response);
      if (fault !== null) writeFault(response, requestId, fault);
    } catch (error) {
      this.options.log.error({ event: 'gateway.http.failed', requestId, err: error });
      if (response.headersSent) response.destroy();
      else
        writeFault(response, requestId, {
          status: 500,
          code: 'INTERNAL',
          message: 'Something went wrong on our side.',
        });
    }
  }

  /** @returns what is wrong with the request; null when it was answered */
  private async answered(
    requestId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<HttpFault | null> {
    const { pipeline, authenticator, limits, log } = this.options;
    const fault = faultOfHead(request);
    if (fault !== null) return fault;
    const caller = await callerOf(authenticator, originOf(request), { requestId, log });
    if ('code' in caller) return caller;
    const busy = pipeline.lanes.faultFor(caller.principal);
    if (busy !== null) return busy;
    let bytes: Buffer;
    try {
      bytes = await readBody(request, limits.bulkBodyBytes);
    } catch (error) {
      const unread = error instanceof UnreadableBody ? faultOfReading(error) : null;
      if (unread !== null) return unread;
      throw error;
    }
    const read = graphBodyOf(bytes, limits);
    if ('fault' in read) return read.fault;
    const requested = read.body;
    const resolved = await this.options.documents.resolve(requested, caller);
    if ('code' in resolved) return resolved;
    const asked: Asked = { requestId, caller, body: requested, bodyBytes: bytes.length, request, response };
    await this.run(asked, resolved);
    return null;
  }

  private async run(asked: Asked, { query, admitted }: ResolvedDocument): Promise<void> {
    const { pipeline } = this.options;
    const { requestId, caller, body, bodyBytes, request } = asked;
    const asking = {
      operationName: body.operationName ?? undefined,
      variables: body.variables ?? {},
      way: 'request' as const,
    };
    const payer = { principal: caller.principal, address: caller.address };
    const admission = await this.parsed.admitted(query, (document) =>
      pipeline.admit({ ...asking, document, bodyBytes }, payer),
    );
    const standing = admission.standing ?? null;
    note({ 'hub.caller': caller.principal.kind, 'graphql.operation.name': body.operationName ?? '' });
    if ('faults' in admission) return this.refuse(asked, admission.faults, standing);
    admitted();
    const context = {
      principal: caller.principal,
      requestId,
      deadlineAt: new Date(Date.now() + admission.deadlineMs),
      acceptLanguage: request.headers['accept-language'],
    };
    const run = { ...asking, document: admission.document, context };
    const { text, status } = await pipeline.answerText(run, admission.kind);
    return this.send(asked, { status, standing }, text);
  }

  private refuse(asked: Asked, faults: readonly GraphQLError[], standing: BudgetStanding | null): void {
    const errors = maskErrors(faults, asked.requestId, this.options.log);
    const own = (faults[0]?.extensions['http'] as { status?: number } | undefined)?.status ?? 400;
    // Clients that know of nothing newer than `application/json` take any other status for a fault of the transport.
    const status = own === 400 && wantsPlainJson(asked.request.headers.accept) ? 200 : own;
    this.send(asked, { status, standing }, JSON.stringify({ errors }));
  }

  private send(
    { response, request, requestId }: Asked,
    { status, standing }: Pick<Outgoing, 'status' | 'standing'>,
    text: string,
  ): void {
    const type = answerTypeFor(request.headers.accept) ?? 'application/json';
    const headers: Record<string, string | number> = {
      'x-request-id': requestId,
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    };
    for (const [name, value] of budgetHeaders(standing)) headers[name] = value;
    if (status === 503 || status === 429) headers['retry-after'] ??= RETRY_AFTER_SECONDS;
    response.writeHead(status, headers).end(text);
  }
}

const CREDENTIAL_FAULTS: Readonly<Record<CredentialFault, HttpFault>> = {
  GATEWAY_UNAUTHENTICATED: { status: 401, code: 'GATEWAY_UNAUTHENTICATED', message: 'The credential does not hold.' },
  GATEWAY_ADDRESS_NOT_ALLOWED: {
    status: 403,
    code: 'GATEWAY_ADDRESS_NOT_ALLOWED',
    message: 'The key may not be used from this address.',
  },
};

/** What is said where too many credentials came that do not hold. */
export function tooManyFailed({ resetSeconds }: BudgetStanding): string {
  return `Too many credentials from this address do not hold. Come again in ${resetSeconds} s.`;
}

/** Finds out who is calling, before anything of the body is read. */
export async function callerOf(
  authenticator: Authenticator,
  origin: Origin,
  { requestId, log }: { requestId: string; log: Logger },
): Promise<Caller | HttpFault> {
  try {
    const caller = await authenticator.authenticate(origin);
    if (typeof caller === 'string') return CREDENTIAL_FAULTS[caller];
    if (!('standing' in caller)) return caller;
    const { standing } = caller;
    return { status: 429, code: 'GATEWAY_RATE_LIMITED', message: tooManyFailed(standing), standing };
  } catch (error) {
    log.error({ event: 'gateway.credential.unchecked', requestId, err: error });
    return { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message: 'Credentials cannot be checked now.' };
  }
}

/**
 * Whether a client asks for `application/json` and for nothing newer. The specification of GraphQL over HTTP has such
 * clients told of faults in their document with status 200.
 */
export function wantsPlainJson(accept: string | undefined): boolean {
  return (
    accept !== undefined && accept.includes('application/json') && !accept.includes('application/graphql-response+json')
  );
}
