import { join } from 'node:path';
import { projectRoot } from '../../../kernel/config/project-root';
import { runInvariants } from '../../../kernel/db/invariants';
import { inTransaction, sqlStateOf } from '../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { HubEvent } from '../../../kernel/events/event';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import type { ProgrammeId } from '../../../kernel/values/id';
import { answerSurvey } from '../app/answer-survey';
import { closeSurvey } from '../app/close-survey';
import { openSurvey } from '../app/open-survey';
import { readOpenInvitations } from '../app/read-invitations';
import type { FeedbackSetting } from '../app/setting';
import type { Invitation } from '../core/invitation';
import type { Survey, SurveyPlan } from '../core/survey';
import { onPurchaseRecorded } from '../events/on-purchase-recorded';
import { aMember, anAdminOf, aProgrammeId, aPurchase, aSurvey, freshKey } from '../testkit/builders';
import { feedbackDatabase } from './database';

const INVARIANTS = join(projectRoot(), 'subgraphs/feedback/invariants');
const NOW = new Date('2026-03-01T10:00:00Z');

let database: TestDatabase;
let setting: FeedbackSetting;
beforeAll(async () => {
  database = await openTestDatabase(feedbackDatabase, { poolSize: 20 });
  setting = { database, clock: new FixedClock(NOW), announced: () => {} };
});
afterAll(() => database.drop());

function value<V>(outcome: V | Refusal): Exclude<V, Refusal> {
  if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome as Exclude<V, Refusal>;
}

type Member = ReturnType<typeof aMember>;

async function aRunningSurvey(programmeId: ProgrammeId, change: Partial<SurveyPlan> = {}, on = setting) {
  return value(await openSurvey(on, anAdminOf(programmeId), aSurvey(change))).survey;
}

const hear = (event: HubEvent, on = setting) => inTransaction(on.database, (tx) => onPurchaseRecorded(on)(tx, event));

const openFor = async (member: Member, on = setting): Promise<Invitation[]> =>
  value(await readOpenInvitations(on, member, { after: null, limit: 10 }));

/** A member who was asked, and what it was asked. */
async function anInvited(on = setting, programmeId = aProgrammeId()) {
  const survey = await aRunningSurvey(programmeId, {}, on);
  const member = aMember(programmeId);
  await hear(aPurchase(member), on);
  const [invitation] = await openFor(member, on);
  return { survey, member, invitation: invitation!, sheet: sheetFor(invitation!) };
}

const sheetFor = ({ id, questions }: Invitation, score = 9) => ({
  ...{ idempotencyKey: freshKey(), invitationId: id },
  answers: [
    { questionId: questions[0]!.id, score },
    { questionId: questions[1]!.id, text: 'Fresh bread' },
  ],
});

async function redInvariants(on: TestDatabase = database): Promise<string[]> {
  return (await runInvariants(on, INVARIANTS)).filter(({ total }) => total > 0).map(({ name }) => name);
}

describe('inviting', () => {
  it('asks a buyer once within the quiet period, in whatever order purchases arrive', async () => {
    const programmeId = aProgrammeId();
    await aRunningSurvey(programmeId);
    const member = aMember(programmeId);
    const countAfter = async (recordedAt: string) => {
      await hear(aPurchase(member, recordedAt));
      return (await openFor(member)).length;
    };
    expect(await countAfter('2025-06-01T00:00:00.000Z')).toBe(1);
    expect(await countAfter('2025-08-29T23:59:59.999Z')).toBe(1);
    expect(await countAfter('2025-03-04T00:00:00.000Z')).toBe(1);
    expect(await countAfter('2025-08-30T00:00:00.000Z')).toBe(2);
    expect(await countAfter('2025-03-03T00:00:00.000Z')).toBe(3);
  });

  it('hears the same purchase twice without harm', async () => {
    const programmeId = aProgrammeId();
    await aRunningSurvey(programmeId);
    const member = aMember(programmeId);
    const purchase = aPurchase(member);
    await hear(purchase);
    await hear(purchase);
    // Even with a time that the quiet period would let pass.
    await hear({ ...purchase, recordedAt: '2027-03-01T10:00:00.000Z' });
    expect(await openFor(member)).toHaveLength(1);
  });

  it('asks nobody without a running survey, in another programme, or for points without a purchase', async () => {
    const programmeId = aProgrammeId();
    const member = aMember(programmeId);
    await hear(aPurchase(member));
    const survey = await aRunningSurvey(programmeId);
    await hear(aPurchase({ ...member, programmeId: aProgrammeId() }));
    const { payload, ...event } = aPurchase(member);
    await hear({ ...event, payload: { ...(payload as object), purchaseId: undefined } });
    await hear({ ...event, payload: { ...(payload as object), partnerId: null } });
    value(await closeSurvey(setting, anAdminOf(programmeId), { idempotencyKey: freshKey(), surveyId: survey.id }));
    await hear(aPurchase(member));
    expect(await openFor(member)).toEqual([]);
  });

  it('gives time to answer from now on, however long ago the purchase was', async () => {
    const programmeId = aProgrammeId();
    await aRunningSurvey(programmeId, { invitationDays: 7 });
    const member = aMember(programmeId);
    await hear(aPurchase(member, '2019-01-01T00:00:00.000Z'));
    expect((await openFor(member))[0]?.expiresAt).toEqual(new Date('2026-03-08T10:00:00Z'));
  });
});

