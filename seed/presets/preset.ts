import { z } from 'zod';

const whole = z.string().regex(/^\d{1,18}$/);
const code = z.string().regex(/^[A-Z][A-Z0-9]{0,19}$/);
const text = z.string().min(1).max(200);
/** The code with which the hub refuses. */
const refusal = z.string().regex(/^LEDGER_[A-Z_]+$/);
const facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const rule = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  name: text,
  effect: z.strictObject({
    kind: z.enum(['RATE', 'EXTRA_RATE', 'MULTIPLIER', 'BONUS']),
    points: whole.optional(),
    perAmountMinor: whole.optional(),
    bps: z.number().int().optional(),
  }),
  channels: z.array(z.enum(['TILL', 'ONLINE', 'APP'])).optional(),
  skus: z.array(text).optional(),
  condition: z.string().optional(),
});

const action = z.strictObject({
  action: z.string().regex(/^[a-z]+(\.[a-z]+)*$/),
  points: whole,
  limit: z.strictObject({ count: z.number().int().min(1), period: z.string() }).optional(),
  distinctBy: z.string().optional(),
  condition: z.string().optional(),
});

const step = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('purchase'),
    at: code,
    amountMinor: whole,
    channel: z.enum(['TILL', 'ONLINE', 'APP']).optional(),
    attributes: facts.optional(),
    lines: z.array(z.strictObject({ sku: text, quantity: z.number().int(), amountMinor: whole })).optional(),
    earns: whole,
  }),
  z.strictObject({
    do: z.literal('action'),
    at: code,
    action: text,
    attributes: facts.optional(),
    earns: whole.or(refusal),
  }),
  z.strictObject({ do: z.literal('reward'), reward: text, leaves: whole }),
  z.strictObject({ do: z.literal('donation'), at: code, points: whole, leaves: whole }),
]);

/** What a file of seed/presets holds: a brand's programme as the public graph takes it, and a story that shows what it does. */
export const presetSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: text,
  programme: z.strictObject({
    name: text,
    currencyName: text,
    currency: z.string().length(3),
    faceValueMicros: whole,
    timeZone: z.string(),
    defaultLanguage: z.string(),
    pointsValidityDays: z.number().int().nullable(),
    tiers: z.array(z.strictObject({ code, name: text, thresholdPoints: whole })).min(1),
  }),
  partners: z
    .array(
      z.strictObject({
        code,
        name: text,
        rate: z.strictObject({ points: whole, perAmountMinor: whole }),
        actions: z.array(action),
        rules: z.array(rule),
        rewards: z.array(z.strictObject({ name: text, pricePoints: whole })),
      }),
    )
    .min(1),
  /** What the brand does and the hub cannot do yet, or leaves to the brand. */
  leftOut: z.array(text).min(1),
  /** What a member does, and the points that come of it, or the code of the refusal. */
  story: z.array(step).min(1),
});

export type Preset = z.infer<typeof presetSchema>;
export type StoryStep = Preset['story'][number];
