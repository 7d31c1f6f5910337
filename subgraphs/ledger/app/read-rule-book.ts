import { z } from 'zod';
import type { CurrencyCode } from '../../../kernel/values/money';
import { parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import type { RuleBook } from '../core/rule-book';

const whole = z
  .string()
  .regex(/^[0-9]{1,18}$/)
  .transform(BigInt);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const partnerId = z
  .string()
  .refine((text) => parseId('ptr', text) !== null)
  .transform((text) => text as PartnerId);
const programmeId = z
  .string()
  .refine((text) => parseId('prg', text) !== null)
  .transform((text) => text as ProgrammeId);

/** The rule book as partners announces it; unknown fields are passed over, so that partners may add to it. */
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
  }),
  partners: z.array(
    z.object({
      id: partnerId,
      code: z.string(),
      canIssue: z.boolean(),
      canRedeem: z.boolean(),
      status: z.enum(['ACTIVE', 'SUSPENDED', 'LEFT']),
    }),
  ),
  contracts: z.array(
    z.object({
      partnerId,
      version: z.number().int().min(1),
      validFrom: instant,
      settlementModel: z.literal('AT_REDEMPTION'),
      reimbursementMicros: whole,
      feeMicros: whole,
    }),
  ),
  earningRules: z.array(
    z.object({ id: z.string(), partnerId, validFrom: instant, points: whole, perAmountMinor: whole }),
  ),
  tiers: z.array(z.object({ code: z.string(), name: z.string(), thresholdPoints: whole })),
});

/**
 * Reads a rule book announced by partners; the same text is kept in the projection and read again by this.
 *
 * @throws ZodError when it is not one: the feed stops there and says so, rather than post by half a book
 */
export function readRuleBook(body: unknown): RuleBook {
  const { version, programme, partners, contracts, earningRules, tiers } = payload.parse(body);
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
    tiers: tiers.map((tier) => ({ code: tier.code, name: tier.name, threshold: points(tier.thresholdPoints) })),
  };
}
