import { openTestGateway } from '../testkit/open-test-gateway';
import { anIssuer, OUTSIDE, publishKeys } from '../testkit/outside-issuer';
import { sendGraph } from '../testkit/send';

type Keys = Awaited<ReturnType<typeof publishKeys>>;
const WHO = '{ whoAmI }';

describe('a gateway that believes an issuer outside', () => {
  let keys: Keys;
  afterEach(() => keys.close());

  it('lets its bearers in over HTTP, WebSocket and as server-sent events, and nobody it did not mean', async () => {
    const { jwk, sign } = await anIssuer('ES256');
    keys = await publishKeys([jwk]);
    const { issuer, audience } = OUTSIDE;
    await using hub = await openTestGateway({
      verifyTokens: { issuer, audience, jwks: keys.jwks, algorithms: ['ES256'] },
    });
    const asked = async (token: string, accept = 'application/json') => {
      const headers = { authorization: `Bearer ${token}`, accept };
      const { status, text } = await sendGraph(`${hub.url}/graphql`, { query: WHO }, headers);
      return [status, text.includes('kim')];
    };
    const welcome = async (token: string) => {
      const socket = await hub.client().socket();
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      const first = await Promise.race([socket.next(), socket.closed]);
      socket.close();
      return (first as { type?: string } | null)?.type ?? (await socket.closed).code;
    };
    const token = await sign();
    expect([await asked(token), await asked(token, 'text/event-stream'), await welcome(token)]).toEqual([
      ...[[200, true], [200, true], 'connection_ack'],
    ]);
    const own = await hub.issuer.mint({ role: 'host', subject: 'kim' });
    for (const foreign of [await sign({ aud: 'another' }), await sign({ iss: 'https://login.example.evil' }), own])
      expect([await asked(foreign), await welcome(foreign)]).toEqual([[401, false], 4403]);
    // Its keys are known by now: the issuer may be away.
    await keys.close();
    expect(await asked(await sign())).toEqual([200, true]);
  });

  it.each([
    ['does not answer', () => keys.close(), 200],
    ['answers 500', async () => {}, 500],
    ['answers with no keys at all', async () => {}, 204],
  ])('says to come again while its issuer %s', async (_what, prepare, answered) => {
    const { jwk, sign } = await anIssuer('ES256');
    keys = await publishKeys([jwk], answered);
    await prepare();
    const { issuer, audience } = OUTSIDE;
    await using hub = await openTestGateway({
      verifyTokens: { issuer, audience, jwks: keys.jwks, algorithms: ['ES256'] },
    });
    const headers = { authorization: `Bearer ${await sign()}` };
    const { status, json, headers: told } = await sendGraph(`${hub.url}/graphql`, { query: WHO }, headers);
    expect([status, json?.errors?.[0]?.extensions.code, told['retry-after']]).toEqual([
      503,
      'SUBGRAPH_UNAVAILABLE',
      '1',
    ]);
    const socket = await hub.client().socket();
    socket.send({ type: 'connection_init', payload: headers });
    expect((await socket.closed).code).toBe(1013);
  });
});
