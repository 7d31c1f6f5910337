import { divideHalfEven } from '../../../kernel/values/rounding';

/** The scale of a net promoter question, both ends included. */
export const NPS_SCALE = { min: 0, max: 10 } as const;

/** How many gave each score. */
export type Tally = readonly { readonly score: number; readonly answers: number }[];

/** What a survey found. */
export interface SurveyScore {
  /** Gave 9 or 10. */
  readonly promoters: number;
  /** Gave 7 or 8. */
  readonly passives: number;
  /** Gave 0 to 6. */
  readonly detractors: number;
  readonly answers: number;
  /** From −100 to 100; 0 when nobody has answered. */
  readonly nps: number;
}

/**
 * The net promoter score: per cent of promoters minus per cent of detractors, rounded once to a whole number, ties to even.
 *
 * @example 10, 9, 9, 8, 7, 7, 6, 3, 10, 0 → 40 % − 30 % = 10
 */
export function scoreOf(tally: Tally): SurveyScore {
  const count = (from: number, to: number): number =>
    tally.filter(({ score }) => score >= from && score <= to).reduce((sum, { answers }) => sum + answers, 0);
  const [detractors, passives, promoters] = [count(0, 6), count(7, 8), count(9, 10)];
  const answers = detractors + passives + promoters;
  const nps = answers === 0 ? 0 : Number(divideHalfEven(BigInt((promoters - detractors) * 100), BigInt(answers)));
  return { promoters, passives, detractors, answers, nps };
}
