import { createHmac } from 'node:crypto';
import { exportSPKI, type JWK } from 'jose';
import { anIssuer, OUTSIDE, publishKeys } from '../testkit/outside-issuer';
import { TokenVerifier } from './tokens';

const { issuer, audience, claims } = OUTSIDE;

describe('tokens of an issuer of the operator’s own', () => {
  let keys: Awaited<ReturnType<typeof publishKeys>> | undefined;
  afterEach(() => keys?.close());
  const published = async (those: JWK[]) => (keys = await publishKeys(those));

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
