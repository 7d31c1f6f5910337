import { z } from 'zod';
import type { CurrencyCode } from '../../../kernel/values/money';
import { parseId, type ProgrammeId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import type { RuleBook } from '../core/rule-book';
import {
  announcedRules,
  basisPoints,
  days,
  instant,
  partnerId,
  period,
  ruleOf,
  whole,
  wholePoints,
} from './announced-rules';

const programmeId = z
  .string()
  .refine((text) => parseId('prg', text) !== null)
  .transform((text) => text as ProgrammeId);

const expiryPolicy = z.object({
  kind: z.enum(['FIXED', 'ROLLING', 'END_OF_PERIOD']),
  period: z.enum(['MONTH', 'QUARTER', 'YEAR']),
  warningDays: z.array(days),
});
const tier = z
  .object({
    code: z.string(),
    name: z.string(),
    thresholdPoints: whole,
    multiplierBps: z.number().int().min(10_000).optional(),
    benefits: z.array(z.object({ texts: z.array(z.object({ language: z.string(), text: z.string() })) })).optional(),
  })
  .transform(({ thresholdPoints, ...rung }) => ({ ...rung, threshold: points(thresholdPoints) }));

/**
 * The rule book as partners announces it; unknown fields are passed over, so that partners may add to it, and terms that books
 * announced earlier do not name are what they were then: none.
 */
const payload = z.object({
  version: whole,
  programme: z.object({
    id: programmeId,
    key: z.string(),
    currency: z.string().length(3),
    timeZone: z.string(),
    isSandbox: z.boolean(),
    singleApprover: z.boolean(),
    disputeWindowDays: z.number().int().min(0),
    pointsValidityDays: z.number().int().min(1).nullable(),
    opensAt: instant,
    faceValueMicros: whole.default(0n),
    defaultLanguage: z.string().optional(),
    expiry: expiryPolicy.default({ kind: 'FIXED', period: 'YEAR', warningDays: [30, 7, 1] }),
    drawOrder: z.enum(['FIRST_TO_EXPIRE', 'PRO_RATA_BY_ISSUER']).default('FIRST_TO_EXPIRE'),
    reversalGraceDays: days.default(0),
    arrearsLimitPoints: wholePoints.nullable().default(null),
    stepUpAbovePoints: wholePoints.nullable().default(null),
    receiptClaimDays: days.default(30),
    missingPointsAnswerDays: days.default(14),
    tierPolicy: z
      .object({
        period: z.enum(['LIFETIME', 'CALENDAR_YEAR', 'ROLLING_YEAR']),
        graceDays: days,
        noticeDays: days,
      })
      .default({ period: 'LIFETIME', graceDays: 0, noticeDays: 0 }),
  }),
  partners: z.array(
    z.object({
      id: partnerId,
      code: z.string(),
      canIssue: z.boolean(),
      canRedeem: z.boolean(),
      status: z.enum(['ACTIVE', 'SUSPENDED', 'LEAVING', 'LEFT']),
      leavingSince: instant.nullable().default(null),
      branches: z
        .array(
          z.object({ code: z.string(), channels: z.array(z.string()), opensAt: instant, closedAt: instant.nullable() }),
        )
        .default([]),
    }),
  ),
  contracts: z.array(
    z.object({
      partnerId,
      version: z.number().int().min(1),
      validFrom: instant,
      settlementModel: z.enum(['AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID']),
      reimbursementMicros: whole,
      issuanceMicros: whole.default(0n),
      feeMicros: whole,
      prefundBps: basisPoints.default(0),
      breakageShareBps: basisPoints.default(0),
      releaseOnFunding: z.boolean().default(false),
      issuanceCap: z.object({ points: wholePoints, period }).nullable().default(null),
      netDebitCapMicros: whole.nullable().default(null),
      netDebitAlertBps: basisPoints.default(8_000),
    }),
  ),
  earningRules: z.array(
    z.object({
      id: z.string(),
      partnerId,
      validFrom: instant,
      points: whole,
      perAmountMinor: whole,
      pendingDays: days.default(0),
    }),
  ),
  actionRules: z
    .array(
      z.object({
        id: z.string(),
        partnerId,
        validFrom: instant,
        action: z.string(),
        points: wholePoints,
        limit: z.object({ count: z.number().int().min(1), period }).nullable(),
        distinctBy: z.string().nullable(),
        condition: z.string().nullable().optional(),
        tiers: z.array(z.string()).optional(),
        tierPoints: z.array(z.object({ tier: z.string(), points: wholePoints })).optional(),
        signUpDays: days.nullable().optional(),
      }),
    )
    .default([]),
  tiers: z.array(tier),
  termsChanges: z
    .array(
      z.object({
        version: z.number().int().min(2),
        takesEffectAt: instant,
        ruleBookVersion: whole,
        terms: z.object({
          faceValueMicros: whole,
          pointsValidityDays: z.number().int().min(1).nullable(),
          expiry: expiryPolicy,
          arrearsLimitPoints: wholePoints.nullable(),
          stepUpAbovePoints: wholePoints.nullable(),
          tiers: z.array(tier),
        }),
      }),
    )
    .default([]),
  ...announcedRules,
});

/**
 * Reads a rule book announced by partners; the same text is kept in the projection and read again by this.
 *
 * @throws ZodError when it is not one: the feed stops there and says so, rather than post by half a book
 */
export function readRuleBook(body: unknown): RuleBook {
  const { version, programme, partners, contracts, earningRules, actionRules, tiers, ...rules } = payload.parse(body);
  const { id, key, currency, ...rest } = programme;
  return {
    version,
    programmeId: id,
    programmeKey: key,
    currency: currency as CurrencyCode,
    ...rest,
    partners,
    contracts,
    earningRules,
    actionRules,
    purchaseRules: rules.purchaseRules.map(ruleOf),
    purposeBudgets: rules.purposeBudgets,
    conversionRates: rules.conversionRates,
    experiments: rules.experiments,
    tiers,
    termsChanges: rules.termsChanges,
  };
}
