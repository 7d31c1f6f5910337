import type { Principal } from '../../kernel/context/principal';
import type { EventFeed, FeedPosition, HubEvent } from '../../kernel/events/event';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, type MemberId, type ProgrammeId } from '../../kernel/values/id';
import { feedbackDefinition } from './main';
import { aKeyOf, aMember, aMemberId, anAdminOf, aProgrammeId, aPurchase, freshKey } from './testkit/builders';

const NOW = new Date('2026-03-01T10:00:00Z');
const clock = new FixedClock(NOW);
const nobody: Principal = { kind: 'anonymous' };

/** What the ledger announced, as far as these tests say it did. */
const announced: HubEvent[] = [];
const ledgerFeed: EventFeed = {
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
  database = await openTestDatabase(feedbackDefinition);
  const none = (): never => {
    throw new Error('feedback calls nobody');
  };
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  subgraph = await feedbackDefinition.open({ database, clock, secrets, peers: { link: none, feed: () => ledgerFeed } });
  await subgraph.start();
  link = new LocalLink('feedback', subgraph.schema, (request) => subgraph.createContext(request));
});
afterAll(async () => {
  await subgraph.stop();
  await database.drop();
});
afterEach(() => clock.set(NOW));

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
  };
}

const REFUSAL = '... on Refusal { code retryable replayed } ... on InvalidInput { field }';
const SURVEY = 'survey { id question followUp quietDays invitationDays status openedAt closedAt }';
const OPEN = `mutation ($input: OpenSurveyInput!) { openSurvey(input: $input) { __typename ${REFUSAL}
  ... on OpenSurveySuccess { ${SURVEY} replayed } } }`;
const CLOSE = `mutation ($input: CloseSurveyInput!) { closeSurvey(input: $input) { __typename ${REFUSAL}
  ... on CloseSurveySuccess { ${SURVEY} replayed } } }`;
const ANSWER = `mutation ($input: AnswerSurveyInput!) { answerSurvey(input: $input) { __typename ${REFUSAL}
  ... on ScoreOutOfRange { questionId min max } ... on AnswerMissing { questionId }
  ... on AnswerSurveySuccess { invitation { id answeredAt expiresAt questions { id } } pointsEarned replayed } } }`;
const MINE = `query ($first: Int!, $after: String) { myInvitations(first: $first, after: $after) {
  nodes { id answeredAt expiresAt questions { id kind text choices } } pageInfo { hasNextPage endCursor } } }`;