describe('answering', () => {
  it('keeps the words, and announces the score alone', async () => {
    const { survey, member, invitation, sheet } = await anInvited();
    value(await answerSurvey(setting, member, sheet));
    const { rows } = await database.pool.query('select type, payload from outbox where aggregate_id = $1', [
      invitation.id,
    ]);
    expect(rows).toEqual([
      {
        type: 'feedback.survey.answered.v1',
        payload: {
          ...{ memberId: member.memberId, partnerId: invitation.partnerId, surveyId: survey.id },
          ...{ invitationId: invitation.id, score: 9 },
        },
      },
    ]);
    const { rows: kept } = await database.pool.query(
      'select kind, score, text from answer where invitation_id = $1 order by kind',
      [invitation.id],
    );
    expect(kept).toEqual([
      { kind: 'NPS', score: 9, text: null },
      { kind: 'TEXT', score: null, text: 'Fresh bread' },
    ]);
  });

  it('keeps one of sixteen answers given at once', async () => {
    const { member, invitation } = await anInvited();
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, n) => answerSurvey(setting, member, sheetFor(invitation, n % 11))),
    );
    const refused = outcomes.filter(isRefusal);
    expect(refused.map(({ code }) => code)).toEqual(Array(15).fill('FEEDBACK_ALREADY_ANSWERED'));
    const { rows } = await database.pool.query(
      `select (select count(*)::int from answer where invitation_id = $1 and kind = 'NPS') as scores,
              (select count(*)::int from outbox where aggregate_id = $1) as announced`,
      [invitation.id],
    );
    expect(rows).toEqual([{ scores: 1, announced: 1 }]);
  });

  it('leaves nothing behind of answers that were refused', async () => {
    const { member, invitation } = await anInvited();
    expect(await answerSurvey(setting, member, sheetFor(invitation, 11))).toMatchObject({
      code: 'FEEDBACK_SCORE_OUT_OF_RANGE',
    });
    expect(await openFor(member)).toHaveLength(1);
    value(await answerSurvey(setting, member, sheetFor(invitation, 10)));
  });
});

describe('opening', () => {
  it('runs one of eight surveys opened at once', async () => {
    const programmeId = aProgrammeId();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => openSurvey(setting, anAdminOf(programmeId), aSurvey())),
    );
    expect(outcomes.filter(isRefusal).map(({ code }) => code)).toEqual(Array(7).fill('FEEDBACK_SURVEY_RUNNING'));
  });
});

describe('the database itself', () => {
  const stateOf = (sql: string, values: unknown[]) =>
    database.pool.query(sql, values).then(
      () => undefined,
      (error: unknown) => sqlStateOf(error),
    );

  it('refuses a second running survey, a score of 11, and a second answer to a question', async () => {
    const { survey, member, invitation, sheet } = await anInvited();
    const insert = `insert into answer values ($1, $2, $3, 'NPS', $4, null)`;
    const { programmeId } = member;
    expect(await stateOf(insert, [programmeId, invitation.id, survey.questionId, 11])).toBe('23514');
    expect(await stateOf(insert, [programmeId, invitation.id, survey.questionId, null])).toBe('23514');
    value(await answerSurvey(setting, member, sheet));
    expect(await stateOf(insert, [programmeId, invitation.id, survey.questionId, 3])).toBe('23505');
    const second = `insert into survey
      select 'svy_' || md5(id), programme_id, 'qst_' || md5(id), question, null, null, quiet_days, invitation_days,
             status, opened_at, closed_at
        from survey where id = $1`;
    expect(await stateOf(second, [survey.id])).toBe('23505');
  });
});

describe('invariants', () => {
  it('are green on what use cases made', async () => expect(await redInvariants()).toEqual([]));

  it.each([
    ['every-answered-invitation-was-announced-once', 'delete from outbox'],
    ['every-answered-invitation-was-announced-once', `update outbox set payload = payload || '{"score": 3}'`],
    ['answers-fit-their-survey', `delete from answer where kind = 'NPS'`],
    ['answers-fit-their-survey', 'update invitation set answered_at = null'],
    ['answers-fit-their-survey', `update answer set question_id = 'qst_' || md5(question_id) where kind = 'TEXT'`],
    [
      'the-quiet-period-was-kept',
      `insert into invitation
       select 'inv_' || repeat('f', 32), programme_id, survey_id, member_id, partner_id, 'another',
              purchase_recorded_at - interval '89 days', created_at, expires_at
         from invitation limit 1`,
    ],
  ])('%s is red on a copy after %s', async (name, corruption) => {
    const copy = await openTestDatabase(feedbackDatabase);
    try {
      const on = { ...setting, database: copy };
      const { member, sheet, survey } = await anInvited(on);
      value(await answerSurvey(on, member, sheet));
      await hear(aPurchase(aMember(member.programmeId)), on);
      await closeAndReopen(on, member.programmeId, survey);
      expect(await redInvariants(copy)).toEqual([]);
      await copy.asOwner(corruption);
      expect(await redInvariants(copy)).toContain(name);
    } finally {
      await copy.drop();
    }
  });

  /** Another survey with a shorter quiet period, and a purchase that only the former would have kept quiet about. */
  async function closeAndReopen(on: FeedbackSetting, programmeId: ProgrammeId, { id }: Survey): Promise<void> {
    const member = aMember(programmeId);
    await hear(aPurchase(member), on);
    value(await closeSurvey(on, anAdminOf(programmeId), { idempotencyKey: freshKey(), surveyId: id }));
    await aRunningSurvey(programmeId, { quietDays: 10 }, on);
    await hear(aPurchase(member, '2026-03-12T10:00:00.000Z'), on);
    expect(await openFor(member, on)).toHaveLength(2);
  }
});
