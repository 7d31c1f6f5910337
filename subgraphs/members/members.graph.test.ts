import type { Principal } from '../../kernel/context/principal';
import type { EventFeed, FeedPosition, HubEvent } from '../../kernel/events/event';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId } from '../../kernel/values/id';
import { membersDefinition } from './main';
import {
  aKeyOf,
  aMember,
  anAdminOf,
  aPartnerId,
  aProgrammeId,
  freshCard,
  freshKey,
  freshPhone,
} from './testkit/builders';

const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
const nobody: Principal = { kind: 'anonymous' };

/** What partners announced, as far as these tests say it did. */
const announced: HubEvent[] = [];
const partnersFeed: EventFeed = {
  read: async (after) => {
    const items = announced.map((event, index) => ({ position: `1:${index + 1}` as FeedPosition, event }));
    const fresh = items.slice(after === null ? 0 : Number(after.split(':')[1]));
    if (fresh.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return fresh;
  },
};

let database: TestDatabase;
let subgraph: OpenSubgraph;
let link: LocalLink;
beforeAll(async () => {
  database = await openTestDatabase(membersDefinition);
  const none = (): never => {
    throw new Error('members calls nobody');
  };
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  subgraph = await membersDefinition.open({
    database,
    clock,
    secrets,
    peers: { link: none, feed: () => partnersFeed },
  });
  await subgraph.start();
  link = new LocalLink('members', subgraph.schema, (request) => subgraph.createContext(request));
});
afterAll(async () => {
  await subgraph.stop();
  await database.drop();
});

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
  };
}

const REFUSAL = '... on Refusal { code retryable replayed } ... on InvalidInput { field }';
const ENROL = `mutation ($input: EnrolMemberInput!) { enrolMember(input: $input) { __typename ${REFUSAL}
  ... on EnrolMemberSuccess { member { id displayName language partnerLinks { state linkedAt partner { id } } } linked replayed } } }`;
const CONFIRM = `mutation ($input: ConfirmPartnerLinkInput!) { confirmPartnerLink(input: $input) { __typename ${REFUSAL}
  ... on ConfirmPartnerLinkSuccess { link { state partner { id } } replayed } } }`;
const BY_ID = 'query ($id: ID!) { member(ref: { id: $id }) { id displayName } }';
const BY_IDENTITY = 'query ($identity: IdentityInput!) { member(ref: { identity: $identity }) { id displayName } }';

const person = (change: object = {}) => ({
  ...{ idempotencyKey: freshKey(), displayName: 'Anna', language: 'pl', acceptsTerms: true },
  identity: { kind: 'PHONE', value: freshPhone() },
  ...change,
});
const enrol = async (who: Principal, input: object) => (await ask(who, ENROL, { input })).data.enrolMember;
const byId = async (who: Principal, id: string) => (await ask(who, BY_ID, { id })).data.member;

