import { Client } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import type { FeedItem, FeedPosition } from '../../kernel/events/event';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, type ProgrammeId } from '../../kernel/values/id';
import { rewardsDefinition } from './main';
import { aClerkOf, aKeyOf, aMemberOf, anAdminOf, aRuleBook, freshKey, nobody } from './testkit/builders';
import { LedgerPeer } from './testkit/ledger-peer';

const NOW = new Date('2026-03-10T12:00:00Z');
const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
const [programmeId, elsewhere] = [newId('prg'), newId('prg')];
const [baker, florist, issuerOnly, latecomer] = [newId('ptr'), newId('ptr'), newId('ptr'), newId('ptr')];
const admin = anAdminOf(programmeId);

/** What partners announces; a test may add to it or cut it off. */
const announced: FeedItem[] = [];
let partnersAnswer = true;
const partnersFeed = {
  async read(after: FeedPosition | null): Promise<FeedItem[]> {
    if (!partnersAnswer) throw new Error('partners does not answer');
    return announced.filter(
      ({ position }) => after === null || BigInt(position.split(':')[0]!) > BigInt(after.split(':')[0]!),
    );
  },
};
function announce(programme: ProgrammeId, book: object): void {
  const position = `${announced.length + 1}:1` as FeedPosition;
  const type = 'partners.rule_book.published.v1';
  const event = {
    id: newId('evt'),
    type,
    programmeId: programme,
    aggregateId: programme,
    recordedAt: NOW.toISOString(),
    payload: book,
  };
  announced.push({ position, event });
}

let database: TestDatabase;
let subgraph: OpenSubgraph;
let link: LocalLink;
const ledger = new LedgerPeer();
beforeAll(async () => {
  ledger.now = NOW;
  announce(programmeId, aRuleBook(1, [{ id: baker }, { id: florist }, { id: issuerOnly, canRedeem: false }]));
  announce(elsewhere, aRuleBook(1, [{ id: latecomer }]));
  database = await openTestDatabase(rewardsDefinition);
  const peers = { link: () => ledger, feed: () => partnersFeed };
  subgraph = await rewardsDefinition.open({ database, clock: new FixedClock(NOW), secrets, peers });
  link = new LocalLink('rewards', subgraph.schema, (request) => subgraph.createContext(request));
});
afterAll(() => database.drop());
beforeEach(() => {
  ledger.interrupt = () => undefined;
  partnersAnswer = true;
});

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
  };
}

const REFUSAL = `... on Refusal { code message retryable replayed } ... on InvalidInput { field }`;
const CREATE = `mutation ($input: CreateRewardInput!) { createReward(input: $input) { __typename ${REFUSAL}
  ... on CreateRewardSuccess { reward { id name pricePoints offeredBy { id } available lockedBecause } replayed } } }`;
