import { graphClient } from '../kernel/testkit/graph-client';
import { openTestGateway, type TestGateway } from './testkit/open-test-gateway';

describe('the gateway', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());

  it('joins an entity over two subgraphs', async () => {
    const { status, body } = await graphClient(hub.url).query(
      '{ member(ref: { id: "m1" }) { id displayName account { available } perk } }',
    );
    expect(body).toEqual({
      data: { member: { id: 'm1', displayName: 'Anna', account: { available: '100' }, perk: 'perk of nick-m1' } },
    });
    expect(status).toBe(200);
  });

  it('hides what a resolver threw and says under which id it is logged', async () => {
    const { body, headers } = await graphClient(hub.url).query('{ broken whoAmI }');
    const requestId = headers.get('x-request-id');
    expect(body.data).toEqual({ broken: null, whoAmI: '{"kind":"anonymous"}' });
    expect(body.errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['broken'],
        extensions: { code: 'INTERNAL', requestId, retryable: false },
      },
    ]);
  });

  it('recognises a partner key the moment it was issued', async () => {
    const { text, keyId } = hub.partners.issueKey({ scopes: ['points:earn'] });
    const { body } = await graphClient(hub.url, text).query('{ whoAmI }');
    const { programmeId, partnerId } = hub.partners;
    expect(JSON.parse(body.data.whoAmI as string)).toEqual({
      kind: 'partner',
      programmeId,
      partnerId,
      keyId,
      scopes: ['points:earn'],
    });
  });
});