describe('enrolling', () => {
  it('makes a member, and answers a repeat with the first outcome', async () => {
    const key = aKeyOf(aProgrammeId());
    const input = person();
    const first = await enrol(key, input);
    expect(first).toEqual({
      __typename: 'EnrolMemberSuccess',
      member: {
        ...{ id: expect.stringMatching(/^mem_[0-9a-f]{32}$/), displayName: 'Anna', language: 'pl' },
        partnerLinks: [{ state: 'CREDIT_ONLY', linkedAt: '2026-03-01T10:00:00.000Z', partner: { id: key.partnerId } }],
      },
      linked: false,
      replayed: false,
    });
    expect(await enrol(key, input)).toEqual({ ...first, replayed: true });
    expect(await enrol(key, { ...input, displayName: 'Ewa' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect(await enrol(key, { ...input, idempotencyKey: freshKey() })).toMatchObject({ linked: true, replayed: false });
  });

  it.each(['PHONE', 'EMAIL'] as const)(
    'tells in no field that the owner of a %s is a member elsewhere',
    async (kind) => {
      const programmeId = aProgrammeId();
      const known = { kind, value: kind === 'PHONE' ? freshPhone() : `${freshKey()}@example.com` };
      const unknown = { kind, value: kind === 'PHONE' ? freshPhone() : `${freshKey()}@example.com` };
      const elsewhere = aKeyOf(programmeId);
      const { member } = await enrol(elsewhere, person({ identity: known, displayName: 'Anna Nowak', language: 'pl' }));
      await ask(aMember(programmeId, member.id), CONFIRM, {
        input: { idempotencyKey: freshKey(), partnerId: elsewhere.partnerId },
      });
      clock.set(new Date('2026-04-01T10:00:00Z'));
      try {
        const key = aKeyOf(programmeId);
        const answers = [];
        for (const identity of [known, unknown]) {
          const answer = await enrol(key, person({ identity, displayName: 'A. N.', language: 'en' }));
          const again = await enrol(key, person({ identity, displayName: 'A. N.', language: 'en' }));
          const read = await byId(key, answer.member.id);
          const found = (await ask(key, BY_IDENTITY, { identity })).data.member;
          answers.push(JSON.stringify({ answer, again, read, found }).replaceAll(answer.member.id, 'mem_'));
        }
        expect(answers[0]).toBe(answers[1]);
        expect(answers[0]).toContain('"displayName":"A. N."');
        expect(answers[0]).not.toContain('Nowak');
      } finally {
        clock.set(new Date('2026-03-01T10:00:00Z'));
      }
    },
  );

  it('opens to a partner that was shown the card, and keeps the name the member gave first', async () => {
    const programmeId = aProgrammeId();
    const identity = { kind: 'CARD', value: freshCard() };
    const { member } = await enrol(aKeyOf(programmeId), person({ identity }));
    const key = aKeyOf(programmeId);
    const second = await enrol(key, person({ identity, displayName: 'Someone' }));
    expect(second.member).toMatchObject({ id: member.id, displayName: 'Someone', partnerLinks: [{ state: 'OPEN' }] });
    expect(await byId(key, member.id)).toEqual({ id: member.id, displayName: 'Anna' });
    expect((await enrol(key, person({ identity, displayName: 'Someone' }))).member.displayName).toBe('Anna');
  });

  it('links nobody when the operator enrols', async () => {
    const programmeId = aProgrammeId();
    const { member, linked } = await enrol(anAdminOf(programmeId), person());
    expect({ linked, links: member.partnerLinks }).toEqual({ linked: false, links: [] });
    const number = { kind: 'PARTNER_CUSTOMER_ID', value: '42' };
    expect(await enrol(anAdminOf(programmeId), person({ identity: number }))).toMatchObject({
      field: 'input.identity.kind',
    });
  });

  it.each([
    ['MEMBERS_TERMS_NOT_ACCEPTED', { acceptsTerms: false }],
    ['INVALID_INPUT', { identity: { kind: 'PHONE', value: 'not a number' } }],
    ['INVALID_INPUT', { displayName: '\u200b\u200b' }],
    ['INVALID_INPUT', { displayName: '\ud800' }],
    ['INVALID_INPUT', { language: '' }],
  ])('refuses with %s for %j', async (code, change) => {
    expect(await enrol(aKeyOf(aProgrammeId()), person(change))).toMatchObject({ code, retryable: false });
  });

  it('stores names as they are, whatever they look like', async () => {
    const programmeId = aProgrammeId();
    for (const displayName of ["'); drop table member;--", '%_\\', '<b>زهرا</b>', '=1+1']) {
      const { member } = await enrol(anAdminOf(programmeId), person({ displayName }));
      expect(await byId(anAdminOf(programmeId), member.id)).toEqual({ id: member.id, displayName });
    }
  });

  it('refuses a suspended partner once it has heard of it', async () => {
    const [programmeId, partnerId] = [aProgrammeId(), aPartnerId()];
    announced.push({
      ...{ id: newId('evt'), type: 'partners.rule_book.published.v1', programmeId, aggregateId: programmeId },
      recordedAt: '2026-03-01T10:00:00.000Z',
      payload: { version: '1', partners: [{ id: partnerId, status: 'SUSPENDED' }] },
    });
    for (;;) {
      const { rowCount } = await database.pool.query('select 1 from partner_standing where partner_id = $1', [
        partnerId,
      ]);
      if (rowCount === 1) break;
    }
    expect(await enrol(aKeyOf(programmeId, partnerId), person())).toMatchObject({
      ...{ __typename: 'PartnerNotActive', code: 'MEMBERS_PARTNER_NOT_ACTIVE' },
    });
  });
});

describe('confirming a partner', () => {
  it('opens the link; nobody else can, and not to a partner that never enrolled the member', async () => {
    const programmeId = aProgrammeId();
    const key = aKeyOf(programmeId);
    const { member } = await enrol(key, person());
    expect(await byId(key, member.id)).toBeNull();
    const confirm = async (who: Principal, partnerId = key.partnerId) =>
      (await ask(who, CONFIRM, { input: { idempotencyKey: freshKey(), partnerId } })).data.confirmPartnerLink;
    for (const who of [key, anAdminOf(programmeId), nobody])
      expect(await confirm(who)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await confirm(aMember(programmeId, newId('mem')))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await confirm(aMember(programmeId, member.id), aPartnerId())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await byId(key, member.id)).toBeNull();
    expect(await confirm(aMember(programmeId, member.id))).toMatchObject({
      link: { state: 'OPEN', partner: { id: key.partnerId } },
    });
    expect(await byId(key, member.id)).toEqual({ id: member.id, displayName: 'Anna' });
  });
});

describe('who may', () => {
  it('lets only keys with the scope, and admins, enrol', async () => {
    const programmeId = aProgrammeId();
    const finance: Principal = { kind: 'finance', programmeId, subject: 'fin' };
    for (const who of [
      aKeyOf(programmeId, aPartnerId(), ['members:read']),
      aMember(programmeId, newId('mem')),
      finance,
      nobody,
    ]) {
      expect(await enrol(who, person())).toMatchObject({ __typename: 'Forbidden', code: 'FORBIDDEN' });
    }
  });

  it('answers the same for a member that is not there and one that is not yours', async () => {
    const programmeId = aProgrammeId();
    const identity = { kind: 'CARD', value: freshCard() };
    const { member } = await enrol(aKeyOf(programmeId), person({ identity }));
    const strangers = [
      aKeyOf(programmeId),
      aKeyOf(aProgrammeId()),
      aMember(programmeId, newId('mem')),
      anAdminOf(aProgrammeId()),
      nobody,
    ];
    for (const who of strangers) {
      const there = [await ask(who, BY_ID, { id: member.id }), await ask(who, BY_IDENTITY, { identity })];
      const absent = [
        await ask(who, BY_ID, { id: newId('mem') }),
        await ask(who, BY_IDENTITY, { identity: { ...identity, value: freshCard() } }),
      ];
      expect(there).toEqual(absent);
      expect(there.map(({ data }) => data.member)).toEqual([null, null]);
    }
  });

  it('shows a member themselves', async () => {
    const programmeId = aProgrammeId();
    const { member } = await enrol(aKeyOf(programmeId), person());
    const { data } = await ask(
      aMember(programmeId, member.id),
      '{ me { id displayName language partnerLinks { state } } }',
    );
    expect(data.me).toEqual({
      id: member.id,
      displayName: 'Anna',
      language: 'pl',
      partnerLinks: [{ state: 'CREDIT_ONLY' }],
    });
    expect((await ask(nobody, '{ me { id } }')).data.me).toBeNull();
  });

  it('refuses a reference that gives both or neither', async () => {
    const who = anAdminOf(aProgrammeId());
    for (const ref of [{}, { id: newId('mem'), identity: { kind: 'CARD', value: '1' } }]) {
      const { codes } = await ask(who, 'query ($ref: MemberRefInput!) { member(ref: $ref) { id } }', { ref });
      expect(codes).toHaveLength(1);
    }
  });

  it('tells where a member stands to the hub’s own subgraphs only', async () => {
    const programmeId = aProgrammeId();
    const key = aKeyOf(programmeId);
    const { member } = await enrol(key, person());
    const STANDING = 'query ($id: ID) { memberStanding(memberId: $id) { memberId partnerLinks { partnerId state } } }';
    const ledger: Principal = { kind: 'service', name: 'ledger', programmeId };
    expect((await ask(ledger, STANDING, { id: member.id })).data.memberStanding).toEqual({
      memberId: member.id,
      partnerLinks: [{ partnerId: key.partnerId, state: 'CREDIT_ONLY' }],
    });
    expect(
      (await ask({ ...ledger, programmeId: aProgrammeId() }, STANDING, { id: member.id })).data.memberStanding,
    ).toBeNull();
    for (const who of [key, anAdminOf(programmeId), aMember(programmeId, member.id), nobody]) {
      expect((await ask(who, STANDING, { id: member.id })).codes).toEqual(['FORBIDDEN']);
    }
  });
});

it('answers fifty references with one query, and shows each as far as the caller may see', async () => {
  const programmeId = aProgrammeId();
  const [key, other] = [aKeyOf(programmeId), aKeyOf(programmeId)];
  const open = await Promise.all(
    Array.from(
      { length: 48 },
      async () => (await enrol(key, person({ identity: { kind: 'CARD', value: freshCard() } }))).member.id,
    ),
  );
  const closed = (await enrol(key, person())).member.id;
  const foreign = (await enrol(other, person())).member.id;
  const representations = [...open, closed, foreign].map((id) => ({ __typename: 'Member', id }));
  const queries = jest.spyOn(database.dataSource.logger, 'logQuery');
  try {
    const { data } = await ask(
      key,
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Member { id displayName } } }',
      { representations },
    );
    expect(data._entities).toEqual([
      ...open.map((id) => ({ id, displayName: 'Anna' })),
      { id: closed, displayName: null },
      null,
    ]);
    expect(queries.mock.calls.filter(([query]) => String(query).includes('members.member.find'))).toHaveLength(1);
    // What the answer itself reads; the readers of feeds keep their own transactions beside it.
    expect(
      queries.mock.calls.filter(([query]) => /\/\* members\.(?!partnerStanding)/.test(String(query))),
    ).toHaveLength(1);
  } finally {
    queries.mockRestore();
  }
});
