import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { send, sendGraph } from '../testkit/send';
import { NEW_DOCUMENT_COST } from './cost';
import { TEXT_KEPT_MAX } from './kept';
import { defaultLimits } from './limits';

const FRIENDS = 'query ($n: Int!) { members(first: $n) { id friend { id friend { id } } } }';

describe('what an operation costs', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: 1_000, partner: 2_000 };
    hub = await openTestGateway({ limits: { cost: 200, budgets } });
  });
  afterAll(async () => hub.close());

  it('is bounded, over HTTP and over WebSocket, and what is refused costs no more than to find that out', async () => {
    const client = hub.client(hub.partners.issueKey().text);
    // 1 + 100 × 5 fields and one call of a subgraph.
    const { status, body, headers } = await client.query(FRIENDS, { n: 100 });
    expect([status, body.errors?.[0]?.extensions?.['code']]).toEqual([400, 'GATEWAY_COST_TOO_HIGH']);
    expect(body.errors?.[0]?.message).toContain('511');
    expect(headers.get('ratelimit')).toBeNull();
    const { value } = await client.subscribe(FRIENDS, { n: 100 }).next();
    expect(JSON.stringify(value)).toContain('GATEWAY_COST_TOO_HIGH');
    const allowed = await client.query(FRIENDS, { n: 10 });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('ratelimit')).toBe(`"cost";r=${2_000 - 3 * NEW_DOCUMENT_COST - 61};t=60`);
    await client.close();
  });

  it('is charged to the caller, who is told what is left and when to come again', async () => {
    const client = hub.client();
    const answers = [];
    for (let n = 0; n < 10; n++) answers.push(await client.query(FRIENDS, { n: 19 }));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(9).fill(200), 429]);
    const { body, headers } = answers[9]!;
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'GATEWAY_RATE_LIMITED', retryable: true });
    expect(headers.get('ratelimit-policy')).toBe('"cost";q=1000;w=60');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    const { value } = await client.subscribe(FRIENDS, { n: 19 }).next();
    expect(JSON.stringify(value)).toContain('GATEWAY_RATE_LIMITED');
    // Another caller has a budget of its own, and one that costs less than what is left still passes.
    expect((await hub.client(hub.partners.issueKey().text).query('{ whoAmI }')).status).toBe(200);
    expect((await client.query('{ whoAmI }')).status).toBe(200);
    await client.close();
  });
});

describe('a document that a gateway has not kept', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
    await left();
  });
  afterAll(async () => hub.close());

  const SPENT = /r=(\d+)/;
  const url = () => `${hub.url}/graphql`;
  /** What is left of the budget after a question that costs 11, and the gateway knows. */
  const left = async (): Promise<number> => {
    const { headers } = await sendGraph(url(), { query: '{ whoAmI }' });
    return Number(SPENT.exec(String(headers['ratelimit']))?.[1]) + 11;
  };
  const byGet = (query: string) =>
    send(`${url()}?query=${encodeURIComponent(query)}`, {
      method: 'GET',
      headers: { 'apollo-require-preflight': '1' },
    });
  const ways = {
    POST: (query: string) => sendGraph(url(), { query }),
    GET: byGet,
    'server-sent events': (query: string) => sendGraph(url(), { query }, { accept: 'text/event-stream' }),
  };
  /** What it costs to send a text twice. */
  const costOf = async (ask: (query: string) => Promise<unknown>, query: string): Promise<number> => {
    const before = await left();
    await ask(query);
    await ask(query);
    return before - 11 - (await left());
  };

  it.each(Object.entries(ways))('costs a look at it by %s, once when it is admitted', async (way, ask) => {
    expect(await costOf(ask, `query By${way.replace(/\W/g, '')} { whoAmI }`)).toBe(NEW_DOCUMENT_COST + 2 * 11);
  });

  it.each(Object.entries(ways))('costs a look at it by %s each time it is refused', async (_way, ask) => {
    expect(await costOf(ask, '{ nothing }')).toBe(2 * NEW_DOCUMENT_COST);
  });

  it('costs a look each time when its text is too long to keep', async () => {
    const query = `query Long { whoAmI } #${'x'.repeat(TEXT_KEPT_MAX)}`;
    expect(await costOf(ways.POST, query)).toBe(2 * NEW_DOCUMENT_COST + 2 * 11);
    expect(await costOf(ways['server-sent events'], query)).toBe(2 * NEW_DOCUMENT_COST + 2 * 11);
  });
});

describe('a caller without enough left for a look', () => {
  it('is refused before its document is judged, and still asks what the gateway knows', async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: NEW_DOCUMENT_COST + 30 };
    await using hub = await openTestGateway({ limits: { budgets } });
    const ask = (query: string) => sendGraph(`${hub.url}/graphql`, { query });
    expect((await ask('{ whoAmI }')).status).toBe(200);
    const { status, json } = await ask('{ nothing }');
    expect([status, json?.errors?.[0]?.extensions.code]).toEqual([429, 'GATEWAY_RATE_LIMITED']);
    expect((await ask('{ whoAmI }')).status).toBe(200);
  });
});

describe('what costs more than a caller’s whole budget', () => {
  it('is too large: coming again would not help', async () => {
    const budgets = { ...defaultLimits.budgets, anonymous: 300 };
    await using hub = await openTestGateway({ limits: { budgets } });
    const { status, json } = await sendGraph(`${hub.url}/graphql`, { query: FRIENDS, variables: { n: 80 } });
    expect([status, json?.errors?.[0]]).toMatchObject([
      400,
      {
        message: expect.stringContaining('at most 300'),
        extensions: { code: 'GATEWAY_COST_TOO_HIGH', retryable: false },
      },
    ]);
  });
});

describe('two running gateways', () => {
  const budgets = { ...defaultLimits.budgets, anonymous: 1_000 };
  /** Spends 106 at a gateway at a time: what it answers, and what it says is left. */
  async function spendAt(hub: TestGateway, times: number): Promise<(readonly [number, number])[]> {
    const told: (readonly [number, number])[] = [];
    for (let time = 0; time < times; time += 1) {
      const { status, headers } = await hub.client().query(FRIENDS, { n: 19 });
      told.push([status, Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])]);
    }
    return told;
  }
  const refusedOf = (told: readonly (readonly [number, number])[]) => told.filter(([status]) => status === 429).length;

  it('have one budget for a caller between them, and each says what is left of all of it', async () => {
    await using first = await openTestGateway({ limits: { budgets } });
    await using second = await openTestGateway({ limits: { budgets }, database: first.database });
    expect(refusedOf(await spendAt(first, 6))).toBe(0);
    const there = await spendAt(second, 6);
    expect(there[0]![1]).toBeLessThanOrEqual(1_000 - 7 * 106);
    expect(refusedOf(there)).toBeGreaterThanOrEqual(3);
  });

  it('that share no database have one each (control)', async () => {
    await using first = await openTestGateway({ limits: { budgets } });
    await using second = await openTestGateway({ limits: { budgets } });
    expect(refusedOf([...(await spendAt(first, 6)), ...(await spendAt(second, 6))])).toBe(0);
  });
});
