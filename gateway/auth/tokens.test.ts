import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import { newId } from '../../kernel/values/id';
import { TokenVerifier, type TokenAlgorithm } from './tokens';

const claims = { role: 'admin', programme: newId('prg') };
const issuer = 'https://login.example';
const audience = 'loyalty';

/** An issuer outside: a key, its published form, and how many times it was asked for its keys. */
async function anIssuer(algorithm: TokenAlgorithm) {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  const sign = (change: { aud?: string; iss?: string; kid?: string } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: change.kid ?? kid })
      .setIssuer(change.iss ?? issuer)
      .setAudience(change.aud ?? audience)
      .setSubject('kim')
      .setExpirationTime('5m')
      .sign(privateKey);
  return { jwk, publicKey, sign };
}

describe('tokens of an issuer of the operator’s own', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const published = async (keys: JWK[]) => {
    let asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const jwks = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
    return { jwks, asked: () => asked };
  };

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'signed %s hold where that is how it signs',
    async (algorithm) => {
      const { jwk, sign } = await anIssuer(algorithm);
      const { jwks } = await published([jwk]);
      const verifier = new TokenVerifier({ issuer, audience, jwks, algorithms: [algorithm] });
      expect(await verifier.verify(await sign())).toMatchObject({ principal: { kind: 'admin', subject: 'kim' } });
      const usual = new TokenVerifier({ issuer, audience, jwks });
      expect((await usual.verify(await sign())) !== null).toBe(algorithm === 'EdDSA');
    },
  );

  it('do not hold for another audience, or of another issuer', async () => {
    const { jwk, sign } = await anIssuer('ES256');
    const { jwks } = await published([jwk]);
    const verifier = new TokenVerifier({ issuer, audience, jwks, algorithms: ['ES256'] });
    expect(await verifier.verify(await sign({ aud: 'another' }))).toBeNull();
    expect(await verifier.verify(await sign({ iss: 'https://login.example.evil' }))).toBeNull();
  });

  it('signed HS256 with the public key do not hold: a secret everybody knows proves nothing', async () => {
    const { jwk, publicKey } = await anIssuer('RS256');
    const { jwks } = await published([jwk]);
    const verifier = new TokenVerifier({ issuer, audience, jwks, algorithms: ['RS256'] });
    const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = { ...claims, iss: issuer, aud: audience, sub: 'kim', exp: Math.floor(Date.now() / 1000) + 300 };
    const unsigned = `${text({ alg: 'HS256', kid: jwk.kid })}.${text(payload)}`;
    const mac = createHmac('sha256', await exportSPKI(publicKey))
      .update(unsigned)
      .digest('base64url');
    expect(await verifier.verify(`${unsigned}.${mac}`)).toBeNull();
  });

  it('under unknown keys make the issuer be asked once, however many come', async () => {
    const { jwk, sign } = await anIssuer('ES256');
    const { jwks, asked } = await published([jwk]);
    const verifier = new TokenVerifier({ issuer, audience, jwks, algorithms: ['ES256'] });
    await verifier.verify(await sign());
    for (let n = 0; n < 20; n++) expect(await verifier.verify(await sign({ kid: `unknown-${n}` }))).toBeNull();
    expect(asked()).toBe(1);
  });
});