const REDEEM = `mutation ($input: RedeemRewardInput!) { redeemReward(input: $input) { __typename ${REFUSAL}
  ... on InsufficientPoints { missingPoints } ... on RewardLedgerRefused { ledgerCode }
  ... on RedeemRewardSuccess { vouchers { id code state expiresAt } account { memberId } replayed } } }`;
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename ... on Voucher { id code state reward { name } } ... on Reward { id available offeredBy { id } } } }`;

const create = async (principal: Principal, change: object = {}) => {
  const input = { idempotencyKey: freshKey(), offeredBy: baker, name: 'Coffee', pricePoints: '10', ...change };
  return (await ask(principal, CREATE, { input })).data.createReward;
};
const aReward = async (change: object = {}): Promise<string> => (await create(admin, change)).reward.id;
const redeem = async (principal: Principal, rewardId: string, change: object = {}) =>
  (await ask(principal, REDEEM, { input: { idempotencyKey: freshKey(), rewardId, ...change } })).data.redeemReward;
const entities = async (principal: Principal, type: string, ids: readonly string[]) =>
  (await ask(principal, ENTITIES, { representations: ids.map((id) => ({ __typename: type, id })) })).data._entities;

/** A member with points. */
function aSaver(available: bigint) {
  const member = aMemberOf(programmeId);
  ledger.available.set(member.memberId, available);
  return member;
}

describe('offering a reward', () => {
  it('puts it in the catalogue, and answers a repeat with the same reward', async () => {
    const input = { idempotencyKey: freshKey() };
    const first = await create(admin, input);
    expect(first).toMatchObject({
      reward: { name: 'Coffee', pricePoints: '10', offeredBy: { id: baker }, available: true, lockedBecause: null },
      replayed: false,
    });
    expect(await create(admin, input)).toEqual({ ...first, replayed: true });
    expect(await create(admin, { ...input, name: 'Tea' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('is for a partner’s own key and the programme’s admin, and for nobody else', async () => {
    const own = await create(aKeyOf(programmeId, baker), { offeredBy: undefined });
    expect(own.reward.offeredBy).toEqual({ id: baker });
    const others = [
      aKeyOf(programmeId, florist),
      aKeyOf(programmeId, baker, []),
      aClerkOf(programmeId, baker),
      aMemberOf(programmeId),
      nobody,
    ];
    for (const other of others) expect(await create(other)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['input.name', { name: ' \u200b ' }],
    ['input.pricePoints', { pricePoints: '0' }],
    ['input.pricePoints', { pricePoints: '9223372036854775808' }],
    ['input.validUntil', { validUntil: NOW.toISOString() }],
    ['input.voucherValidityDays', { voucherValidityDays: 0 }],
    ['input.stock', { stock: 0 }],
    ['input.idempotencyKey', { idempotencyKey: '' }],
    ['input.offeredBy', { offeredBy: null }],
  ])('names %s when it cannot be', async (field, change) => {
    expect(await create(admin, change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('refuses a partner that takes no points, and one of another programme as if there were none', async () => {
    expect(await create(admin, { offeredBy: issuerOnly })).toMatchObject({ code: 'REWARDS_PARTNER_CANNOT_REDEEM' });
    expect(await create(admin, { offeredBy: latecomer })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create(admin, { offeredBy: 'ptr_x' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('finds a partner that joined a moment ago, and says to try again when partners cannot be asked', async () => {
    const newcomer = newId('ptr');
    announce(
      programmeId,
      aRuleBook(2, [{ id: baker }, { id: florist }, { id: issuerOnly, canRedeem: false }, { id: newcomer }]),
    );
    partnersAnswer = false;
    expect(await create(admin, { offeredBy: newcomer })).toMatchObject({
      code: 'REWARDS_PARTNER_NOT_KNOWN_YET',
      retryable: true,
    });
    partnersAnswer = true;
    expect(await create(admin, { offeredBy: newcomer })).toMatchObject({ __typename: 'CreateRewardSuccess' });
  });
});

describe('taking a reward', () => {
  it('gives a member vouchers for points, and the same vouchers to a repeat', async () => {
    const [member, rewardId, once] = [aSaver(100n), await aReward(), { idempotencyKey: freshKey(), quantity: 3 }];
    const first = await redeem(member, rewardId, once);
    expect(first).toMatchObject({ account: { memberId: member.memberId }, replayed: false });
    expect(new Set(first.vouchers.map(({ code }: { code: string }) => code)).size).toBe(3);
    expect(first.vouchers[0]).toMatchObject({ state: 'ISSUED', expiresAt: '2027-03-10T12:00:00.000Z' });
    expect(await redeem(member, rewardId, once)).toEqual({ ...first, replayed: true });
    expect([ledger.available.get(member.memberId), ledger.captured.get(member.memberId)]).toEqual([70n, 30n]);
  });

  it('lets the offering partner take it for a member it identified, and keeps the identity no longer than needed', async () => {
    const [member, rewardId] = [aSaver(100n), await aReward()];
    ledger.identities.set('4000-1', member.memberId);
    const taken = await redeem(aKeyOf(programmeId, baker), rewardId, {
      member: { identity: { kind: 'CARD', value: '4000-1' } },
    });
    expect(taken).toMatchObject({ account: { memberId: member.memberId } });
    const { rows } = await database.pool.query('select 1 from reward_order where sealed_identity is not null');
    expect(rows).toEqual([]);
  });

  it('acts at the ledger for the redeemer, and for the member only on the member’s own token', async () => {
    const [member, rewardId] = [aSaver(100n), await aReward()];
    const acted = async (principal: Principal, change: object = {}) => {
      const from = ledger.requests.length;
      await redeem(principal, rewardId, change);
      return ledger.requests.slice(from).map(({ context }) => context.principal);
    };
    const rewards = { kind: 'service', name: 'rewards', programmeId };
    const forMember = { ...rewards, actingFor: { partnerId: baker, memberId: member.memberId } };
    expect(await acted(member)).toEqual([forMember, forMember]);
    const forPartner = { ...rewards, actingFor: { partnerId: baker } };
    expect(await acted(aKeyOf(programmeId, baker), { member: { id: member.memberId } })).toEqual([
      forPartner,
      forPartner,
    ]);
  });

  it('refuses everybody else, and a member who names another', async () => {
    const [member, rewardId] = [aSaver(100n), await aReward()];
    const forMember = { member: { id: member.memberId } };
    const others = [
      aKeyOf(programmeId, florist),
      aKeyOf(programmeId, baker, ['points:earn']),
      aClerkOf(programmeId, baker),
      admin,
      nobody,
    ];
    for (const other of others) expect(await redeem(other, rewardId, forMember)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await redeem(aSaver(1n), rewardId, forMember)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await redeem(aMemberOf(elsewhere), rewardId)).toMatchObject({ code: 'NOT_FOUND' });
    expect(ledger.available.get(member.memberId)).toBe(100n);
  });

  it.each([
    ['input.quantity', { quantity: 0 }],
    ['input.quantity', { quantity: 11 }],
    ['input.member', {}],
    ['input.member.identity.value', { member: { identity: { kind: 'EMAIL', value: 'no mail' } } }],
    ['input.idempotencyKey', { idempotencyKey: 'k'.repeat(256) }],
  ])('names %s when it cannot be', async (field, change) => {
    expect(await redeem(aKeyOf(programmeId, baker), await aReward(), change)).toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
  });

  it('says how many points are missing, and says it again to a repeat', async () => {
    const [member, rewardId, once] = [aSaver(9n), await aReward(), { idempotencyKey: freshKey() }];
    const short = { __typename: 'InsufficientPoints', code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '1' };
    expect(await redeem(member, rewardId, once)).toMatchObject({ ...short, replayed: false });
    ledger.available.set(member.memberId, 100n);
    expect(await redeem(member, rewardId, once)).toMatchObject({ ...short, replayed: true });
  });

  it('does not know a member the ledger does not know, nor a reward that is not there', async () => {
    expect(await redeem(aMemberOf(programmeId), await aReward())).toMatchObject({
      code: 'NOT_FOUND',
      message: 'No such member.',
    });
    expect(await redeem(aSaver(10n), newId('rwd'))).toMatchObject({ code: 'NOT_FOUND', message: 'No such reward.' });
  });

  it('gives back the stock of an order that came to nothing', async () => {
    const rewardId = await aReward({ stock: 1 });
    expect(await redeem(aSaver(0n), rewardId)).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS' });
    expect(await redeem(aSaver(10n), rewardId)).toMatchObject({ __typename: 'RedeemRewardSuccess' });
    expect(await redeem(aSaver(10n), rewardId)).toMatchObject({ code: 'REWARDS_REWARD_NOT_AVAILABLE' });
  });

  it('keeps the order while the ledger is down, and tells the same key what became of it', async () => {
    const [member, rewardId, once] = [aSaver(100n), await aReward(), { idempotencyKey: freshKey() }];
    ledger.interrupt = () => {
      throw new Error('the ledger is down');
    };
    expect(await redeem(member, rewardId, once)).toMatchObject({ code: 'REWARDS_LEDGER_UNAVAILABLE', retryable: true });
    ledger.interrupt = () => undefined;
    const vouchers = await redeem(member, rewardId, once);
    expect(vouchers).toMatchObject({ __typename: 'RedeemRewardSuccess', replayed: true });
    expect(ledger.captured.get(member.memberId)).toBe(10n);
  });

  it('has one effect when the same key comes twice at once', async () => {
    const [member, rewardId, once] = [aSaver(100n), await aReward(), { idempotencyKey: freshKey() }];
    const both = await Promise.all([redeem(member, rewardId, once), redeem(member, rewardId, once)]);
    for (const one of both) expect(['RedeemRewardSuccess', 'IdempotencyInProgress']).toContain(one.__typename);
    const codes = both.flatMap(({ vouchers = [] }) => vouchers.map(({ code }: { code: string }) => code));
    expect(new Set(codes).size).toBe(1);
    expect(ledger.captured.get(member.memberId)).toBe(10n);
  });
});

describe('who sees what', () => {
  it('shows a voucher to its member, the partner that honours it and the admin, to others not even that it exists', async () => {
    const member = aSaver(100n);
    const [{ id }] = (await redeem(member, await aReward())).vouchers;
    for (const reader of [member, aKeyOf(programmeId, baker), aClerkOf(programmeId, baker), admin]) {
      expect(await entities(reader, 'Voucher', [id])).toMatchObject([
        { id, state: 'ISSUED', reward: { name: 'Coffee' } },
      ]);
    }
    const foreign = [
      aMemberOf(programmeId),
      aKeyOf(programmeId, florist),
      aMemberOf(elsewhere, member.memberId),
      aKeyOf(elsewhere, baker),
    ];
    for (const reader of [...foreign, anAdminOf(elsewhere), nobody])
      expect(await entities(reader, 'Voucher', [id])).toEqual([null]);
  });

  it('shows no voucher of an order that is not captured', async () => {
    const [member, rewardId] = [aSaver(100n), await aReward()];
    ledger.interrupt = (command) => {
      if (command === 'captureHold') throw new Error('cut off');
    };
    await redeem(member, rewardId);
    const { rows } = await database.pool.query<{ id: string }>('select id from voucher where member_id = $1', [
      member.memberId,
    ]);
    expect(rows).toHaveLength(1);
    for (const reader of [member, admin]) expect(await entities(reader, 'Voucher', [rows[0]!.id])).toEqual([null]);
    expect((await ask(member, '{ myVouchers(first: 5) { nodes { id } } }')).data.myVouchers.nodes).toEqual([]);
  });

  it('shows a reward to everyone of its programme and to nobody else', async () => {
    const id = await aReward();
    const query = 'query ($id: ID!) { reward(id: $id) { id } }';
    for (const reader of [
      admin,
      aMemberOf(programmeId),
      aKeyOf(programmeId, florist),
      aClerkOf(programmeId, florist),
    ]) {
      expect((await ask(reader, query, { id })).data.reward).toEqual({ id });
    }
    for (const reader of [nobody, aMemberOf(elsewhere), { kind: 'host', subject: 'h' } as const]) {
      expect((await ask(reader, query, { id })).data.reward).toBeNull();
      expect(await entities(reader, 'Reward', [id])).toEqual([null]);
      expect((await ask(reader, '{ rewards(first: 5) { nodes { id } } }')).data.rewards.nodes).toEqual([]);
    }
  });
});

describe('lists', () => {
  const PAGE =
    'query ($first: Int!, $after: String) { rewards(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';

  it('go on where the last page ended, without gap or repeat', async () => {
    await Promise.all(Array.from({ length: 5 }, () => aReward()));
    const all = (await ask(admin, PAGE, { first: 100 })).data.rewards.nodes;
    const paged: object[] = [];
    interface Listed {
      nodes: object[];
      pageInfo: { endCursor: string; hasNextPage: boolean };
    }
    for (let after: string | null = null, more = true; more;) {
      const page: Listed = (await ask(admin, PAGE, { first: 3, after })).data.rewards;
      paged.push(...page.nodes);
      [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
    }
    expect(paged).toEqual(all);
  });

  it('refuse a length that is none and a cursor that was not written for them', async () => {
    const { endCursor } = (await ask(admin, PAGE, { first: 1 })).data.rewards.pageInfo;
    for (const first of [-1, 0, 101]) expect((await ask(admin, PAGE, { first })).codes).toEqual(['INVALID_INPUT']);
    expect((await ask(admin, PAGE, { first: 1, after: `x${endCursor}` })).codes).toEqual(['INVALID_INPUT']);
    const own = 'query ($after: String) { myVouchers(first: 1, after: $after) { nodes { id } } }';
    expect((await ask(aMemberOf(programmeId), own, { after: endCursor })).codes).toEqual(['INVALID_INPUT']);
  });

  it('tell a member the rewards by price, with the reason of those that are closed', async () => {
    const [dear, cheap, closed] = [newId('prg'), '1', '2'];
    announce(dear, aRuleBook(1, [{ id: baker }]));
    const own = anAdminOf(dear);
    await create(own, { name: 'Dear', pricePoints: '50' });
    await create(own, { name: 'Soon', pricePoints: closed, validFrom: '2027-01-01T00:00:00Z' });
    await create(own, { name: 'Cheap', pricePoints: cheap });
    const member = aMemberOf(dear);
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Member { rewardsForMe(first: 5) { nodes { name available lockedBecause } } } } }`;
    const representations = [{ __typename: 'Member', id: member.memberId }];
    const answered = await ask(member, query, { representations });
    expect(answered.codes).toEqual([]);
    const [{ rewardsForMe }] = answered.data._entities;
    expect(rewardsForMe.nodes).toEqual([
      { name: 'Cheap', available: true, lockedBecause: null },
      { name: 'Soon', available: false, lockedBecause: 'This reward is not open yet.' },
      { name: 'Dear', available: true, lockedBecause: null },
    ]);
  });
});

describe('fifty at once', () => {
  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    const spy = jest.spyOn(Client.prototype, 'query');
    try {
      await work();
      return spy.mock.calls.length;
    } finally {
      spy.mockRestore();
    }
  }

  it('cost one query for the rewards and one for their partners', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => aReward()));
    expect(await statementsOf(() => entities(admin, 'Reward', ids))).toBe(2);
    const page = '{ rewards(first: 50) { nodes { id available lockedBecause offeredBy { id } } } }';
    expect(await statementsOf(() => ask(admin, page))).toBe(2);
  });

  it('cost one query for the vouchers and one for their rewards', async () => {
    const [member, rewardId] = [aSaver(1_000n), await aReward()];
    const orders = await Promise.all(Array.from({ length: 5 }, () => redeem(member, rewardId, { quantity: 10 })));
    const ids = orders.flatMap(({ vouchers }) => vouchers.map(({ id }: { id: string }) => id));
    expect(ids).toHaveLength(50);
    expect(await statementsOf(() => entities(member, 'Voucher', ids))).toBe(2);
  });
});
