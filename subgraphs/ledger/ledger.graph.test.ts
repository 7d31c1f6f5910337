import { Client } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import type { EventFeed, FeedItem, FeedPosition } from '../../kernel/events/event';
import type { SubgraphLink } from '../../kernel/graph/link';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, newOpaqueId, uuidOf, type MemberId, type PartnerId, type ProgrammeId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { announcementOf, aRuleBook } from './testkit/book';

const NOW = new Date('2026-03-10T12:00:00Z');
const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
const clock = new FixedClock(NOW);
const suspended = newId('ptr');
const plain = aRuleBook();
const [baker, florist] = plain.brands;
const [{ code: _code, ...brand }] = plain.partners as [(typeof plain.partners)[number]];
const book = { ...plain, partners: [...plain.partners, { ...brand, id: suspended, code: 'P3', status: 'SUSPENDED' }] };
const elsewhere = aRuleBook();
const { programmeId } = book;

/** What another subgraph announced, as far as these tests say it did. */
class AnnouncedFeed implements EventFeed {
  private readonly items: FeedItem[] = [];

  announce(type: string, programme: ProgrammeId, payload: object): void {
    const id = newId('evt');
    const event = { id, type, programmeId: programme, aggregateId: id, recordedAt: NOW.toISOString(), payload };
    this.items.push({ position: `${this.items.length + 1}:1` as FeedPosition, event });
  }

  async read(after: FeedPosition | null, _limit: number, waitMs: number): Promise<FeedItem[]> {
    const fresh = this.items.slice(after === null ? 0 : Number(after.split(':')[0]));
    if (fresh.length === 0) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 5)));
    return fresh;
  }
}

type Links = Readonly<Record<PartnerId, 'CREDIT_ONLY' | 'OPEN'>>;
/** Members, who answers where a member stands; a test may switch it off. */
const members = {
  answers: true,
  links: new Map<string, Links>(),
  name: 'members' as const,
  async execute({ variables, context }: Parameters<SubgraphLink['execute']>[0]) {
    if (!members.answers) throw new Error('members does not answer');
    const { principal } = context;
    const memberId = variables?.['memberId'] as MemberId | undefined;
    const links = 'programmeId' in principal ? members.links.get(`${principal.programmeId} ${memberId}`) : undefined;
    const partnerLinks = Object.entries(links ?? {}).map(([partnerId, state]) => ({ partnerId, state }));
    return { data: { memberStanding: links === undefined ? null : { memberId, partnerLinks } } };
  },
  subscribe: () => Promise.reject(new Error('nobody subscribes to members')),
  close: async () => undefined,
};
const feeds = { partners: new AnnouncedFeed(), members: new AnnouncedFeed() };

let database: TestDatabase;
let subgraph: OpenSubgraph;
let link: LocalLink;
beforeAll(async () => {
  for (const one of [book, elsewhere])
    feeds.partners.announce('partners.rule_book.published.v1', one.programmeId, announcementOf(one as typeof plain));
  database = await openTestDatabase(ledgerDefinition);
  const peers = { link: () => members, feed: (name: string) => feeds[name as 'partners' | 'members'] };
  subgraph = await ledgerDefinition.open({ database, clock, secrets, peers });
  await subgraph.start();
  link = new LocalLink('ledger', subgraph.schema, (request) => subgraph.createContext(request));
});
afterEach(() => {
  members.answers = true;
  clock.set(NOW);
});
afterAll(async () => {
  await subgraph.stop();
  await database.drop();
});

const requestOf = (principal: Principal, query: string, variables: Record<string, unknown>) => ({
  query,
  variables,
  context: { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) },
});
async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await link.execute(requestOf(principal, query, variables));
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions['code'] ?? message),
  };
}

const ALL_SCOPES = ['members:read', 'points:earn', 'points:redeem'];
const keyOf = (partnerId: PartnerId, programme = programmeId, scopes = ALL_SCOPES): Principal => {
  return { kind: 'partner', programmeId: programme, partnerId, keyId: newId('key'), scopes };
};
const tokenOf = (memberId: MemberId): Principal => ({ kind: 'member', programmeId, memberId });
const admin: Principal = { kind: 'admin', programmeId, subject: 'adm' };
const nobody: Principal = { kind: 'anonymous' };
const OPEN: Links = { [baker]: 'OPEN', [florist]: 'OPEN', [suspended]: 'OPEN' };
/** A member whom members knows, open to both partners unless said otherwise. */
function aBuyer(links: Links = OPEN, programme = programmeId): MemberId {
  const memberId = newOpaqueId('mem');
  members.links.set(`${programme} ${memberId}`, links);
  return memberId;
}

