import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RequestContext } from './request-context';
import type { SubgraphName } from './principal';

/** The header that carries a signed internal request. */
export const INTERNAL_HEADER = 'x-hub-internal';

/** Seconds a signed internal request lives: long enough for a slow hop, too short to be worth stealing. */
const LIFE_SECONDS = 15;

interface Envelope {
  /** The subgraph it is meant for: one signed for members is worthless at the ledger. */
  readonly aud: SubgraphName;
  readonly exp: number;
  readonly ctx: {
    principal: RequestContext['principal'];
    requestId: string;
    deadlineAt: string;
    acceptLanguage?: string;
  };
}

/**
 * Signs a request context for one subgraph.
 *
 * @param secret shared by the hub's own processes, ≥ 32 bytes; never given to a client
 * @returns `payload.signature`, both base64url; HMAC-SHA-256 over the payload's text
 */
export function signInternal(
  secret: string,
  audience: SubgraphName,
  context: RequestContext,
  now = Date.now(),
): string {
  const envelope: Envelope = {
    aud: audience,
    exp: Math.floor(now / 1000) + LIFE_SECONDS,
    ctx: {
      principal: context.principal,
      requestId: context.requestId,
      deadlineAt: context.deadlineAt.toISOString(),
      ...(context.acceptLanguage === undefined ? {} : { acceptLanguage: context.acceptLanguage }),
    },
  };
  const payload = Buffer.from(JSON.stringify(envelope)).toString('base64url');
  return `${payload}.${mac(secret, payload)}`;
}

/** Reads a signed request; null when the signature, the audience or the time is wrong: the caller is told 401. */
export function verifyInternal(
  secret: string,
  audience: SubgraphName,
  token: unknown,
  now = Date.now(),
): RequestContext | null {
  if (typeof token !== 'string') return null;
  const [payload, signature, more] = token.split('.');
  if (payload === undefined || signature === undefined || more !== undefined) return null;
  const expected = Buffer.from(mac(secret, payload));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  const envelope = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Envelope;
  if (envelope.aud !== audience || envelope.exp * 1000 < now) return null;
  return { ...envelope.ctx, deadlineAt: new Date(envelope.ctx.deadlineAt) };
}

function mac(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
