import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Database } from '../../../kernel/db/database';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Authenticator, Caller } from '../../auth/authenticator';
import { originOf } from '../../auth/client-address';
import { findMappings, keepProblems, latestProblems } from '../../auth/intake-store';
import type { Pipeline } from '../../plan/pipeline';
import { callerOf } from '../graph-post';
import { locals, sendFault } from '../request-shape';
import { carryOut } from './carry-out';
import { messagesIn } from './message';

export interface IntakeOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly database: Database;
  readonly log: Logger;
  /** How long a call may take until its commands give up. */
  readonly deadlineMs: number;
}

const BODY_MAX = 512 * 1024;
const PROBLEMS_TOLD = 100;
const CALLS = ['batch', 'identify', 'track', 'page', 'screen', 'group', 'alias'];

/**
 * The HTTP side of the Segment spec: `/v1/batch` and a path for each kind of message, with a partner key as the write key. A shop
 * that already sends its events somewhere sends them here too. `/v1/problems` tells what could not be done.
 */
export function intakeRoutes(options: IntakeOptions): Router {
  const router = Router();
  const body = express.json({ limit: BODY_MAX, type: () => true });
  router.post(
    CALLS.map((call) => `/v1/${call}`),
    body,
    withPartner(options, take),
  );
  router.get('/v1/problems', withPartner(options, problems));
  return router;
}

type PartnerCaller = Caller & { readonly principal: Extract<Caller['principal'], { kind: 'partner' }> };
type Work = (options: IntakeOptions, caller: PartnerCaller, request: Request, response: Response) => Promise<void>;

/** The write key comes as the user name of Basic credentials, as the spec's clients send it, or in the body. */
function withPartner(options: IntakeOptions, work: Work): RequestHandler {
  return async (request, response) => {
    const { authenticator, log } = options;
    const { requestId } = locals(response);
    const caller = await callerOf(authenticator, originOf(request, `Bearer ${writeKeyOf(request) ?? ''}`), {
      requestId,
      log,
    });
    if ('code' in caller) return sendFault(response, caller);
    if (caller.principal.kind !== 'partner') {
      const message = 'The write key is a partner key.';
      return sendFault(response, { status: 401, code: 'GATEWAY_UNAUTHENTICATED', message });
    }
    await work(options, caller as PartnerCaller, request, response);
  };
}

function writeKeyOf(request: Request): string | null {
  const { authorization = '' } = request.headers;
  const [, basic] = /^Basic +([A-Za-z0-9+/=]{1,400})$/i.exec(authorization) ?? [];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString('utf8').replace(/:$/, '');
  const { writeKey } = (request.body ?? {}) as { writeKey?: unknown };
  return typeof writeKey === 'string' ? writeKey : null;
}

async function take(
  options: IntakeOptions,
  { principal, address }: PartnerCaller,
  request: Request,
  response: Response,
) {
  const { database, pipeline, deadlineMs } = options;
  const mappings = await findMappings(database, principal.partnerId);
  if (mappings === null) {
    const message = 'The partner has not said yet what its messages become: setIntake.';
    sendFault(response, { status: 403, code: 'GATEWAY_INTAKE_NOT_SET', message });
    return;
  }
  const messages = messagesIn(request.path.split('/').at(-1) as string, request.body);
  if (typeof messages === 'string') {
    sendFault(response, { status: 400, code: 'GATEWAY_BAD_REQUEST', message: messages });
    return;
  }
  const context = { principal, requestId: locals(response).requestId, deadlineAt: new Date(Date.now() + deadlineMs) };
  const done = await carryOut(messages, { mappings, pipeline, context, address });
  if (done.problems.length > 0) await keepProblems(database, principal.partnerId, done.problems);
  if (done.isToBeSentAgain) {
    response.setHeader('retry-after', String(done.retryAfterSeconds));
    const message = 'Some messages could not be done now; send the request again, what was done is not done twice.';
    sendFault(response, { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message });
    return;
  }
  response.json({ success: true, problems: done.problems.length });
}

async function problems(
  { database }: IntakeOptions,
  { principal }: PartnerCaller,
  _request: Request,
  response: Response,
) {
  response.json({ problems: await latestProblems(database, principal.partnerId, PROBLEMS_TOLD) });
}