const REFUSAL = `__typename ... on Refusal { code retryable replayed } ... on InvalidInput { field }`;
const ACCOUNT = 'account { memberId version available held }';
const PURCHASE = `${REFUSAL} ... on RecordPurchaseSuccess { earned replayed ${ACCOUNT}
  lots { quantity remaining expiresAt issuer { id } } purchase { externalRef amount { amountMinor currency } } }`;
const SPENT = `redemption { points redeemer { id } draws { points claim { amountMinor currency } lot { issuer { id } } } }`;
const RECORD = `mutation ($input: RecordPurchaseInput!) { answer: recordPurchase(input: $input) { ${PURCHASE} } }`;
const RECORD_ALL = `mutation ($input: [RecordPurchaseInput!]!) { answer: recordPurchases(input: $input) { ${PURCHASE} } }`;
const REDEEM = `mutation ($input: RedeemPointsInput!) { answer: redeemPoints(input: $input) { ${REFUSAL}
  ... on InsufficientPoints { missingPoints }
  ... on RedeemPointsSuccess { ${SPENT} replayed ${ACCOUNT} } } }`;
const HOLD = `mutation ($input: HoldPointsInput!) { answer: holdPoints(input: $input) { ${REFUSAL}
  ... on HoldPointsSuccess { hold { id points state } replayed ${ACCOUNT} } } }`;
const CAPTURE = `mutation ($input: CaptureHoldInput!) { answer: captureHold(input: $input) { ${REFUSAL}
  ... on CaptureHoldSuccess { ${SPENT} replayed ${ACCOUNT} } } }`;
