import { newId } from '../../../kernel/values/id';
import { aSurvey } from '../testkit/builders';
import { answersFault, fitAnswers, type GivenAnswer } from './answer';
import { expiryOf, quietWindow, whyNotAnswerable } from './invitation';
import { scoreOf } from './score';
import { questionsOf, surveyFault } from './survey';

const [questionId, followUpId] = [newId('qst'), newId('qst')];
const questions = questionsOf({ questionId, question: 'Would you recommend us?', followUpId, followUp: 'Why?' });
const at = (iso: string) => new Date(iso);

describe('a net promoter score', () => {
  const score = (...given: number[]) => scoreOf(given.map((each) => ({ score: each, answers: 1 })));

  it('is per cent of promoters minus per cent of detractors', () => {
    expect(score(10, 9, 9, 8, 7, 7, 6, 3, 10, 0)).toEqual({
      ...{ promoters: 4, passives: 3, detractors: 3, answers: 10, nps: 10 },
    });
  });

  it.each([
    [[10, 9], 100],
    [[0, 6], -100],
    [[7, 8], 0],
    [[10, 10, 0], 33],
    [[10, 0, 0], -33],
    [[], 0],
  ])('of %j is %d', (given, nps) => expect(score(...given).nps).toBe(nps));

  it('counts every answer of a tally', () => {
    const tally = [
      { score: 9, answers: 3 },
      { score: 6, answers: 1 },
    ];
    expect(scoreOf(tally)).toMatchObject({ promoters: 3, detractors: 1, answers: 4, nps: 50 });
  });
});

describe('a survey', () => {
  it.each([
    ['input.idempotencyKey', { idempotencyKey: '' }],
    ['input.question', { question: ' ' }],
    ['input.question', { question: 'x'.repeat(501) }],
    ['input.followUp', { followUp: '\ud800' }],
    ['input.quietDays', { quietDays: 0 }],
    ['input.invitationDays', { invitationDays: 366 }],
  ])('names %s when that is what is wrong', (field, change) => {
    expect(surveyFault(aSurvey(change))).toMatchObject({ code: 'INVALID_INPUT', facts: { field } });
  });

  it('asks for a score, and for words only when there is a follow-up', () => {
    expect(questions.map(({ kind, text }) => [kind, text])).toEqual([
      ['NPS', 'Would you recommend us?'],
      ['TEXT', 'Why?'],
    ]);
    expect(questionsOf({ questionId, question: 'Well?', followUpId: null, followUp: null })).toHaveLength(1);
    expect(surveyFault(aSurvey({ followUp: null }))).toBeNull();
  });
});

describe('an invitation', () => {
  it('can be answered for as many days as the survey says, and not at the end of the last', () => {
    const expiresAt = expiryOf({ invitationDays: 30 }, at('2026-03-01T10:00:00Z'));
    expect(expiresAt).toEqual(at('2026-03-31T10:00:00Z'));
    const open = { answeredAt: null, expiresAt };
    expect(whyNotAnswerable(open, at('2026-03-31T09:59:59.999Z'))).toBeNull();
    expect(whyNotAnswerable(open, expiresAt)?.code).toBe('FEEDBACK_INVITATION_EXPIRED');
  });

  it('that was answered says so, even when it has expired since', () => {
    const expiresAt = at('2026-03-31T10:00:00Z');
    const answered = { answeredAt: at('2026-03-02T10:00:00Z'), expiresAt };
    expect(whyNotAnswerable(answered, expiresAt)?.code).toBe('FEEDBACK_ALREADY_ANSWERED');
  });

  it('keeps others away on both sides of its purchase', () => {
    expect(quietWindow({ quietDays: 90 }, at('2026-04-01T00:00:00Z'))).toEqual({
      ...{ after: at('2026-01-01T00:00:00Z'), before: at('2026-06-30T00:00:00Z') },
    });
  });
});

describe('answers', () => {
  const scored: GivenAnswer = { questionId, score: 9 };
  const worded: GivenAnswer = { questionId: followUpId, text: 'Fresh bread,\nfriendly people.' };
  const judge = (...answers: GivenAnswer[]) => answersFault(answers) ?? fitAnswers(questions, answers);

  it('are kept in the order of the questions', () => {
    expect(judge(worded, scored)).toEqual({
      score: 9,
      answers: [
        { questionId, kind: 'NPS', score: 9, text: null },
        { questionId: followUpId, kind: 'TEXT', score: null, text: worded.text },
      ],
    });
  });

  it('need no words', () => expect(judge(scored)).toMatchObject({ score: 9, answers: [{ kind: 'NPS' }] }));

  it.each([0, 10])('may score %d', (score) => expect(judge({ questionId, score })).toMatchObject({ score }));

  it.each([11, -1, 7.5, 2 ** 31])('may not score %d', (score) => {
    expect(judge({ questionId, score })).toMatchObject({
      ...{ code: 'FEEDBACK_SCORE_OUT_OF_RANGE', facts: { questionId, min: 0, max: 10 } },
    });
  });

  it.each([[[]], [[worded]], [[{ questionId }]]])('lack the score: %j', (answers) => {
    expect(judge(...answers)).toMatchObject({ code: 'FEEDBACK_ANSWER_MISSING', facts: { questionId } });
  });

  it.each<[string, GivenAnswer[]]>([
    ['input.answers[1].questionId', [scored, scored]],
    ['input.answers[1].questionId', [scored, { questionId: newId('qst'), text: 'Hello' }]],
    ['input.answers[0].text', [{ questionId, text: 'nine' }]],
    ['input.answers[0].choice', [{ questionId, score: 9, choice: 'nine' }]],
    ['input.answers[0].score', [{ questionId: followUpId, score: 9 }]],
    ['input.answers[0].text', [{ questionId: followUpId }]],
    ['input.answers[0].text', [{ questionId: followUpId, text: 'x'.repeat(2_001) }]],
    ['input.answers[0].text', [{ questionId: followUpId, text: 'half \ud83d' }]],
    ['input.answers[0].text', [{ questionId: followUpId, text: 'nul \u0000' }]],
    ['input.answers[0].text', [{ questionId: followUpId, text: ' \n ' }]],
  ])('are refused at %s: %j', (field, answers) => {
    expect(judge(...answers)).toMatchObject({ code: 'INVALID_INPUT', facts: { field } });
  });
});
