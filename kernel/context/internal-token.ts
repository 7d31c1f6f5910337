import { createHmac, timingSafeEqual } from 'node:crypto';
import { currentTrace } from '../telemetry/trace';
import type { RequestContext } from './request-context';
import type { SubgraphName } from './principal';

/** The header that carries a signed internal request. */
export const INTERNAL_HEADER = 'x-hub-internal';

/** Seconds a signature lives: long enough for a slow hop, too short to be worth stealing. */
const LIFE_SECONDS = 15;
/** How long one is used for new requests; each still has most of its life before it when it arrives. */
const REUSED_MS = 5_000;
const REMEMBERED = 5_000;

interface Envelope {
  /** The subgraph it is meant for: one signed for members is worthless at the ledger. */
  readonly aud: SubgraphName;
  readonly exp: number;
  readonly principal: RequestContext['principal'];
}

/** What travels beside the signature: who holds one may ask as its principal under any name and for as long as it lives. */
interface Beside {
  readonly requestId: string;
  readonly deadlineAt: number;
  readonly acceptLanguage?: string;
  readonly traceparent?: string;
}

/** Signatures made a moment ago, by secret, receiver and principal; and envelopes whose signature was found right. */
const signed = new Map<string, { readonly token: string; readonly until: number }>();
const verified = new Map<string, Envelope>();

/**
 * Signs a request context for one subgraph: who asks, for whom it is meant, and until when. The same caller's next requests carry
 * the same signature for some seconds, so that neither side computes it each time.
 *
 * @param secret shared by the hub's own processes, ≥ 32 bytes; never given to a client
 * @returns `payload.signature.beside`, all base64url; HMAC-SHA-256 over the payload's text
 */
export function signInternal(
  secret: string,
  audience: SubgraphName,
  context: RequestContext,
  now = Date.now(),
): string {
  const traceparent = currentTrace();
  const beside: Beside = {
    requestId: context.requestId,
    deadlineAt: context.deadlineAt.getTime(),
    ...(context.acceptLanguage === undefined ? {} : { acceptLanguage: context.acceptLanguage }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return `${tokenFor(secret, audience, context, now)}.${encoded(beside)}`;
}

function tokenFor(secret: string, audience: SubgraphName, { principal }: RequestContext, now: number): string {
  const key = `${secret} ${audience} ${JSON.stringify(principal)}`;
  const known = signed.get(key);
  if (known !== undefined && known.until > now && known.until <= now + REUSED_MS) return known.token;
  const envelope: Envelope = { aud: audience, exp: Math.floor(now / 1000) + LIFE_SECONDS, principal };
  const payload = encoded(envelope);
  const token = `${payload}.${mac(secret, payload)}`;
  remember(signed, key, { token, until: now + REUSED_MS });
  return token;
}

/** Reads a signed request; null when the signature, the audience or the time is wrong: the caller is told 401. */
export function verifyInternal(
  secret: string,
  audience: SubgraphName,
  token: unknown,
  now = Date.now(),
): RequestContext | null {
  if (typeof token !== 'string') return null;
  const [payload, signature, beside, more] = token.split('.');
  if (payload === undefined || signature === undefined || beside === undefined || more !== undefined) return null;
  const envelope = envelopeOf(secret, payload, signature);
  if (envelope === null || envelope.aud !== audience || envelope.exp * 1000 < now) return null;
  const { deadlineAt, ...facts } = decoded(beside) as Beside;
  return { principal: envelope.principal, ...facts, deadlineAt: new Date(deadlineAt) };
}

/** A signature found right once is found right again by looking it up; the whole text is the key, so nothing is compared in parts. */
function envelopeOf(secret: string, payload: string, signature: string): Envelope | null {
  const key = `${secret} ${payload}.${signature}`;
  const known = verified.get(key);
  if (known !== undefined) return known;
  const expected = Buffer.from(mac(secret, payload));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  const envelope = decoded(payload) as Envelope;
  remember(verified, key, envelope);
  return envelope;
}

/** What was remembered first is forgotten first: it has the least life before it. */
function remember<Value>(store: Map<string, Value>, key: string, value: Value): void {
  store.delete(key);
  if (store.size >= REMEMBERED) store.delete(store.keys().next().value as string);
  store.set(key, value);
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

function mac(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
