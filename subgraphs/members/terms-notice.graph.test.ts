import type { Principal } from '../../kernel/context/principal';
import type { EventFeed, FeedPosition, HubEvent } from '../../kernel/events/event';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, type MemberId } from '../../kernel/values/id';
import { membersDefinition } from './main';
import { aKeyOf, aMember, anAdminOf, aProgrammeId, freshKey, freshPhone } from './testkit/builders';

const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
const programmeId = aProgrammeId();
const admin = anAdminOf(programmeId);
const TAKES_EFFECT = '2026-04-01T00:00:00.000Z';
const TEXTS = [
  { language: 'pl', text: 'Punkty żyją 180 dni.' },
  { language: 'ar', text: 'النقاط صالحة ١٨٠ يومًا.' },
];

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
  const peers = { link: none, feed: () => partnersFeed };
  subgraph = await membersDefinition.open({ database, clock, secrets, peers });
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
  const codes = (errors ?? []).map(({ extensions, message }) => extensions.code ?? message);
  return { data: JSON.parse(JSON.stringify(data ?? null)), codes };
}
const ENROL = `mutation ($input: EnrolMemberInput!) { enrolMember(input: $input) {
  ... on EnrolMemberSuccess { member { id } } } }`;
const NOTICES = `query ($id: ID!) { member(ref: { id: $id }) {
  termsNotices { version takesEffectAt texts { language text } noticedAt acknowledgedAt } } }`;
const ACKNOWLEDGE = `mutation ($input: AcknowledgeTermsNoticeInput!) { acknowledgeTermsNotice(input: $input) {
  ... on Refusal { code } ... on AcknowledgeTermsNoticeSuccess { replayed notice { version acknowledgedAt } } } }`;
const PROGRESS = '{ termsNoticeProgress { version takesEffectAt noticed remaining acknowledged completedAt } }';

async function enrol(): Promise<MemberId> {
  const identity = { kind: 'PHONE', value: freshPhone() };
  const input = { idempotencyKey: freshKey(), identity, acceptsTerms: true };
  return (await ask(admin, ENROL, { input })).data.enrolMember.member.id;
}
const noticesOf = async (who: Principal, id: MemberId) =>
  (await ask(who, NOTICES, { id })).data.member?.termsNotices ?? null;
const acknowledge = async (who: Principal, version: number, idempotencyKey = freshKey()) =>
  (await ask(who, ACKNOWLEDGE, { input: { idempotencyKey, version } })).data.acknowledgeTermsNotice;
const progress = async () => (await ask(admin, PROGRESS)).data.termsNoticeProgress;

function announceTerms(): void {
  const payload = {
    ...{ version: '7', partners: [] },
    termsChanges: [{ version: 2, takesEffectAt: TAKES_EFFECT, texts: TEXTS }],
  };
  const [id, recordedAt] = [newId('evt'), '2026-03-01T10:00:00.000Z'];
  announced.push({
    id,
    type: 'partners.rule_book.published.v1',
    programmeId,
    aggregateId: programmeId,
    recordedAt,
    payload,
  });
}

describe('a change of terms', () => {
  it('is told every member, who reads it and may acknowledge it, while the desk sees how far it has come', async () => {
    const [anna, ewa] = [await enrol(), await enrol()];
    announceTerms();
    while ((await progress())[0]?.completedAt == null);
    const newcomer = await enrol();
    const told = { version: 2, takesEffectAt: TAKES_EFFECT, texts: TEXTS, acknowledgedAt: null };
    for (const member of [anna, ewa, newcomer])
      expect(await noticesOf(aMember(programmeId, member), member)).toEqual([
        { ...told, noticedAt: '2026-03-01T10:00:00.000Z' },
      ]);
    const key = freshKey();
    const read = { version: 2, acknowledgedAt: '2026-03-01T10:00:00.000Z' };
    expect(await acknowledge(aMember(programmeId, anna), 2, key)).toEqual({ replayed: false, notice: read });
    expect(await acknowledge(aMember(programmeId, anna), 2, key)).toEqual({ replayed: true, notice: read });
    clock.set(new Date('2026-03-02T10:00:00Z'));
    expect(await acknowledge(aMember(programmeId, anna), 2)).toEqual({ replayed: false, notice: read });
    expect(await progress()).toMatchObject([{ version: 2, noticed: 3, remaining: 0, acknowledged: 1 }]);
    clock.set(new Date(TAKES_EFFECT));
    const late = await enrol();
    expect(await noticesOf(aMember(programmeId, late), late)).toEqual([]);
    expect(await acknowledge(aMember(programmeId, late), 2)).toEqual({ code: 'NOT_FOUND' });
  });

  it('is nobody else’s to read or to acknowledge', async () => {
    clock.set(new Date('2026-03-01T10:00:00Z'));
    const [anna, ewa] = [await enrol(), await enrol()];
    expect(await noticesOf(admin, anna)).toHaveLength(1);
    expect(await noticesOf(aMember(programmeId, ewa), anna)).toBeNull();
    const key = aKeyOf(programmeId);
    expect(await noticesOf(key, anna)).toBeNull();
    expect(await noticesOf(anAdminOf(aProgrammeId()), anna)).toBeNull();
    for (const who of [admin, key]) expect(await acknowledge(who, 2)).toEqual({ code: 'FORBIDDEN' });
    expect(await acknowledge(aMember(programmeId, anna), 1)).toEqual({ code: 'INVALID_INPUT' });
    for (const who of [aMember(programmeId, anna), key])
      expect((await ask(who, PROGRESS)).codes).toEqual(['FORBIDDEN']);
  });
});
