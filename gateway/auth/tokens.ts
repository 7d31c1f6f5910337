import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { z } from 'zod';
import type { Principal } from '../../kernel/context/principal';
import { parseId, type IdPrefix } from '../../kernel/values/id';

/** Whose tokens are believed. */
export interface TokenIssuer {
  /** Must equal the token's `iss`. */
  readonly issuer: string;
  /** Must be among the token's `aud`. */
  readonly audience: string;
  /** The issuer's public keys, or where to fetch them. */
  readonly jwks: JSONWebKeySet | URL;
  /** How its tokens are signed; Ed25519 alone when left out. */
  readonly algorithms?: readonly TokenAlgorithm[];
}

/**
 * The algorithms that can be believed: an issuer proves itself by a private key. What shares a secret (HS256) or signs nothing is
 * not among them, whatever a token says of itself.
 */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'PS256', 'RS256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** A token that held, and until when. */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly expiresAt: Date;
}

const USUAL_ALGORITHMS: readonly TokenAlgorithm[] = ['EdDSA'];
const UNKNOWN_KEY_WAIT_MS = 30_000;
const KEYS_KEPT_MS = 10 * 60_000;
const REMEMBERED = 10_000;
const REMEMBERED_MS = 60_000;

/** Verifies tokens of one issuer. */
export class TokenVerifier {
  private readonly keys: JWTVerifyGetKey;
  /** A signature takes a fifth of a millisecond to check; a client sends the same token with every request. */
  private readonly remembered = new Map<string, { verified: VerifiedToken; until: number }>();

  constructor(private readonly from: TokenIssuer) {
    this.keys = from.jwks instanceof URL ? keysAt(from.jwks) : createLocalJWKSet(from.jwks);
  }

  /**
   * @returns null when the token does not hold, for whatever reason
   * @throws when the issuer does not give its keys: nobody knows then whether it holds
   */
  async verify(token: string): Promise<VerifiedToken | null> {
    const fingerprint = createHash('sha256').update(token).digest('base64');
    const known = this.remembered.get(fingerprint);
    if (known !== undefined && known.until > Date.now()) return known.verified;
    const verified = await this.check(token);
    if (verified === null) return null;
    if (this.remembered.size >= REMEMBERED) this.remembered.clear();
    const until = Math.min(verified.expiresAt.getTime(), Date.now() + REMEMBERED_MS);
    this.remembered.set(fingerprint, { verified, until });
    return verified;
  }

  private async check(token: string): Promise<VerifiedToken | null> {
    try {
      const { issuer, audience, algorithms = USUAL_ALGORITHMS } = this.from;
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: [...algorithms],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
      });
      const principal = principalOf(payload);
      return principal === null ? null : { principal, expiresAt: new Date((payload.exp ?? 0) * 1000) };
    } catch (error) {
      if (error instanceof KeysAway) throw error;
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }
}

/** The issuer's keys cannot be had: no fault of any token. */
class KeysAway extends Error {}

/** Keys that an issuer publishes, fetched when they are needed. */
function keysAt(jwks: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(jwks, {
    cooldownDuration: UNKNOWN_KEY_WAIT_MS,
    cacheMaxAge: KEYS_KEPT_MS,
    timeoutDuration: 3_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (TOKEN_FAULTS.some((fault) => error instanceof fault)) throw error;
      // An issuer that does not answer, in time or well, throws what a faulty token throws as well.
      throw new KeysAway('The issuer does not give its keys.', { cause: error });
    }
  };
}

/** What of looking a key up is the token's fault: a key or a way of signing that is not there. */
const TOKEN_FAULTS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

const id = <P extends IdPrefix>(prefix: P) =>
  z.string().transform((text, context) => parseId(prefix, text) ?? refuse(context));

const claims = z.discriminatedUnion('role', [
  z.object({ role: z.literal('host'), sub: z.string().min(1) }),
  z.object({ role: z.literal('admin'), sub: z.string().min(1), programme: id('prg') }),
  z.object({ role: z.literal('finance'), sub: z.string().min(1), programme: id('prg') }),
  z.object({ role: z.literal('staff'), sub: z.string().min(1), programme: id('prg'), partner: id('ptr') }),
  z.object({ role: z.literal('member'), programme: id('prg'), member: id('mem') }),
]);

/** Who a token's claims say is calling; null when they name no one the hub knows. */
export function principalOf(payload: JWTPayload): Principal | null {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return null;
  const claim = parsed.data;
  switch (claim.role) {
    case 'host':
      return { kind: 'host', subject: claim.sub };
    case 'admin':
    case 'finance':
      return { kind: claim.role, programmeId: claim.programme, subject: claim.sub };
    case 'staff':
      return { kind: 'staff', programmeId: claim.programme, partnerId: claim.partner, subject: claim.sub };
    case 'member':
      return { kind: 'member', programmeId: claim.programme, memberId: claim.member };
  }
}

function refuse(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'not an id of this kind' });
  return z.NEVER;
}
