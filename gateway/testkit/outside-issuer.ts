import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { newId } from '../../kernel/values/id';
import type { TokenAlgorithm } from '../auth/tokens';

/** What tokens of an outside issuer say unless a test has them say something else. */
export const OUTSIDE = {
  issuer: 'https://login.example',
  audience: 'loyalty',
  claims: { role: 'admin', programme: newId('prg') },
} as const;

/** An issuer outside: a key, its published form, and how it signs. */
export async function anIssuer(algorithm: TokenAlgorithm) {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  const sign = (change: { aud?: string; iss?: string; kid?: string } = {}) =>
    new SignJWT(OUTSIDE.claims)
      .setProtectedHeader({ alg: algorithm, kid: change.kid ?? kid })
      .setIssuer(change.iss ?? OUTSIDE.issuer)
      .setAudience(change.aud ?? OUTSIDE.audience)
      .setSubject('kim')
      .setExpirationTime('5m')
      .sign(privateKey);
  return { jwk, publicKey, sign };
}

/**
 * Publishes keys at an address of their own, and counts how often they are asked for.
 *
 * @param status what it answers with; anything but 200 is an issuer in trouble
 */
export async function publishKeys(keys: readonly JWK[], status = 200) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.statusCode = status;
    response
      .setHeader('content-type', 'application/json')
      .setHeader('connection', 'close')
      .end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jwks = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  return { jwks, asked: () => asked, close: () => new Promise((resolve) => server.close(resolve)) };
}
