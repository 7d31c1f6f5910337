import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { newId } from '../../kernel/values/id';
import { sendGraph } from '../testkit/send';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';

const programme = newId('prg');
const ISSUER = 'urn:loyalty-hub:development';
const AUDIENCE = 'loyalty-hub';
const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;

describe('a credential', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());

  const who = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const { status, json } = await sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' }, headers);
    return json?.data == null ? status : (JSON.parse(json.data['whoAmI'] as string) as unknown);
  };

  it('is not needed to ask as nobody', async () => {
    expect(await who()).toEqual({ kind: 'anonymous' });
  });

  const [partner, member] = [newId('ptr'), newId('mem')];
  it.each([
    [{ role: 'host' } as const, { kind: 'host', subject: 'kim' }],
    [{ role: 'admin', programme } as const, { kind: 'admin', programmeId: programme, subject: 'kim' }],
    [{ role: 'finance', programme } as const, { kind: 'finance', programmeId: programme, subject: 'kim' }],
    [
      { role: 'staff', programme, partner } as const,
      { kind: 'staff', programmeId: programme, partnerId: partner, subject: 'kim' },
    ],
    [{ role: 'member', programme, member } as const, { kind: 'member', programmeId: programme, memberId: member }],
  ])('with %j is read as that caller', async (grant, principal) => {
    expect(await who(`Bearer ${await hub.issuer.mint({ ...grant, subject: 'kim' })}`)).toEqual(principal);
  });

  describe('that is a token', () => {
    const claims: JWTPayload = { iss: ISSUER, aud: AUDIENCE, sub: 'kim', role: 'admin', programme, exp: inAnHour() };
    const signed = async (payload: JWTPayload, header: object = {}) => {
      const { privateKey } = await generateKeyPair('EdDSA');
      return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(privateKey);
    };
    const minted = (grant: object) => hub.issuer.mint({ role: 'admin', subject: 'kim', programme, ...grant });

    it.each<[string, () => Promise<string>]>([
      ['without a signature', async () => `${text({ alg: 'none' })}.${text(claims)}.`],
      [
        'signed HS256 with the public key',
        async () => {
          const [jwk] = hub.issuer.jwks.keys;
          const unsigned = `${text({ alg: 'HS256', kid: jwk?.kid })}.${text(claims)}`;
          return `${unsigned}.${createHmac('sha256', JSON.stringify(jwk)).update(unsigned).digest('base64url')}`;
        },
      ],
      ['signed by another key', () => signed(claims)],
      ['signed by another key under our key’s name', () => signed(claims, { kid: hub.issuer.jwks.keys[0]?.kid })],
      [
        'that brings its own key',
        async () => {
          const { privateKey, publicKey } = await generateKeyPair('EdDSA');
          return new SignJWT(claims)
            .setProtectedHeader({ alg: 'EdDSA', jwk: await exportJWK(publicKey) })
            .sign(privateKey);
        },
      ],
      ['that has expired', () => minted({ lifeSeconds: -1 })],
      ['of no known role', () => minted({ role: 'emperor' })],
      ['of an admin without a programme', () => minted({ programme: undefined })],
      ['whose programme is another kind of id', () => minted({ programme: newId('mem') })],
      ['of staff without a partner', () => minted({ role: 'staff' })],
      ['cut short', async () => (await minted({})).slice(0, -4)],
      ['that is none', async () => 'a.b.c'],
    ])('%s is refused', async (_what, make) => {
      expect(await who(`Bearer ${await make()}`)).toBe(401);
    });
  });

  describe('that is a partner key', () => {
    it('is refused with another last character, another id, or once it has expired', async () => {
      const key = hub.partners.issueKey().text;
      const other = hub.partners.issueKey().text;
      expect(await who(`Bearer ${key}`)).toMatchObject({ kind: 'partner' });
      expect(await who(`Bearer ${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).toBe(401);
      expect(await who(`Bearer ${other.slice(0, 41)}${key.slice(41)}`)).toBe(401);
      const expired = hub.partners.issueKey({ expiresAt: new Date(Date.now() - 1) });
      expect(await who(`Bearer ${expired.text}`)).toBe(401);
    });

    it('that cannot be checked is answered 503, so that the caller tries again', async () => {
      const key = hub.partners.issueKey().text;
      jest.spyOn(hub.database.pool, 'query').mockRejectedValue(new Error('connection refused at 10.0.0.7') as never);
      const { status, text: body } = await sendGraph(
        `${hub.url}/graphql`,
        { query: '{ whoAmI }' },
        { authorization: `Bearer ${key}` },
      );
      jest.restoreAllMocks();
      expect(status).toBe(503);
      expect(body).toContain('"code":"SUBGRAPH_UNAVAILABLE"');
      expect(body).toContain('"retryable":true');
      expect(body).not.toContain('10.0.0.7');
    });

    it('is never stored: what is kept recognises it and does not give it back', async () => {
      const { text: key } = hub.partners.issueKey();
      await who(`Bearer ${key}`);
      const { rows } = await hub.database.pool.query(
        '/* test.keys */ select partner_key::text as line from partner_key',
      );
      expect(rows.map(({ line }: { line: string }) => line).join()).not.toContain(key.slice(-43));
    });
  });
});