const MEMBER = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Member { ${ACCOUNT} } ... on Account { memberId available } } }`;

const sale = (memberId: string, minor: bigint, change: object = {}) => ({
  ...{ idempotencyKey: newId('req'), externalRef: newId('txn'), member: { id: memberId } },
  ...{ amount: { amountMinor: `${minor}`, currency: 'EUR' }, occurredAt: NOW.toISOString() },
  ...change,
});
const spend = (memberId: string, points: string, change: object = {}) => ({
  ...{ idempotencyKey: newId('req'), externalRef: newId('txn'), member: { id: memberId } },
  ...{ points, occurredAt: NOW.toISOString() },
  ...change,
});
const setAside = (memberId: string, points: string) => ({
  ...{ idempotencyKey: newId('req'), member: { id: memberId }, points, expiresAt: '2026-03-11T12:00:00Z' },
});
const run = async (who: Principal, mutation: string, input: object) => {
  const { data, codes } = await ask(who, mutation, { input });
  expect(codes).toEqual([]);
  return data.answer;
};
const entities = async (who: Principal, type: 'Member' | 'Account', ids: readonly MemberId[]) => {
  const representations = ids.map((id) => ({ __typename: type, ...(type === 'Member' ? { id } : { memberId: id }) }));
  return (await ask(who, MEMBER, { representations })).data._entities;
};
const accountOf = async (who: Principal, id: MemberId) => (await entities(who, 'Member', [id]))[0].account;

describe('a purchase', () => {
  it('earns a point for each whole euro, with its lot and the account as it left it', async () => {
    const buyer = aBuyer();
    const input = sale(buyer, 1_999n);
    const first = await run(keyOf(baker), RECORD, input);
    expect(first).toEqual({
      __typename: 'RecordPurchaseSuccess',
      ...{ earned: '19', replayed: false },
      account: { memberId: buyer, version: '1', available: '19', held: '0' },
      lots: [{ quantity: '19', remaining: '19', expiresAt: null, issuer: { id: baker } }],
      purchase: { externalRef: input.externalRef, amount: { amountMinor: '1999', currency: 'EUR' } },
    });
    await run(keyOf(baker), RECORD, sale(buyer, 500n));
    expect(await run(keyOf(baker), RECORD, input)).toEqual({ ...first, replayed: true });
    expect(await accountOf(admin, buyer)).toMatchObject({ version: '2', available: '24' });
  });

  it('is refused when its key was used for another, and recorded without a lot when it earns nothing', async () => {
    const buyer = aBuyer();
    const input = sale(buyer, 99n);
    expect(await run(keyOf(baker), RECORD, input)).toMatchObject({ earned: '0', lots: [], account: { version: '1' } });
    const other = await run(keyOf(baker), RECORD, { ...input, amount: { amountMinor: '9900', currency: 'EUR' } });
    expect(other).toMatchObject({ __typename: 'IdempotencyMismatch', code: 'IDEMPOTENCY_MISMATCH' });
    expect(await accountOf(admin, buyer)).toMatchObject({ version: '1', available: '0' });
  });

  it('among many is refused at its own place, and the others are recorded in their order', async () => {
    const [buyer, stranger] = [aBuyer(), newOpaqueId('mem')];
    const badPhone = { identity: { kind: 'PHONE', value: 'no number' } };
    const rows = [
      sale(buyer, 100n),
      sale(buyer, 100n, { amount: { amountMinor: '1.5', currency: 'EUR' } }),
      sale(buyer, 200n),
      sale(buyer, 100n, { idempotencyKey: '' }),
      sale(buyer, 100n, { member: badPhone }),
      sale(stranger, 100n),
      sale(buyer, 300n),
    ];
    const answers = await run(keyOf(baker), RECORD_ALL, rows);
    const [first, second, third] = [answers[0], answers[2], answers[6]];
    expect([first, second, third].map(({ account }) => [account.version, account.available])).toEqual([
      ['1', '1'],
      ['2', '3'],
      ['3', '6'],
    ]);
    expect([1, 3, 4].map((row) => [answers[row].code, answers[row].field])).toEqual([
      ['INVALID_INPUT', 'input[1].amount.amountMinor'],
      ['INVALID_INPUT', 'input[3].idempotencyKey'],
      ['INVALID_INPUT', 'input[4].member.identity.value'],
    ]);
    expect(answers[5]).toMatchObject({ code: 'NOT_FOUND' });
    expect(answers).toHaveLength(rows.length);
  });

  it.each([
    ['LEDGER_OCCURRED_IN_FUTURE', { occurredAt: '2026-03-10T12:00:00.001Z' }],
    ['LEDGER_CURRENCY_NOT_ACCEPTED', { amount: { amountMinor: '100', currency: 'PLN' } }],
    ['INVALID_INPUT', { amount: { amountMinor: '-1', currency: 'EUR' } }],
    ['INVALID_INPUT', { occurredAt: '2026-02-30T12:00:00Z' }],
  ])('is refused with %s for %j', async (code, change) => {
    const buyer = aBuyer();
    expect(await run(keyOf(baker), RECORD, sale(buyer, 100n, change))).toMatchObject({ code, retryable: false });
    expect(await accountOf(tokenOf(buyer), buyer)).toMatchObject({ version: '0', available: '0' });
  });

  it('is refused at a suspended partner, and to everyone but a partner’s key with the scope', async () => {
    const buyer = aBuyer();
    expect(await run(keyOf(suspended), RECORD, sale(buyer, 100n))).toMatchObject({ __typename: 'PartnerSuspended' });
    for (const who of [keyOf(baker, programmeId, ['points:redeem']), tokenOf(buyer), admin, nobody])
      expect(await run(who, RECORD, sale(buyer, 100n))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('whom a partner may name', () => {
  it('is nobody it is not linked to, nobody unknown and nobody of another programme', async () => {
    const foreign = aBuyer({ [elsewhere.brands[0]]: 'OPEN' }, elsewhere.programmeId);
    await run(keyOf(elsewhere.brands[0], elsewhere.programmeId), RECORD, sale(foreign, 100n));
    const answers = [];
    for (const id of [newOpaqueId('mem'), aBuyer({ [florist]: 'OPEN' }), foreign, 'mem_x'])
      answers.push(await run(keyOf(baker), RECORD, sale(id, 100n)));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect(await entities(admin, 'Account', [foreign])).toEqual([null]);
  });

  it('is asked of members once; while members is down, those it does not know yet may be tried again', async () => {
    const [known, unknown] = [aBuyer(), aBuyer()];
    await run(keyOf(baker), RECORD, sale(known, 100n));
    members.answers = false;
    const input = sale(unknown, 100n);
    expect(await run(keyOf(baker), RECORD, input)).toMatchObject({
      ...{ __typename: 'MemberNotKnownYet', retryable: true, replayed: false },
    });
    expect(await run(keyOf(baker), RECORD, sale(known, 100n))).toMatchObject({ account: { available: '2' } });
    members.answers = true;
    expect(await run(keyOf(baker), RECORD, input)).toMatchObject({ earned: '1', replayed: false });
  });

  it('is whom members announced, without asking', async () => {
    const memberId = newOpaqueId('mem');
    feeds.members.announce('members.member.enrolled.v1', programmeId, { memberId });
    const payload = { memberId, partnerId: baker, state: 'OPEN' };
    feeds.members.announce('members.partner_link.changed.v1', programmeId, payload);
    for (let heard = 0; heard === 0;) {
      const { rows } = await database.pool.query('select 1 from partner_link_projection where member_id = $1', [
        uuidOf(memberId),
      ]);
      heard = rows.length;
    }
    members.answers = false;
    expect(await run(keyOf(baker), RECORD, sale(memberId, 100n))).toMatchObject({ earned: '1' });
  });

  it('may be given points before confirming, but neither read nor charged; of the account only the gift is shown', async () => {
    const buyer = aBuyer({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await run(keyOf(florist), RECORD, sale(buyer, 5_000n));
    const input = sale(buyer, 300n);
    const gift = { memberId: buyer, version: '0', available: '3', held: '0' };
    expect(await run(keyOf(baker), RECORD, input)).toMatchObject({ account: gift, replayed: false });
    expect(await run(keyOf(baker), RECORD, input)).toMatchObject({ account: gift, replayed: true });
    const beneath = `mutation ($input: RecordPurchaseInput!) { answer: recordPurchase(input: $input) {
      ... on RecordPurchaseSuccess { account { balanceAt(at: "2027-01-01T00:00:00Z") expiring(first: 5) { points }
        statement(first: 5) { nodes { points } } lots(first: 5) { nodes { quantity } } } } } }`;
    expect((await run(keyOf(baker), beneath, input)).account).toEqual({
      ...{ balanceAt: '0', expiring: [], statement: { nodes: [] }, lots: { nodes: [] } },
    });
    expect(await run(keyOf(baker), REDEEM, spend(buyer, '1'))).toMatchObject({ code: 'LEDGER_MEMBER_NOT_CONFIRMED' });
    expect(await run(keyOf(baker), HOLD, setAside(buyer, '1'))).toMatchObject({ code: 'LEDGER_MEMBER_NOT_CONFIRMED' });
    expect(await accountOf(keyOf(baker), buyer)).toBeNull();
    expect(await accountOf(keyOf(florist), buyer)).toMatchObject({ version: '2', available: '53' });
  });
});

describe('a redemption', () => {
  it('draws the points earned first, and shows what their issuers owe', async () => {
    const buyer = aBuyer();
    await run(keyOf(florist), RECORD, sale(buyer, 500n));
    await run(keyOf(baker), RECORD, sale(buyer, 1_000n, { occurredAt: '2026-03-09T12:00:00Z' }));
    const input = spend(buyer, '12');
    const first = await run(keyOf(florist), REDEEM, input);
    expect(first).toMatchObject({
      redemption: {
        ...{ points: '12', redeemer: { id: florist } },
        draws: [
          { points: '10', claim: { amountMinor: '10', currency: 'EUR' }, lot: { issuer: { id: baker } } },
          { points: '2', claim: null, lot: { issuer: { id: florist } } },
        ],
      },
      account: { version: '3', available: '3' },
      replayed: false,
    });
    expect(await run(keyOf(florist), REDEEM, input)).toEqual({ ...first, replayed: true });
    expect(await accountOf(admin, buyer)).toMatchObject({ version: '3', available: '3' });
  });

  it('is whole or not at all: it says how many points are missing', async () => {
    const buyer = aBuyer();
    await run(keyOf(baker), RECORD, sale(buyer, 1_000n));
    const short = await run(keyOf(florist), REDEEM, spend(buyer, '15'));
    expect(short).toMatchObject({ __typename: 'InsufficientPoints', missingPoints: '5' });
    expect(await accountOf(admin, buyer)).toMatchObject({ version: '1', available: '10' });
  });

  it.each(['0', '-1', '1.5', '1e3', '', '٣', '9223372036854775808'])(
    'of %j points is no redemption',
    async (points) => {
      const buyer = aBuyer();
      for (const [mutation, input] of [
        [REDEEM, spend(buyer, points)],
        [HOLD, setAside(buyer, points)],
      ] as const)
        expect(await run(keyOf(baker), mutation, input)).toMatchObject({
          code: 'INVALID_INPUT',
          field: 'input.points',
        });
    },
  );

  it('out of a hold takes a part, and the rest goes back; to another partner the hold does not exist', async () => {
    const buyer = aBuyer();
    await run(keyOf(baker), RECORD, sale(buyer, 1_000n));
    const { hold, account } = await run(keyOf(florist), HOLD, setAside(buyer, '8'));
    expect([hold.state, account.available, account.held]).toEqual(['OPEN', '2', '8']);
    const capture = { idempotencyKey: newId('req'), holdId: hold.id, points: '5', externalRef: newId('txn') };
    expect(await run(keyOf(baker), CAPTURE, capture)).toMatchObject({ __typename: 'NotFound' });
    expect(await run(keyOf(florist), CAPTURE, capture)).toMatchObject({
      redemption: { points: '5', draws: [{ points: '5', claim: { amountMinor: '5' } }] },
      account: { available: '5', held: '0' },
    });
    const again = { ...capture, idempotencyKey: newId('req'), externalRef: newId('txn') };
    expect(await run(keyOf(florist), CAPTURE, again)).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
  });
});

describe('an account', () => {
  it('is for its member, partners it opened itself to and the admin; to others it is not there', async () => {
    const buyer = aBuyer({ [baker]: 'OPEN' });
    await run(keyOf(baker), RECORD, sale(buyer, 700n));
    for (const who of [tokenOf(buyer), keyOf(baker), admin]) {
      expect(await accountOf(who, buyer)).toMatchObject({ available: '7' });
      expect(await entities(who, 'Account', [buyer])).toEqual([{ memberId: buyer, available: '7' }]);
    }
    const others = [tokenOf(aBuyer()), keyOf(florist), keyOf(baker, programmeId, ['points:earn']), nobody];
    for (const who of [...others, { ...admin, programmeId: elsewhere.programmeId }]) {
      expect(await accountOf(who, buyer)).toBeNull();
      expect(await entities(who, 'Account', [buyer])).toEqual([null]);
    }
  });

  it.each([1, 50])('by reference costs the same statements for %i', async (count) => {
    const buyers = Array.from({ length: count }, () => aBuyer());
    await run(
      keyOf(baker),
      RECORD_ALL,
      buyers.map((id) => sale(id, 100n)),
    );
    const spy = jest.spyOn(Client.prototype, 'query');
    try {
      const accounts = await entities(keyOf(baker), 'Account', buyers);
      expect(accounts).toEqual(buyers.map((memberId) => ({ memberId, available: '1' })));
      const texts = spy.mock.calls.map(([query]) => JSON.stringify(query));
      const names = texts.flatMap((text) => /ledger\.(account|directory|member)[.\w]*/.exec(text)?.[0] ?? []);
      expect(names.filter((name) => name === 'ledger.account.findWallets')).toHaveLength(1);
      expect(names).toHaveLength(3);
    } finally {
      spy.mockRestore();
    }
  });

  const PAGE = `query ($representations: [_Any!]!, $first: Int!, $after: String) {
    _entities(representations: $representations) { ... on Account { statement(first: $first, after: $after) {
      nodes { version kind points balanceAfter } pageInfo { hasNextPage endCursor } } } } }`;
  interface Listed {
    statement: { nodes: { version: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
  }
  const page = (id: MemberId, variables: object) =>
    ask(tokenOf(id), PAGE, { representations: [{ __typename: 'Account', memberId: id }], ...variables });

  it('lists its statement newest first, page after page without gap or repeat', async () => {
    const buyer = aBuyer();
    for (const euros of [1n, 2n, 3n, 4n]) await run(keyOf(baker), RECORD, sale(buyer, euros * 100n));
    await run(keyOf(florist), REDEEM, spend(buyer, '6'));
    const lines: { version: string }[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { statement }: Listed = (await page(buyer, { first: 2, after })).data._entities[0];
      lines.push(...statement.nodes);
      ({ endCursor: after, hasNextPage: more } = statement.pageInfo);
    }
    expect(lines.map(({ version }) => version)).toEqual(['5', '4', '3', '2', '1']);
    expect(lines[0]).toEqual({ version: '5', kind: 'REDEEM', points: '-6', balanceAfter: '4' });
  });

  it('refuses a cursor that was changed or written for another member, and a page of no length', async () => {
    const [buyer, other] = [aBuyer(), aBuyer()];
    for (const id of [buyer, buyer, other, other]) await run(keyOf(baker), RECORD, sale(id, 100n));
    const cursorOf = async (id: MemberId): Promise<string> =>
      (await page(id, { first: 1 })).data._entities[0].statement.pageInfo.endCursor;
    const own = await cursorOf(buyer);
    expect((await page(buyer, { first: 1, after: own })).codes).toEqual([]);
    for (const after of [`x${own}`, `${own}x`, await cursorOf(other), 'x', ''])
      expect((await page(buyer, { first: 1, after })).codes).toEqual(['INVALID_INPUT']);
    for (const first of [0, -1, 101]) expect((await page(buyer, { first })).codes).toEqual(['INVALID_INPUT']);
  });

  it('tells what it had by an instant of recording', async () => {
    const buyer = aBuyer();
    await run(keyOf(baker), RECORD, sale(buyer, 1_000n));
    clock.set(new Date('2026-03-12T12:00:00Z'));
    await run(keyOf(florist), REDEEM, spend(buyer, '4'));
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account {
      before: balanceAt(at: "2026-03-10T11:59:59.999Z") on: balanceAt(at: "2026-03-10T12:00:00Z")
      between: balanceAt(at: "2026-03-12T11:59:59.999Z") after: balanceAt(at: "2026-03-12T13:00:00+01:00") } } }`;
    const representations = [{ __typename: 'Account', memberId: buyer }];
    const { data } = await ask(tokenOf(buyer), query, { representations });
    expect(data._entities).toEqual([{ before: '0', on: '10', between: '10', after: '6' }]);
  });
});

