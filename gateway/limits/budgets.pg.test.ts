import type { Principal } from '../../kernel/context/principal';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId } from '../../kernel/values/id';
import { gatewayDatabase } from '../auth/database';
import { Budgets, budgetHeaders, defaultBudgets, type BudgetStanding } from './budgets';

const SIZE = 1_000;
const sizes = { ...defaultBudgets, partner: SIZE, anonymous: 100 };
const partner = (): Principal => ({
  kind: 'partner',
  programmeId: newId('prg'),
  partnerId: newId('ptr'),
  keyId: newId('key'),
  scopes: [],
});

describe('a budget', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(gatewayDatabase);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => database.drop());

  const open = () => new Budgets(database, sizes);
  /** Sends as many requests of a cost at once, in turns to each gateway; answers how many passed. */
  const passed = async (gateways: readonly Budgets[], who: Principal, requests: number, cost: number) => {
    const sent = Array.from({ length: requests }, (_, n) => gateways[n % gateways.length]!.spend(who, '', cost));
    return (await Promise.all(sent)).filter((standing) => standing?.allowed).length;
  };

  it('is spent to the last point by one gateway, and not beyond', async () => {
    const who = partner();
    expect(await passed([open()], who, SIZE + 200, 1)).toBe(SIZE);
  });

  it('is one budget for all gateways together', async () => {
    const who = partner();
    expect(await passed([open(), open(), open()], who, 3 * SIZE, 1)).toBe(SIZE);
  });

  it('would be one for each gateway if they did not share it: the test above would see it', async () => {
    jest.spyOn(database.pool, 'query').mockRejectedValue(new Error('gone') as never);
    expect(await passed([open(), open(), open()], partner(), 3 * SIZE, 1)).toBe(3 * SIZE);
  });

  it('belongs to one caller: another has its own, and the keys of a partner have one together', async () => {
    const gateway = open();
    const who = partner();
    expect(await passed([gateway], who, 11, SIZE / 10)).toBe(10);
    expect(await passed([gateway], { ...who, keyId: newId('key') } as Principal, 1, 1)).toBe(0);
    expect(await passed([gateway], partner(), 1, 1)).toBe(1);
  });

  it('of callers without a credential is one for each address', async () => {
    const gateway = open();
    const from = async (address: string) => (await gateway.spend({ kind: 'anonymous' }, address, 100))?.allowed;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([true, false, true]);
  });

  it('of callers without a credential is one for each network of IPv6, of which one client has every address', async () => {
    const gateway = open();
    const from = async (address: string) => (await gateway.spend({ kind: 'anonymous' }, address, 100))?.allowed;
    const tried = ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:2::1', '::ffff:192.0.2.9', '192.0.2.9'];
    const passed: unknown[] = [];
    for (const address of tried) passed.push(await from(address));
    expect(passed).toEqual([true, false, true, true, false]);
  });

  it('of a partner is not forgotten, and taken anew, because callers come from more addresses than are kept', async () => {
    jest.spyOn(database.pool, 'query').mockRejectedValue(new Error('gone') as never);
    const [gateway, who] = [open(), partner()];
    await gateway.spend(who, '', 1);
    for (let n = 0; n < 20_001; n++) await gateway.spend({ kind: 'anonymous' }, `2001:db8:${n.toString(16)}::1`, 1);
    expect(await gateway.spend(who, '', 1)).toMatchObject({ remaining: SIZE - 2 });
  });

  it('that is known to be used up is told so without another question', async () => {
    const [gateway, who] = [open(), partner()];
    const payer = { principal: who, address: '' };
    await gateway.spend(who, '', SIZE - 10);
    expect([gateway.usedUp(payer, 10), gateway.usedUp({ ...payer, principal: partner() }, 10)]).toEqual([null, null]);
    const query = jest.spyOn(database.pool, 'query');
    await gateway.spend(who, '', 10);
    expect(gateway.usedUp(payer, 10)).toMatchObject({ allowed: false, remaining: 0, limit: SIZE });
    expect(query.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('does not bind the hub’s own parts', async () => {
    const rewards: Principal = { kind: 'service', name: 'rewards', programmeId: newId('prg') };
    expect(await open().spend(rewards, '', 1e9)).toBeNull();
  });

  it('is not touched by what costs more than all of it', async () => {
    const [gateway, who] = [open(), partner()];
    expect(await gateway.spend(who, '', SIZE + 1)).toMatchObject({ allowed: false, remaining: SIZE });
    expect(await passed([gateway], who, 1, SIZE)).toBe(1);
  });

  it('is full again when its minute is over', async () => {
    const [gateway, who] = [open(), partner()];
    expect(await passed([gateway], who, 2, SIZE)).toBe(1);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    expect(await passed([gateway], who, 2, SIZE)).toBe(1);
  });

  it('asks the database a few times for a thousand requests, and no more once it is used up', async () => {
    const [gateway, who] = [open(), partner()];
    const query = jest.spyOn(database.pool, 'query');
    for (let n = 0; n < SIZE + 500; n++) await gateway.spend(who, '', 1);
    expect(query.mock.calls.length).toBeLessThanOrEqual(51);
  });

  it('is told in the headers of the draft for RateLimit fields, and when to come again', () => {
    const standing: BudgetStanding = { allowed: true, limit: 600, remaining: 599, resetSeconds: 42 };
    expect(budgetHeaders(standing)).toEqual([
      ['ratelimit-policy', '"cost";q=600;w=60'],
      ['ratelimit', '"cost";r=599;t=42'],
    ]);
    expect(budgetHeaders({ ...standing, allowed: false })).toContainEqual(['retry-after', '42']);
    expect(budgetHeaders(null)).toEqual([]);
  });
});
