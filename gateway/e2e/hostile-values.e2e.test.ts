import type { AnyResult } from '../../kernel/testkit/graph-client';
import { foundCoalition, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';

const ACCRUE = `mutation Accrue($input: PostAccrualInput!) { result: postAccrual(input: $input) {
  __typename ... on PostAccrualSuccess { lot { points: remaining } } ... on Refusal { code } } }`;

/** How an operation can come; the answer must be the same. */
const WAYS = {
  HTTP: async (hub: TestHub, key: string, input: object): Promise<AnyResult> =>
    (await hub.client(key).query(ACCRUE, { input })).body,
  WebSocket: async (hub: TestHub, key: string, input: object): Promise<AnyResult> =>
    (await hub.client(key).subscribe(ACCRUE, { input }).next()).value as AnyResult,
  'server-sent events': async (hub: TestHub, key: string, input: object): Promise<AnyResult> => {
    const headers = {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
    };
    const body = JSON.stringify({ query: ACCRUE, variables: { input } });
    const text = await (await fetch(`${hub.url}/graphql`, { method: 'POST', headers, body })).text();
    return JSON.parse(/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? '{}') as AnyResult;
  },
} as const;

describe('points that mean harm', () => {
  let hub: TestHub;
  let coalition: Coalition;
  let key: string;
  let member: { id: string };
  let intents = 0;
  beforeAll(async () => {
    hub = await openAsOne();
    coalition = await foundCoalition(hub);
    key = await coalition.directKey(coalition.bakery.id);
    member = await coalition.enrol('VALUES-1');
  }, 120_000);
  afterAll(() => hub?.close(), 60_000);

  const accrue = async (send: (typeof WAYS)[keyof typeof WAYS], points: unknown, rest: object = {}) => {
    const ref = `values ${(intents += 1)}`;
    const occurredAt = new Date(Date.now() - 60_000).toISOString();
    const input = {
      idempotencyKey: ref,
      externalRef: ref,
      points,
      reason: 'test',
      member: { id: member.id },
      occurredAt,
      ...rest,
    };
    return send(hub, key, input);
  };

  describe.each(Object.entries(WAYS))('and come over %s', (_way, send) => {
    it.each([
      '0',
      '-1',
      '1.5',
      '1e400',
      '1,000',
      '9223372036854775808',
      '١٠',
      '۱۰',
      '１０',
      ' 10',
      '0x10',
      10,
      1.5,
      null,
    ])('%j are refused', async (points) => {
      const { data, errors } = await accrue(send, points);
      expect(data?.result?.code ?? errors?.[0]?.extensions?.['code']).toBe('INVALID_INPUT');
    });

    it.each(['1', '2147483648', '9007199254740993'])('%s are taken to the point', async (points) => {
      expect(await accrue(send, points)).toMatchObject({ data: { result: { lot: { points } } } });
    });

    it.each(['2026-02-31T10:00:00Z', '2026-02-01T10:00:00', 'yesterday'])('at %s are refused', async (occurredAt) => {
      const { data, errors } = await accrue(send, '1', { occurredAt });
      expect(data?.result?.code ?? errors?.[0]?.extensions?.['code']).toBe('INVALID_INPUT');
    });
  });
});
