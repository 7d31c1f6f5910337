import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import type { Principal } from '../../kernel/context/principal';
import { runInvariants } from '../../kernel/db/invariants';
import { LocalLink } from '../../kernel/graph/local-link';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, type MemberId } from '../../kernel/values/id';
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

let database: TestDatabase;
let link: LocalLink;
beforeAll(async () => {
  database = await openTestDatabase(membersDefinition);
  const peers = { link: (): never => never(), feed: () => ({ read: async () => [] }) };
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
  const subgraph = await membersDefinition.open({ database, clock, secrets, peers });
  link = new LocalLink('members', subgraph.schema, (request) => subgraph.createContext(request));
});
afterAll(() => database.drop());

function never(): never {
  throw new Error('members calls nobody');
}

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  const codes = (errors ?? []).map(({ extensions, message }) => extensions['code'] ?? message);
  return { data: JSON.parse(JSON.stringify(data ?? null)), codes };
}

/** Asks a mutation with its input and answers its outcome. */
async function change(who: Principal, name: string, input: object, shown: string) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename
    ... on Refusal { code message } ... on InvalidInput { field } ... on ${type}Success { replayed ${shown} } } }`;
  const { data, codes } = await ask(who, query, { input: { idempotencyKey: freshKey(), ...input } });
  if (data === null) throw new Error(JSON.stringify(codes));
  return data[name];
}

const programmeId = aProgrammeId();
const [bakery, cinema] = [aPartnerId(), aPartnerId()];
const admin = anAdminOf(programmeId);
const bakeryKey = aKeyOf(programmeId, bakery);
const enrol = async (identity: object, who: Principal = bakeryKey): Promise<MemberId> =>
  (await change(who, 'enrolMember', { identity, acceptsTerms: true }, 'member { id }')).member.id;
const enrolOpen = () => enrol({ kind: 'CARD', value: freshCard() });
const aSegment = async () => {
  const code = `s-${freshKey()}`;
  await change(admin, 'createSegment', { code, name: 'Families' }, 'segment { code }');
  return code;
};
const add = (segment: string, memberIds: string[], who: Principal = admin, more: object = {}) =>
  change(who, 'addToSegment', { segment, memberIds, ...more }, 'rows { memberId outcome }');
const remove = (segment: string, memberIds: string[]) =>
  change(admin, 'removeFromSegment', { segment, memberIds }, 'rows { memberId outcome }');
const set = (memberId: string, value: object, who: Principal = bakeryKey) =>
  change(who, 'setMemberAttribute', { memberId, name: 'visits', ...value }, 'memberId name');
const consent = (memberId: MemberId, consents: boolean) =>
  change(aMember(programmeId, memberId), 'setProfilingConsent', { consents }, 'consents');
const FACTS = 'query ($id: ID!) { memberFacts(memberId: $id) { version consented segments attributes } }';
const factsOf = async (id: string, who: Principal = admin) => (await ask(who, FACTS, { id })).data.memberFacts;
const announced = async (memberId: string): Promise<Record<string, unknown>[]> => {
  const read = `/* test.announced */ select payload from outbox
    where aggregate_id = $1 and type = 'members.member_facts.changed.v1' order by xid, seq`;
  return (await database.pool.query(read, [memberId])).rows.map(({ payload }) => payload);
};

describe('a segment', () => {
  it('is made once under its code', async () => {
    const code = await aSegment();
    const again = await change(admin, 'createSegment', { code, name: 'Others' }, 'segment { code }');
    expect(again).toMatchObject({ __typename: 'SegmentCodeTaken', code: 'MEMBERS_SEGMENT_CODE_TAKEN' });
    const wordy = await change(admin, 'createSegment', { code: 'two words', name: 'U' }, 'segment { code }');
    expect(wordy).toMatchObject({ field: 'input.code' });
  });

  it('takes members row by row, each with its own outcome, and announces those whose place changed', async () => {
    const [segment, one, two] = [await aSegment(), await enrolOpen(), await enrolOpen()];
    const nobody = newId('mem');
    const stranger = await enrol({ kind: 'CARD', value: freshCard() }, aKeyOf(aProgrammeId()));
    const idempotencyKey = freshKey();
    const rows = [one, nobody, two, one, stranger, 'x'];
    const first = await add(segment, rows, admin, { idempotencyKey });
    expect(first.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      ...['CHANGED', 'NOT_FOUND', 'CHANGED', 'UNCHANGED', 'NOT_FOUND', 'NOT_FOUND'],
    ]);
    expect(await add(segment, rows, admin, { idempotencyKey })).toEqual({ ...first, replayed: true });
    expect((await add(segment, [one])).rows).toEqual([{ memberId: one, outcome: 'UNCHANGED' }]);
    expect((await remove(segment, [one, stranger])).rows).toEqual([
      { memberId: one, outcome: 'CHANGED' },
      { memberId: stranger, outcome: 'NOT_FOUND' },
    ]);
    expect(await announced(one)).toMatchObject([
      { memberId: one, version: '1', segments: [segment], consented: false, attributes: {} },
      { memberId: one, version: '2', segments: [] },
    ]);
    expect(await announced(two)).toHaveLength(1);
    expect(await announced(stranger)).toEqual([]);
  });

  it('takes a thousand members at once and no more, in one transaction', async () => {
    const segment = await aSegment();
    const many = Array.from({ length: 1_001 }, () => newId('mem'));
    expect(await add(segment, many)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.memberIds' });
    expect(await add(segment, [])).toMatchObject({ code: 'INVALID_INPUT', field: 'input.memberIds' });
    const insert = `/* test.many */ insert into member (id, programme_id, terms_accepted_at, enrolled_at)
      select id, $1, now(), now() from unnest($2::text[]) as id`;
    await database.pool.query(insert, [programmeId, many]);
    const { rows } = await add(segment, many.slice(1));
    expect(new Set(rows.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['CHANGED']));
    const { data } = await ask(admin, '{ segments { code members } }');
    expect(data.segments).toContainEqual({ code: segment, members: 1_000 });
  });

  it('is seen and changed by those who run the programme only', async () => {
    const [segment, one] = [await aSegment(), await enrolOpen()];
    for (const who of [bakeryKey, aMember(programmeId, one)]) {
      expect((await add(segment, [one], who)).code).toBe('FORBIDDEN');
      expect((await ask(who, '{ segments { code } }')).codes).toEqual(['FORBIDDEN']);
    }
    expect((await add(segment, [one], anAdminOf(aProgrammeId()))).code).toBe('NOT_FOUND');
  });
});

describe('attributes', () => {
  it('are announced while the member consents, and called back when it no longer does', async () => {
    const one = await enrolOpen();
    const attributes = { [`${bakery}.visits`]: 12.5 };
    expect(await consent(one, true)).toMatchObject({ consents: true });
    expect(await set(one, { number: 12.5 })).toMatchObject({ memberId: one, name: 'visits' });
    expect(await factsOf(one)).toEqual({ version: '2', consented: true, segments: [], attributes });
    expect(await factsOf(one, aMember(programmeId, one))).toMatchObject({ attributes });
    await consent(one, false);
    expect(await announced(one)).toMatchObject([
      { version: '1', consented: true, attributes: {} },
      { version: '2', consented: true, attributes },
      { version: '3', consented: false, attributes: {} },
    ]);
  });

  it('are not kept before the member consents nor after it no longer does, and their partner is not told', async () => {
    const one = await enrolOpen();
    const kept = async () =>
      (await database.pool.query('/* test.kept */ select 1 from member_attribute where member_id = $1', [one]))
        .rowCount;
    const [before, answer] = [
      await set(one, { number: 1 }),
      { __typename: 'SetMemberAttributeSuccess', memberId: one },
    ];
    expect(before).toMatchObject(answer);
    expect(await kept()).toBe(0);
    await consent(one, true);
    expect((await factsOf(one)).attributes).toEqual({});
    expect(await set(one, { number: 2 })).toEqual(before);
    expect(await kept()).toBe(1);
    await consent(one, false);
    expect(await kept()).toBe(0);
    expect(await set(one, { number: 3 })).toEqual(before);
    expect(await kept()).toBe(0);
  });

  it('are of three types, replaced and removed under the partner’s own name, apart from another partner’s', async () => {
    const card = { kind: 'CARD', value: freshCard() };
    const one = await enrol(card);
    const cinemaKey = aKeyOf(programmeId, cinema);
    await enrol(card, cinemaKey);
    await consent(one, true);
    for (const value of [{ text: 'often' }, { flag: false }, { number: 3 }]) await set(one, value);
    await set(one, { text: 'rarely' }, cinemaKey);
    const [ours, theirs] = [`${bakery}.visits`, `${cinema}.visits`];
    expect((await factsOf(one)).attributes).toEqual({ [ours]: 3, [theirs]: 'rarely' });
    await set(one, {});
    expect((await factsOf(one)).attributes).toEqual({ [theirs]: 'rarely' });
  });

  it.each([
    ['input.name', { name: 'No' }],
    ['input.text', { text: 'x'.repeat(201) }],
    ['input.number', { number: 1e300 }],
    ['input', { text: 'a', flag: true }],
  ])('are refused at %s when they cannot be what they say', async (field, value) => {
    expect(await set(await enrolOpen(), value)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('are fifty of a member at a partner at most', async () => {
    const one = await enrolOpen();
    await consent(one, true);
    const fill = `/* test.fill */ insert into member_attribute (programme_id, member_id, partner_id, name, value, set_at)
      select $1, $2, $3, 'a' || n, 'true', now() from generate_series(1, 50) n`;
    await database.pool.query(fill, [programmeId, one, bakery]);
    expect(await set(one, { flag: true })).toMatchObject({
      ...{ __typename: 'TooManyAttributes', code: 'MEMBERS_TOO_MANY_ATTRIBUTES' },
    });
    expect(await set(one, { name: 'a1', flag: false })).toMatchObject({ name: 'a1' });
  });

  const enrolWith = (identity: object, attributes: object, who: Principal = bakeryKey) =>
    change(who, 'enrolMember', { identity, acceptsTerms: true, attributes }, 'member { id }');

  it('are told with an enrolment and with each after it, and removed by null', async () => {
    const card = { kind: 'CARD', value: freshCard() };
    const { member } = await enrolWith(card, {});
    await consent(member.id, true);
    await enrolWith(card, { size: '38', visits: 3, club: true });
    await enrolWith(card, { visits: 4, club: null });
    await enrolWith(card, {});
    expect((await factsOf(member.id)).attributes).toEqual({ [`${bakery}.size`]: '38', [`${bakery}.visits`]: 4 });
    expect((await announced(member.id)).at(-1)).toMatchObject({ attributes: { [`${bakery}.visits`]: 4 } });
  });

  it('are not kept by an enrolment that opens nothing, which is answered like any other', async () => {
    const phone = { kind: 'PHONE', value: freshPhone() };
    const outcome = await enrolWith(phone, { size: '38' });
    expect(outcome).toMatchObject({ __typename: 'EnrolMemberSuccess' });
    await consent(outcome.member.id, true);
    expect((await factsOf(outcome.member.id)).attributes).toEqual({});
  });

  it.each([
    ['a name that is none', { Size: 1 }, bakeryKey, 'INVALID_INPUT'],
    ['a value that is none', { size: ['38'] }, bakeryKey, 'INVALID_INPUT'],
    ['a text too long', { size: 'x'.repeat(201) }, bakeryKey, 'INVALID_INPUT'],
    [
      'more than fifty',
      Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`a${n}`, n])),
      bakeryKey,
      'INVALID_INPUT',
    ],
    ['a key that may not read members', { size: 1 }, aKeyOf(programmeId, bakery, ['members:enrol']), 'FORBIDDEN'],
    ['an operator, who is no partner', { size: 1 }, admin, 'INVALID_INPUT'],
  ] as [string, object, Principal, string][])('enrol nobody with %s', async (_what, attributes, who, code) => {
    const card = { kind: 'CARD', value: freshCard() };
    expect((await enrolWith(card, attributes, who)).code).toBe(code);
    const { linked } = await change(bakeryKey, 'enrolMember', { identity: card, acceptsTerms: true }, 'linked');
    expect(linked).toBe(false);
  });

  it('leave somebody a member, and are not kept, when the partner would know too much', async () => {
    const card = { kind: 'CARD', value: freshCard() };
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}`, n]));
    const { member } = await enrolWith(card, {});
    await consent(member.id, true);
    await enrolWith(card, many);
    expect(await enrolWith(card, { one: 1, more: 2 })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.attributes',
    });
    expect(Object.keys((await factsOf(member.id)).attributes)).toHaveLength(50);
  });

  it('are set by partners the member opened itself to, and by nobody else', async () => {
    const closed = await enrol({ kind: 'PHONE', value: freshPhone() });
    const one = await enrolOpen();
    expect((await set(closed, { flag: true })).code).toBe('NOT_FOUND');
    expect((await set(one, { flag: true }, aKeyOf(programmeId, cinema))).code).toBe('NOT_FOUND');
    expect((await set(one, { flag: true }, aKeyOf(programmeId, bakery, ['points:earn']))).code).toBe('FORBIDDEN');
    expect((await set(one, { flag: true }, admin)).code).toBe('FORBIDDEN');
    expect((await change(bakeryKey, 'setProfilingConsent', { consents: true }, 'consents')).code).toBe('FORBIDDEN');
    for (const who of [bakeryKey, aMember(programmeId, closed), anAdminOf(aProgrammeId())])
      expect(await factsOf(one, who)).toBeNull();
  });
});

describe('the invariants of facts', () => {
  const watched = ['announced-facts-equal-the-table', 'no-attribute-without-consent'];
  const red = async () =>
    (await runInvariants(database, join(projectRoot(), 'subgraphs/members/invariants')))
      .filter(({ total }) => total > 0)
      .map(({ name }) => name)
      .filter((name) => watched.includes(name));

  it('are green after all of the above, and red when nobody was told of a list or attributes outlive consent', async () => {
    expect(await red()).toEqual([]);
    await database.pool.query('/* test.corrupt */ delete from segment_member');
    expect(await red()).toEqual(watched.slice(0, 1));
    await database.pool.query('/* test.corrupt */ update member_fact_version set consented = false');
    expect(await red()).toEqual(watched);
  });
});
