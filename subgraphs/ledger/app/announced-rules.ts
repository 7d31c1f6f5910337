import { z } from 'zod';
import { parseId, type PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { inPartyOrder } from '../core/movements/accrual';
import type { PurchaseRule } from '../core/rules/purchase-rule';

export const whole = z
  .string()
  .regex(/^[0-9]{1,18}$/)
  .transform(BigInt);
export const wholePoints = whole.transform(points);
export const days = z.number().int().min(0);
export const basisPoints = z.number().int().min(0).max(10_000);
export const period = z.enum(['DAY', 'MONTH', 'YEAR', 'EVER']);
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const partnerId = z
  .string()
  .refine((text) => parseId('ptr', text) !== null)
  .transform((text) => text as PartnerId);

const positive = whole.refine((value) => value > 0n);
const texts = z.array(z.string());
const purpose = z.enum(['ENROLMENT', 'EARNING', 'PERSONAL_OFFERS', 'LIFECYCLE']);
const rate = { points: whole, perAmountMinor: positive };
const effect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('RATE'), ...rate }),
  z.object({ kind: z.literal('EXTRA_RATE'), ...rate }),
  z.object({ kind: z.literal('BONUS'), points: whole }),
  z.object({ kind: z.literal('MULTIPLIER'), bps: z.number().int().min(10_000) }),
]);

const purchaseRule = z.object({
  id: z.string(),
  partnerId,
  name: z.string(),
  from: instant,
  until: instant.nullable(),
  channels: texts,
  branches: texts,
  categories: texts,
  skus: texts,
  tiers: texts,
  segments: texts,
  signUpDays: days.nullable(),
  minAmountMinor: whole,
  capPoints: whole.nullable(),
  rounding: z.enum(['DOWN', 'HALF_EVEN', 'UP']),
  priority: z.number().int(),
  group: z.string().nullable(),
  condition: z.string().nullable(),
  effect,
  campaign: z
    .object({
      id: z.string(),
      phase: z.enum(['TEASER', 'SOFT', 'IN_STORE', 'FULL']),
      purpose,
      budgetPoints: positive.nullable(),
      funding: z.array(z.object({ partnerId, bps: z.number().int().min(1).max(10_000) })).min(1),
    })
    .nullable(),
});

const experiment = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  kind: z.enum(['CAMPAIGN', 'ALL_CAMPAIGNS', 'REWARD', 'CHANNEL', 'PLACEMENT']),
  subject: z.string().nullable(),
  arms: z.array(z.object({ code: z.string(), weight: z.number().int().min(1), isControl: z.boolean() })).min(2),
  from: instant,
  until: instant.nullable(),
});

/** The parts of an announced rule book that say what a purchase earns beyond the base rate; books of before have none. */
export const announcedRules = {
  purchaseRules: z.array(purchaseRule).default([]),
  purposeBudgets: z.array(z.object({ partnerId, purpose, points: positive, period })).default([]),
  conversionRates: z
    .array(
      z.object({
        currency: z.string().length(3),
        day: z.iso.date(),
        rate: z.string().regex(/^[0-9]{1,9}([.][0-9]{1,12})?$/),
        source: z.string(),
      }),
    )
    .default([]),
  experiments: z.array(experiment).default([]),
};

/** An announced rule as the ledger executes it: shares in the order in which rounding has one owner. */
export function ruleOf({ campaign, ...rule }: z.infer<typeof purchaseRule>): PurchaseRule {
  if (campaign === null) return { ...rule, campaign };
  const funding = inPartyOrder(campaign.funding.map((share) => ({ partyId: share.partnerId, bps: share.bps })));
  return { ...rule, campaign: { ...campaign, funding } };
}
