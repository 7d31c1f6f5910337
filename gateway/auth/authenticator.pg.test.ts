import { createHmac, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { newId } from '../../kernel/values/id';
import { FAILED_CREDENTIAL_COST } from '../limits/cost';
import { defaultLimits } from '../limits/limits';
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

    it('says what it is for: one of a sandbox that calls itself live is unknown, and one that calls itself test elsewhere', async () => {
      const answers = [];
      for (const side of ['test', 'live'] as const)
        for (const isSandbox of [true, false]) {
          const { text: key } = hub.partners.issueKey({ side, isSandbox });
          const answer = await who(`Bearer ${key}`);
          answers.push([side, isSandbox, answer === 401 ? 401 : (answer as { kind: string }).kind]);
        }
      expect(answers).toEqual([
        ['test', true, 'partner'],
        ['test', false, 401],
        ['live', true, 401],
        ['live', false, 'partner'],
      ]);
    });

    it('that names addresses opens nothing from elsewhere, over HTTP, events and WebSocket, and says so', async () => {
      const outside = hub.partners.issueKey({ addresses: ['203.0.113.0/24'] }).text;
      const inside = hub.partners.issueKey({ addresses: ['203.0.113.0/24', '127.0.0.0/8'] }).text;
      const headers = (key: string) => ({ authorization: `Bearer ${key}`, 'x-forwarded-for': '203.0.113.7' });
      const asked = async (key: string, more: object = {}) => {
        const { status, text: body } = await sendGraph(
          `${hub.url}/graphql`,
          { query: '{ whoAmI }' },
          { ...headers(key), ...more },
        );
        return [status, /GATEWAY_[A-Z_]+/.exec(body)?.[0]];
      };
      const events = { accept: 'text/event-stream' };
      expect(await asked(outside)).toEqual([403, 'GATEWAY_ADDRESS_NOT_ALLOWED']);
      expect(await asked(outside, events)).toEqual([403, 'GATEWAY_ADDRESS_NOT_ALLOWED']);
      expect([await asked(inside), await asked(inside, events)]).toEqual([
        [200, undefined],
        [200, undefined],
      ]);
      // Whoever guesses at the text of a key that is bound is told nothing of that.
      expect(await asked(`${outside.slice(0, -2)}AA`)).toEqual([401, 'GATEWAY_UNAUTHENTICATED']);
      const socket = await hub.client().socket();
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${outside}` } });
      expect(await socket.closed).toEqual({ code: 4403, reason: 'GATEWAY_ADDRESS_NOT_ALLOWED' });
      const open = await hub.client().socket();
      await open.init({ authorization: `Bearer ${inside}` });
      open.close();
    });

    it('ends its open socket within five seconds when its address is taken off the list', async () => {
      const { text: key, keyId } = hub.partners.issueKey({ addresses: ['127.0.0.1'] });
      const { text: stays } = hub.partners.issueKey({ addresses: ['127.0.0.1'] });
      const [socket, control] = [await hub.client().socket(), await hub.client().socket()];
      await socket.init({ authorization: `Bearer ${key}` });
      await control.init({ authorization: `Bearer ${stays}` });
      const changedAt = Date.now();
      hub.partners.setAddresses(keyId, ['203.0.113.7']);
      expect((await socket.closed).code).toBe(4403);
      expect(Date.now() - changedAt).toBeLessThan(5_000);
      control.send({ type: 'ping' });
      expect(await control.next()).toMatchObject({ type: 'pong' });
      control.close();
    });

    it('is used from where a proxy of the operator says, when the hub trusts that proxy', async () => {
      await using behind = await openTestGateway({ config: { trustedProxies: ['127.0.0.1'] } });
      const { text: key } = behind.partners.issueKey({ addresses: ['203.0.113.0/24'] });
      const status = async (forwardedFor: string) =>
        (
          await sendGraph(
            `${behind.url}/graphql`,
            { query: '{ whoAmI }' },
            { authorization: `Bearer ${key}`, 'x-forwarded-for': forwardedFor },
          )
        ).status;
      expect([await status('203.0.113.7'), await status('203.0.113.7, 198.51.100.1')]).toEqual([200, 403]);
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

describe('credentials that do not hold', () => {
  it('cost the address they come from, and beyond its budget keys that are not known are not looked for', async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: 3 * FAILED_CREDENTIAL_COST };
    await using hub = await openTestGateway({ limits: { budgets } });
    const ask = (credential: string, headers = {}) =>
      sendGraph(`${hub.url}/graphql`, { query: '{ whoAmI }' }, { authorization: `Bearer ${credential}`, ...headers });
    const unknown = () => `hub_test_${randomBytes(16).toString('hex')}_${'a'.repeat(43)}`;
    const [known, late] = [hub.partners.issueKey().text, hub.partners.issueKey().text];
    expect((await ask(known)).status).toBe(200);
    expect((await ask(unknown())).status).toBe(401);
    expect((await ask(`${known.slice(0, -2)}AA`)).status).toBe(401);
    expect((await ask('a.b.c')).status).toBe(401);
    const query = jest.spyOn(hub.database.pool, 'query');
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const { status, headers: told, json } = await ask(unknown(), headers);
      const retryAfterSeconds = Number(told['retry-after']);
      expect([status, json?.errors?.[0]?.extensions]).toMatchObject([
        ...[429, { code: 'GATEWAY_RATE_LIMITED', retryable: true, retryAfterSeconds }],
      ]);
      expect([retryAfterSeconds > 1, told['ratelimit']]).toEqual([true, `"cost";r=0;t=${retryAfterSeconds}`]);
    }
    const socket = await hub.client().socket();
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${unknown()}` } });
    expect((await socket.closed).code).toBe(1013);
    expect(query.mock.calls.filter(([sql]) => String(sql).includes('partnerKey.find'))).toEqual([]);
    expect([(await ask(known)).status, (await ask(late)).status]).toEqual([200, 429]);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    expect((await ask(late)).status).toBe(200);
    jest.restoreAllMocks();
  });
});
