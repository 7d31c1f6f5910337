import type { IncomingMessage } from 'node:http';
import { Router, type Request, type Response } from 'express';
import type { GraphQLError } from 'graphql';
import type { Database } from '../../../kernel/db/database';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Authenticator, Caller } from '../../auth/authenticator';
import { originOf } from '../../auth/client-address';
import { findMappings, keepProblems, latestProblems } from '../../auth/intake-store';
import type { Leave } from '../../limits/lanes';
import type { GatewayLimits } from '../../limits/limits';
import type { Pipeline } from '../../plan/pipeline';
import { callerOf } from '../graph-post';
import { readBody } from '../read-body';
import { faultOfError, jsonOf, locals, sendFault, type HttpFault } from '../request-shape';
import { carryOut } from './carry-out';
import { INTAKE_CALLS, messagesIn } from './message';

export interface IntakeOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly database: Database;
  readonly log: Logger;
  readonly limits: GatewayLimits;
}

/** Of a request whose key is in its head, and holds. */
const BODY_MAX = 512 * 1024;
const PROBLEMS_TOLD = 100;

/**
 * The HTTP side of the Segment spec: `/v1/batch` and a path for each kind of message, with a partner key as the write key. A shop
 * that already sends its events somewhere sends them here too. `/v1/problems` tells what could not be done.
 */
export function intakeRoutes(options: IntakeOptions): Router {
  const router = Router();
  router.post(
    INTAKE_CALLS.map((call) => `/v1/${call}`),
    async (request, response) => {
      const fault = await take(options, request, response);
      if (fault !== null) sendFault(response, fault);
    },
  );
  router.get('/v1/problems', async (request, response) => {
    const fault = await problems(options, request, response);
    if (fault !== null) sendFault(response, fault);
  });
  return router;
}

type PartnerCaller = Caller & { readonly principal: Extract<Caller['principal'], { kind: 'partner' }> };

/** Whose write key it is, when there is room for what it sends. */
async function partnerOf(
  { authenticator, pipeline, log }: IntakeOptions,
  { request, response, writeKey }: { request: Request; response: Response; writeKey: string | null },
): Promise<PartnerCaller | HttpFault> {
  const { requestId } = locals(response);
  const caller = await callerOf(authenticator, originOf(request, `Bearer ${writeKey ?? ''}`), { requestId, log });
  if ('code' in caller) return caller;
  if (caller.principal.kind !== 'partner')
    return { status: 401, code: 'GATEWAY_UNAUTHENTICATED', message: 'The write key is a partner key.' };
  return pipeline.lanes.faultFor(caller.principal, { isBulk: true }) ?? (caller as PartnerCaller);
}

/** The write key as the user name of Basic credentials, as the spec's clients send it, or as a bearer's, as for the graph. */
function headKeyOf({ headers: { authorization = '' } }: IncomingMessage): string | null {
  const [, basic, bearer] = /^(?:Basic +([A-Za-z0-9+/=]{1,400})|Bearer +(\S{1,400}))$/i.exec(authorization) ?? [];
  if (bearer !== undefined) return bearer;
  return basic === undefined ? null : Buffer.from(basic, 'base64').toString('utf8').replace(/:$/, '');
}

/** The write key in the body, as some clients send it where they cannot set headers. */
function writeKeyIn(body: unknown): string | null {
  const { writeKey } = (body ?? {}) as { writeKey?: unknown };
  return typeof writeKey === 'string' ? writeKey : null;
}

/** Who sends messages, and what: of somebody whose key is not in the head no more is read than of anybody. */
async function received(
  options: IntakeOptions,
  request: Request,
  response: Response,
): Promise<{ caller: PartnerCaller; body: unknown } | HttpFault> {
  const writeKey = headKeyOf(request);
  if (writeKey !== null) {
    const caller = await partnerOf(options, { request, response, writeKey });
    return 'code' in caller ? caller : { caller, body: jsonOf(await readBody(request, BODY_MAX)) };
  }
  const body = jsonOf(await readBody(request, options.limits.bodyBytes));
  const caller = await partnerOf(options, { request, response, writeKey: writeKeyIn(body) });
  return 'code' in caller ? caller : { caller, body };
}

async function take(options: IntakeOptions, request: Request, response: Response): Promise<HttpFault | null> {
  const { database, pipeline, limits } = options;
  const come = await received(options, request, response);
  if ('code' in come) return come;
  const { principal, address } = come.caller;
  const mappings = await findMappings(database, principal.partnerId);
  if (mappings === null) {
    const message = 'The partner has not said yet what its messages become: setIntake.';
    return { status: 403, code: 'GATEWAY_INTAKE_NOT_SET', message };
  }
  const messages = messagesIn(request.path.split('/').at(-1) as string, come.body);
  if (typeof messages === 'string') return { status: 400, code: 'GATEWAY_BAD_REQUEST', message: messages };
  const deadlineAt = new Date(Date.now() + limits.deadlineMs);
  const context = { principal, requestId: locals(response).requestId, deadlineAt };
  let leave: Leave;
  try {
    leave = await pipeline.lanes.enter(principal, { isBulk: true, deadlineAt });
  } catch (error) {
    return faultOfError(error as GraphQLError);
  }
  const done = await carryOut(messages, { mappings, pipeline, context, address }).finally(leave);
  if (done.problems.length > 0) await keepProblems(database, principal.partnerId, done.problems);
  if (!done.isToBeSentAgain) {
    response.json({ success: true, problems: done.problems.length });
    return null;
  }
  const message = 'Some messages could not be done now; send the request again, what was done is not done twice.';
  if (done.spent !== null)
    return { status: 429, code: 'GATEWAY_RATE_LIMITED', message, standing: done.spent, isCounted: true };
  response.setHeader('retry-after', String(done.retryAfterSeconds));
  return { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message, isCounted: true };
}

async function problems(options: IntakeOptions, request: Request, response: Response): Promise<HttpFault | null> {
  const caller = await partnerOf(options, { request, response, writeKey: headKeyOf(request) });
  if ('code' in caller) return caller;
  response.json({ problems: await latestProblems(options.database, caller.principal.partnerId, PROBLEMS_TOLD) });
  return null;
}