const SCORE = 'query ($id: ID!) { surveyScore(surveyId: $id) { promoters passives detractors answers nps } }';
const REFERENCES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on SurveyInvitation { id answeredAt questions { text } } } }`;

const plan = (change: object = {}) => ({ idempotencyKey: freshKey(), question: 'Recommend us?', ...change });
const open = async (who: Principal, input: object = plan()) => (await ask(who, OPEN, { input })).data.openSurvey;
const close = async (who: Principal, surveyId: string) =>
  (await ask(who, CLOSE, { input: { idempotencyKey: freshKey(), surveyId } })).data.closeSurvey;
const mine = async (who: Principal, first = 10, after: string | null = null) =>
  (await ask(who, MINE, { first, after })).data.myInvitations;
const answer = async (who: Principal, input: object) => (await ask(who, ANSWER, { input })).data.answerSurvey;

/** Lets the ledger announce purchases, and waits until feedback has handled them. */
async function buy(programmeId: ProgrammeId, ...buyers: { memberId: MemberId; at?: string }[]): Promise<void> {
  announced.push(...buyers.map(({ memberId, at }) => aPurchase({ programmeId, memberId }, at)));
  for (;;) {
    const { rows } = await database.pool.query(`select position from inbox_cursor where feed = 'ledger'`);
    if (rows[0]?.position === `1:${announced.length}`) return;
  }
}

/** A running survey with a follow-up, and a member who was invited to it. */
async function anInvited() {
  const programmeId = aProgrammeId();
  const { survey } = await open(anAdminOf(programmeId), plan({ followUp: 'Why?' }));
  const member = aMember(programmeId);
  await buy(programmeId, member);
  const [invitation] = (await mine(member)).nodes;
  const sheet = (score: number | null = 9, more: object[] = []) => ({
    ...{ idempotencyKey: freshKey(), invitationId: invitation.id },
    answers: [{ questionId: invitation.questions[0].id, score }, ...more],
  });
  return { programmeId, survey, member, invitation, sheet };
}

describe('a survey', () => {
  it('opens with 90 quiet days and 30 days to answer unless told otherwise, and a repeat answers the same', async () => {
    const admin = anAdminOf(aProgrammeId());
    const input = plan();
    const first = await open(admin, input);
    expect(first).toEqual({
      __typename: 'OpenSurveySuccess',
      survey: {
        ...{ id: expect.stringMatching(/^svy_[0-9a-f]{32}$/), question: 'Recommend us?', followUp: null },
        ...{ quietDays: 90, invitationDays: 30, status: 'RUNNING', openedAt: NOW.toISOString(), closedAt: null },
      },
      replayed: false,
    });
    expect(await open(admin, input)).toEqual({ ...first, replayed: true });
    expect(await open(admin, { ...input, question: 'Well?' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect((await ask(admin, '{ runningSurvey { id } }')).data.runningSurvey).toEqual({ id: first.survey.id });
  });

  it('is followed by another once it is closed', async () => {
    const admin = anAdminOf(aProgrammeId());
    const { survey } = await open(admin);
    expect(await open(admin)).toMatchObject({ __typename: 'SurveyRunning', code: 'FEEDBACK_SURVEY_RUNNING' });
    expect(await close(anAdminOf(aProgrammeId()), survey.id)).toMatchObject({ code: 'NOT_FOUND' });
    const closed = { ...survey, status: 'CLOSED', closedAt: NOW.toISOString() };
    expect(await close(admin, survey.id)).toMatchObject({ survey: closed, replayed: false });
    clock.set(new Date('2026-03-02T10:00:00Z'));
    expect(await close(admin, survey.id)).toMatchObject({ survey: closed });
    expect((await ask(admin, '{ runningSurvey { id } }')).data.runningSurvey).toBeNull();
    expect(await open(admin)).toMatchObject({ __typename: 'OpenSurveySuccess' });
  });

  it('is the admin’s business alone', async () => {
    const programmeId = aProgrammeId();
    const { survey } = await open(anAdminOf(programmeId));
    const finance: Principal = { kind: 'finance', programmeId, subject: 'fin' };
    for (const who of [aKeyOf(programmeId), aMember(programmeId), finance, nobody]) {
      expect(await open(who)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await close(who, survey.id)).toMatchObject({ code: 'FORBIDDEN' });
      expect((await ask(who, '{ runningSurvey { id } }')).codes).toEqual(['FORBIDDEN']);
      expect((await ask(who, SCORE, { id: survey.id })).codes).toEqual(['FORBIDDEN']);
    }
  });

  it('scores as promoters minus detractors', async () => {
    const programmeId = aProgrammeId();
    const admin = anAdminOf(programmeId);
    const { survey } = await open(admin);
    const scores = [10, 9, 9, 8, 7, 7, 6, 3, 10, 0];
    const members = scores.map(() => aMember(programmeId));
    await buy(programmeId, ...members);
    for (const [index, member] of members.entries()) {
      const [{ id, questions }] = (await mine(member)).nodes;
      const answers = [{ questionId: questions[0].id, score: scores[index] }];
      await answer(member, { idempotencyKey: freshKey(), invitationId: id, answers });
    }
    expect((await ask(admin, SCORE, { id: survey.id })).data.surveyScore).toEqual({
      ...{ promoters: 4, passives: 3, detractors: 3, answers: 10, nps: 10 },
    });
    for (const id of [newId('svy'), 'no id']) expect((await ask(admin, SCORE, { id })).data.surveyScore).toBeNull();
    const elsewhere = await ask(anAdminOf(aProgrammeId()), SCORE, { id: survey.id });
    expect(elsewhere.data.surveyScore).toBeNull();
  });
});

describe('my invitations', () => {
  it('show what is asked, until it is answered or the time is over', async () => {
    const { member, invitation, sheet } = await anInvited();
    expect(invitation).toEqual({
      ...{ id: expect.stringMatching(/^inv_[0-9a-f]{32}$/), answeredAt: null, expiresAt: '2026-03-31T10:00:00.000Z' },
      questions: [
        { id: expect.stringMatching(/^qst_/), kind: 'NPS', text: 'Recommend us?', choices: null },
        { id: expect.stringMatching(/^qst_/), kind: 'TEXT', text: 'Why?', choices: null },
      ],
    });
    clock.set(new Date('2026-03-31T10:00:00Z'));
    expect((await mine(member)).nodes).toEqual([]);
    clock.set(NOW);
    expect((await mine(member)).nodes).toHaveLength(1);
    await answer(member, sheet());
    expect((await mine(member)).nodes).toEqual([]);
  });

  it('come newest first, page by page, by the member’s own cursors', async () => {
    const programmeId = aProgrammeId();
    await open(anAdminOf(programmeId));
    const member = aMember(programmeId);
    const at = ['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
    await buy(programmeId, ...at.map((each) => ({ ...member, at: each })));
    const all = (await mine(member)).nodes.map(({ id }: { id: string }) => id);
    expect(all).toHaveLength(3);
    expect(all.every((id: string, index: number) => index === 0 || id < all[index - 1])).toBe(true);
    const first = await mine(member, 2);
    const { nodes, pageInfo } = await mine(member, 2, first.pageInfo.endCursor);
    expect([first.pageInfo.hasNextPage, nodes.map(({ id }: { id: string }) => id), pageInfo.hasNextPage]).toEqual([
      ...[true, [all[2]], false],
    ]);
    const stolen = { first: 2, after: first.pageInfo.endCursor };
    expect((await ask(aMember(programmeId), MINE, stolen)).codes).toEqual(['INVALID_INPUT']);
  });

  it('are for members', async () => {
    const programmeId = aProgrammeId();
    for (const who of [anAdminOf(programmeId), aKeyOf(programmeId), nobody]) {
      expect((await ask(who, MINE, { first: 1 })).codes).toEqual(['FORBIDDEN']);
    }
  });
});

describe('answering', () => {
  it('works once; the same key answers the same again, another key hears that it is too late', async () => {
    const { member, invitation, sheet } = await anInvited();
    const words = { questionId: invitation.questions[1].id, text: 'Fresh bread,\nfriendly people <b>&</b> زهرا' };
    const input = sheet(10, [words]);
    const first = await answer(member, input);
    expect(first).toMatchObject({
      ...{ __typename: 'AnswerSurveySuccess', pointsEarned: '0', replayed: false },
      invitation: { id: invitation.id, answeredAt: NOW.toISOString() },
    });
    expect(await answer(member, input)).toEqual({ ...first, replayed: true });
    expect(await answer(member, sheet(10))).toMatchObject({
      ...{ __typename: 'AlreadyAnswered', code: 'FEEDBACK_ALREADY_ANSWERED', retryable: false },
    });
  });

  it('is for the member who was asked: to every other member the invitation is not there', async () => {
    const { programmeId, member, sheet } = await anInvited();
    const absent = await answer(aMember(programmeId), { ...sheet(), invitationId: newId('inv') });
    expect(absent).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect(await answer(aMember(programmeId), sheet())).toEqual(absent);
    expect(await answer(aMember(aProgrammeId(), member.memberId), sheet())).toEqual(absent);
    for (const who of [anAdminOf(programmeId), aKeyOf(programmeId), nobody]) {
      expect(await answer(who, sheet())).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await answer(member, sheet())).toMatchObject({ __typename: 'AnswerSurveySuccess' });
  });

  it('refuses what does not fit the questions, and what comes too late', async () => {
    const { member, invitation, sheet } = await anInvited();
    const [nps, text] = invitation.questions;
    expect(await answer(member, sheet(11))).toMatchObject({
      ...{ __typename: 'ScoreOutOfRange', code: 'FEEDBACK_SCORE_OUT_OF_RANGE', questionId: nps.id, min: 0, max: 10 },
    });
    const missing = { __typename: 'AnswerMissing', code: 'FEEDBACK_ANSWER_MISSING', questionId: nps.id };
    expect(await answer(member, sheet(null))).toMatchObject(missing);
    expect(await answer(member, { ...sheet(), answers: [] })).toMatchObject(missing);
    for (const odd of [
      { questionId: nps.id, score: 9 },
      { questionId: newId('qst'), text: 'Hello' },
      { questionId: text.id, text: 'x'.repeat(2_001) },
    ]) {
      expect(await answer(member, sheet(9, [odd]))).toMatchObject({ code: 'INVALID_INPUT' });
    }
    clock.set(new Date('2026-03-31T10:00:00Z'));
    expect(await answer(member, sheet())).toMatchObject({
      ...{ __typename: 'InvitationExpired', code: 'FEEDBACK_INVITATION_EXPIRED' },
    });
  });

  it('goes on after the survey was closed', async () => {
    const { programmeId, survey, member, sheet } = await anInvited();
    await close(anAdminOf(programmeId), survey.id);
    expect(await answer(member, sheet())).toMatchObject({ __typename: 'AnswerSurveySuccess' });
  });
});

it('shows a referenced invitation to its member and to admins of its programme', async () => {
  const { programmeId, member, invitation } = await anInvited();
  const representations = [{ __typename: 'SurveyInvitation', id: invitation.id }];
  const seenBy = async (who: Principal) => (await ask(who, REFERENCES, { representations })).data._entities[0];
  const seen = { id: invitation.id, answeredAt: null, questions: [{ text: 'Recommend us?' }, { text: 'Why?' }] };
  for (const who of [member, anAdminOf(programmeId)]) expect(await seenBy(who)).toEqual(seen);
  for (const who of [aMember(programmeId), anAdminOf(aProgrammeId()), aKeyOf(programmeId), nobody]) {
    expect(await seenBy(who)).toBeNull();
  }
  const absent = [newId('inv'), 'no id'].map((id) => ({ __typename: 'SurveyInvitation', id }));
  expect((await ask(member, REFERENCES, { representations: absent })).data._entities).toEqual([null, null]);
});

it('answers fifty references with one query', async () => {
  const programmeId = aProgrammeId();
  await open(anAdminOf(programmeId));
  const buyers = Array.from({ length: 50 }, () => ({ memberId: aMemberId() }));
  await buy(programmeId, ...buyers);
  const { rows } = await database.pool.query('select id from invitation where programme_id = $1', [programmeId]);
  expect(rows).toHaveLength(50);
  const representations = rows.map(({ id }) => ({ __typename: 'SurveyInvitation', id }));
  const queries = jest.spyOn(database.dataSource.logger, 'logQuery');
  try {
    const { data } = await ask(anAdminOf(programmeId), REFERENCES, { representations });
    expect(data._entities.map(({ id }: { id: string }) => id)).toEqual(rows.map(({ id }) => id));
    expect(queries.mock.calls.filter(([query]) => /invitation/.test(String(query)))).toHaveLength(1);
  } finally {
    queries.mockRestore();
  }
});
