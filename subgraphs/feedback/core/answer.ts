import { expectThat, firstFault, ifGiven, textFault, type Fault } from '../../../kernel/errors/check-input';
import type { Outcome } from '../../../kernel/errors/refusal';
import { invalidInput } from '../../../kernel/errors/shared-refusals';
import { refuse } from './refusals';
import { NPS_SCALE } from './score';
import type { QuestionId, SurveyQuestion } from './survey';

/** What somebody answers to one question: a score, a choice or words, as the question's kind says. */
export interface GivenAnswer {
  readonly questionId: string;
  readonly score?: number | null;
  readonly choice?: string | null;
  readonly text?: string | null;
}

/** An answer that fits its question. */
export type Answer =
  | { readonly kind: 'NPS'; readonly questionId: QuestionId; readonly score: number; readonly text: null }
  | { readonly kind: 'TEXT'; readonly questionId: QuestionId; readonly score: null; readonly text: string };

const TEXT_LONGEST = 2_000;

/** What is wrong with answers whatever was asked: a question answered twice, text that cannot be kept as it is. */
export function answersFault(answers: readonly GivenAnswer[]): Fault {
  const ids = answers.map(({ questionId }) => questionId);
  return firstFault(
    ...answers.map(({ questionId, text }, index) =>
      firstFault(
        expectThat(fieldOf(index, 'questionId'), ids.indexOf(questionId) === index, 'is answered twice'),
        // Members write in paragraphs, so line breaks and tabs pass.
        ifGiven(text, (words) => textFault(fieldOf(index, 'text'), words.replace(/[\r\n\t]/g, ' '), TEXT_LONGEST)),
      ),
    ),
  );
}

/**
 * Fits answers to the questions asked.
 *
 * @returns the answers in the order of the questions; or INVALID_INPUT for an answer to something not asked or of another
 *          kind, FEEDBACK_SCORE_OUT_OF_RANGE, FEEDBACK_ANSWER_MISSING when the score is not among them
 */
export function fitAnswers(
  questions: readonly SurveyQuestion[],
  given: readonly GivenAnswer[],
): Outcome<{ score: number; answers: readonly Answer[] }> {
  const fault = firstFault(...given.map((answer, index) => misfit(questions, answer, index)));
  if (fault !== null) return fault;
  const question = questions.find(({ kind }) => kind === 'NPS');
  if (question === undefined) throw new TypeError('fitAnswers: a survey without a score');
  const answerTo = (id: QuestionId) => given.find(({ questionId }) => questionId === id);
  const score = answerTo(question.id)?.score ?? null;
  if (score === null) {
    return refuse('FEEDBACK_ANSWER_MISSING', 'This survey needs a score.', { questionId: question.id });
  }
  const { min, max } = NPS_SCALE;
  if (!Number.isInteger(score) || score < min || score > max) {
    const facts = { questionId: question.id, min, max };
    return refuse('FEEDBACK_SCORE_OUT_OF_RANGE', `The score must be a whole number from ${min} to ${max}.`, facts);
  }
  const answers = questions.flatMap(({ id, kind }): Answer[] => {
    const text = answerTo(id)?.text ?? null;
    if (kind === 'NPS') return [{ kind, questionId: id, score, text: null }];
    return kind === 'TEXT' && text !== null ? [{ kind, questionId: id, score: null, text }] : [];
  });
  return { score, answers };
}

/** What of the three an answer to each kind of question carries. */
const CARRIES: Readonly<Record<SurveyQuestion['kind'], 'score' | 'choice' | 'text'>> = {
  NPS: 'score',
  CSAT: 'score',
  CHOICE: 'choice',
  TEXT: 'text',
  PROFILE: 'text',
};

/** An answer to a question that was not asked, or of another kind than the question; a score may be missing here. */
function misfit(questions: readonly SurveyQuestion[], answer: GivenAnswer, index: number): Fault {
  const question = questions.find(({ id }) => id === answer.questionId);
  if (question === undefined) return invalidInput(fieldOf(index, 'questionId'), 'is no question of this survey');
  const carried = CARRIES[question.kind];
  const others = (['score', 'choice', 'text'] as const).filter((part) => part !== carried);
  return firstFault(
    ...others.map((part) =>
      ifGiven(answer[part], () => invalidInput(fieldOf(index, part), `the question asks for a ${carried}`)),
    ),
    expectThat(fieldOf(index, carried), carried === 'score' || answer[carried] != null, 'must be given'),
  );
}

const fieldOf = (index: number, part: string): string => `input.answers[${index}].${part}`;
