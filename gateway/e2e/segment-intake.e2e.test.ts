import { Analytics } from '@segment/analytics-node';
import { mintToken } from '../../hub/client/credentials';
import { REFUSAL } from '../../hub/client/graph';
import type { MemberId } from '../../kernel/values/id';
import { until } from '../testkit/until';
import { foundCoalition, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';

const SET_INTAKE = `mutation ($input: SetIntakeInput!) { result: setIntake(input: $input) { ${REFUSAL} } }`;
const SET_ACTION = `mutation ($input: SetActionRuleInput!) { result: setActionRule(input: $input) { ${REFUSAL} } }`;
const CONSENT = `mutation ($input: SetProfilingConsentInput!) { result: setProfilingConsent(input: $input) { ${REFUSAL} } }`;
const MEMBER = `query ($ref: MemberRefInput!) { member(ref: $ref) { displayName account { available } } }`;

/** A shop that already speaks the Segment spec: its own client, unchanged, drives members, purchases and actions. */
describe('a shop that sends its events by the Segment spec', () => {
  let hub: TestHub;
  let coalition: Coalition;
  beforeAll(async () => {
    hub = await openAsOne();
    coalition = await foundCoalition(hub);
    const { admin, bakery } = coalition;
    const partnerId = bakery.id;
    await admin.must(SET_ACTION, {
      input: {
        idempotencyKey: 'review',
        partnerId,
        action: 'product.reviewed',
        points: '25',
        validFrom: '2026-01-01T00:00:00Z',
      },
    });
  });
  afterAll(async () => hub.close());

  const client = (writeKey = coalition.bakery.key) => {
    const analytics = new Analytics({ writeKey, host: hub.url, maxRetries: 3, flushAt: 50 });
    const problems: string[] = [];
    analytics.on('error', ({ reason }) => problems.push(String(reason)));
    return { analytics, problems };
  };
  const post = async (body: object, key = coalition.bakery.key, call = 'batch') => {
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    const headers = { 'content-type': 'application/json', authorization };
    const response = await fetch(`${hub.url}/v1/${call}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const available = async (value: string) => {
    const { member } = await coalition.admin.ask<{ member: { account: { available: string } | null } | null }>(MEMBER, {
      ref: { identity: { kind: 'EMAIL', value } },
    });
    return member?.account?.available ?? null;
  };

  it('is told to say first what its events become', async () => {
    const body = { errors: [{ extensions: { code: 'GATEWAY_INTAKE_NOT_SET' } }] };
    expect(await post({ batch: [] })).toMatchObject({ status: 403, body });
    await coalition.admin.must(SET_INTAKE, {
      input: {
        idempotencyKey: 'intake',
        partnerId: coalition.bakery.id,
        customerKind: 'EMAIL',
        mappings: [
          { type: 'TRACK', event: 'Product Reviewed', target: 'ACTION' },
          // A shop whose own events say the same in other words and places.
          {
            type: 'TRACK',
            event: 'Paid',
            target: 'PURCHASE',
            places: { externalRef: '$.properties.invoice', amount: '$.properties.paid.value' },
          },
          { type: 'GROUP', target: 'MEMBER', places: { displayName: '$.traits.owner' } },
        ],
      },
    });
    await until(async () => (await post({ batch: [] })).status === 200);
  });

  it('enrols, earns, is rewarded and takes back, with the public client as it is', async () => {
    const { analytics, problems } = client();
    const userId = 'anna@example.com';
    const timestamp = new Date(Date.now() - 60_000);
    analytics.identify({ userId, traits: { name: 'Anna', accepts_terms: true }, timestamp });
    analytics.track({
      userId,
      event: 'Order Completed',
      timestamp,
      properties: {
        order_id: 'o-1',
        revenue: 120.5,
        currency: 'EUR',
        products: [{ sku: 'bread', price: 60.25, quantity: 2, category: 'bakery' }],
      },
    });
    analytics.track({ userId, event: 'Product Reviewed', timestamp, properties: { stars: 5 } });
    analytics.track({ userId, event: 'Order Refunded', timestamp, properties: { order_id: 'o-1', total: 20.5 } });
    analytics.page({ userId, name: 'Home', timestamp });
    await analytics.closeAndFlush();
    expect(problems).toEqual([]);
    // 120 points earned, 25 for the review; after the return 100 euros are left of the purchase.
    expect(await available(userId)).toBe('125');
  });

  it('may use every call of the public client: what stands for nothing is taken, and nothing is done', async () => {
    const { analytics, problems } = client();
    const userId = 'lena@example.com';
    const timestamp = new Date(Date.now() - 60_000);
    analytics.identify({ userId, traits: { accepts_terms: true }, timestamp });
    analytics.track({ userId, event: 'Paid', timestamp, properties: { invoice: 'i-1', paid: { value: 17 } } });
    analytics.track({ userId, event: 'Cart Viewed', timestamp, properties: { revenue: 500, order_id: 'o-9' } });
    analytics.page({ userId, name: 'Home', properties: { revenue: 500 }, timestamp });
    analytics.screen({ userId, name: 'Start', timestamp });
    analytics.alias({ userId, previousId: 'anonymous-1', timestamp });
    analytics.group({
      userId: 'owner@example.com',
      groupId: 'g-1',
      traits: { owner: 'Ola', accepts_terms: true },
      timestamp,
    });
    await analytics.closeAndFlush();
    expect(problems).toEqual([]);
    expect(await available(userId)).toBe('17');
    // What a call stands for is the partner's to say: here a group's owner becomes a member, of whom the ledger hears by an event.
    await until(async () => (await available('owner@example.com')) === '0');
  });

  it('may send each message to the path of its kind, with the write key in the body', async () => {
    const common = { userId: 'ewa@example.com', timestamp: new Date(Date.now() - 60_000).toISOString() };
    const sent = [
      ['identify', { traits: { name: 'Ewa', accepts_terms: true } }],
      ['track', { event: 'Order Completed', properties: { order_id: 'o-7', revenue: 8, currency: 'EUR' } }],
      ['page', { name: 'Home' }],
      ['screen', { name: 'Start' }],
      ['group', { groupId: 'g-2', userId: 'other@example.com', traits: { accepts_terms: true } }],
      ['alias', { previousId: 'anonymous-2' }],
    ] as const;
    for (const [call, message] of sent) {
      const body = JSON.stringify({
        ...common,
        messageId: `single-${call}`,
        writeKey: coalition.bakery.key,
        ...message,
      });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${hub.url}/v1/${call}`, { method: 'POST', headers, body });
      expect([call, response.status, await response.json()]).toEqual([call, 200, { success: true, problems: 0 }]);
    }
    expect(await available('ewa@example.com')).toBe('8');
  });

  it('does nothing twice when a batch is sent again', async () => {
    const batch = [
      { type: 'identify', messageId: 'm-1', userId: 'piotr@example.com', traits: { accepts_terms: true } },
      {
        type: 'track',
        messageId: 'm-2',
        userId: 'piotr@example.com',
        event: 'Order Completed',
        timestamp: new Date(Date.now() - 60_000).toISOString(),
        properties: { order_id: 'o-2', revenue: '30.00', currency: 'EUR' },
      },
    ];
    for (let n = 0; n < 3; n++)
      expect(await post({ batch })).toEqual({ status: 200, body: { success: true, problems: 0 } });
    expect(await available('piotr@example.com')).toBe('30');
  });

  it('is told what could not be done, and the rest is done', async () => {
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const order = (n: number, properties: object) => ({
      ...{ type: 'track', messageId: `p-${n}`, userId: 'piotr@example.com', event: 'Order Completed', timestamp },
      properties: { order_id: `p-${n}`, currency: 'EUR', ...properties },
    });
    const nobody = { ...order(3, { revenue: 5 }), userId: 'nobody@example.com' };
    const nul = { ...order(4, { revenue: 9.999 }), messageId: 'p-\0' };
    const batch = [order(1, { revenue: 9.999 }), order(2, { revenue: 10 }), nobody, nul];
    expect(await post({ batch })).toEqual({ status: 200, body: { success: true, problems: 3 } });
    expect(await available('piotr@example.com')).toBe('40');
    const authorization = `Basic ${Buffer.from(`${coalition.bakery.key}:`).toString('base64')}`;
    const told = await fetch(`${hub.url}/v1/problems`, { headers: { authorization } });
    const { problems } = (await told.json()) as { problems: { messageId: string; code: string }[] };
    expect(Object.fromEntries(problems.map(({ messageId, code }) => [messageId, code]))).toEqual({
      'p-1': 'GATEWAY_INTAKE_VALUE',
      'p-3': 'NOT_FOUND',
      // No database keeps a NUL in a text.
      'p-\ufffd': 'GATEWAY_INTAKE_VALUE',
    });
  });

  it('tells what it knows of its own customers, which becomes what rules may ask of them', async () => {
    const { books, admin, programmeId } = coalition;
    const input = {
      ...{ idempotencyKey: 'profile', partnerId: books.id, customerKind: 'PARTNER_CUSTOMER_ID' },
      mappings: [
        {
          ...{ type: 'IDENTIFY', target: 'MEMBER' },
          places: {
            'attribute.genre': '$.traits.genre',
            'attribute.visits': '$.traits.visits',
            'attribute.club': '$.traits.club',
          },
        },
      ],
    };
    await admin.must(SET_INTAKE, { input });
    await until(async () => (await post({ batch: [] }, books.key)).status === 200);
    const timestamp = new Date(Date.now() - 60_000);
    const userId = 'reader-7';
    const identify = async (...told: readonly object[]) => {
      const { analytics, problems } = client(books.key);
      for (const traits of told) analytics.identify({ userId, traits: { accepts_terms: true, ...traits }, timestamp });
      await analytics.closeAndFlush();
      expect(problems).toEqual([]);
    };
    // Of somebody who has not consented yet nothing is kept.
    await identify({ genre: 'love', club: false });
    const { member } = await books.caller.ask<{ member: { id: MemberId } }>(
      'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }',
      {
        ref: { identity: { kind: 'PARTNER_CUSTOMER_ID', value: userId } },
      },
    );
    const token = await mintToken(hub.issuer, {
      role: 'member',
      programme: programmeId,
      member: member.id,
      subject: member.id,
    });
    await hub
      .connection()
      .as(token)
      .must(CONSENT, { input: { idempotencyKey: 'profiled', consents: true } });
    const attributes = async () =>
      (
        await admin.ask<{ memberFacts: { attributes: object } }>(
          'query ($id: ID!) { memberFacts(memberId: $id) { attributes } }',
          { id: member.id },
        )
      ).memberFacts.attributes;
    expect(await attributes()).toEqual({});
    await identify({ genre: 'crime', visits: 3 }, { visits: 4, club: true });
    expect(await attributes()).toEqual({
      ...{ [`${books.id}.genre`]: 'crime', [`${books.id}.visits`]: 4, [`${books.id}.club`]: true },
    });
    // What no attribute can be is a problem of its message.
    const bad = {
      type: 'identify',
      messageId: 'bad-1',
      userId,
      traits: { accepts_terms: true, genre: { of: 'crime' } },
    };
    expect(await post({ batch: [bad] }, books.key)).toEqual({ status: 200, body: { success: true, problems: 1 } });
  });

  it.each([
    ['another write key', { batch: [] }, 'hub_test_no', 401],
    ['a batch that is no list', { batch: 'x' }, undefined, 400],
    ['a message without an id', { batch: [{ type: 'track' }] }, undefined, 400],
    ['501 messages', { batch: Array(501).fill({ type: 'page', messageId: 'x' }) }, undefined, 400],
  ] as const)('is refused with %s', async (_what, body, key, status) => {
    expect((await post(body, key)).status).toBe(status);
  });
});