describe('a live balance', () => {
  const LIVE = `subscription ($memberId: ID!) { balanceChanged(memberId: $memberId) {
    isSnapshot version previousVersion account { available } cause { kind points externalRef } } }`;

  it('begins with how things stand, then tells every change with its cause', async () => {
    const buyer = aBuyer();
    await run(keyOf(baker), RECORD, sale(buyer, 1_000n));
    const stream = await link.subscribe(requestOf(tokenOf(buyer), LIVE, { memberId: buyer }));
    const next = async () => JSON.parse(JSON.stringify((await stream.next()).value)).data.balanceChanged;
    expect(await next()).toEqual({
      ...{ isSnapshot: true, version: '1', previousVersion: null, account: { available: '10' }, cause: null },
    });
    const input = spend(buyer, '4');
    await run(keyOf(florist), REDEEM, input);
    expect(await next()).toEqual({
      ...{ isSnapshot: false, version: '2', previousVersion: '1', account: { available: '6' } },
      cause: { kind: 'REDEEM', points: '-4', externalRef: input.externalRef },
    });
    await stream.return?.();
  });

  it('is refused to whoever may not read the account, as if there were none', async () => {
    const buyer = aBuyer({ [baker]: 'OPEN' });
    await run(keyOf(baker), RECORD, sale(buyer, 100n));
    for (const who of [tokenOf(aBuyer()), keyOf(florist), nobody]) {
      const stream = await link.subscribe(requestOf(who, LIVE, { memberId: buyer }));
      const { value } = await stream.next();
      expect(value.errors[0].extensions.code).toBe('NOT_FOUND');
      await stream.return?.();
    }
  });
});
