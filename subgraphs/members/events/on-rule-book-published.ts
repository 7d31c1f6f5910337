import { z } from 'zod';
import type { EventReaction } from '../../../kernel/events/consumer';
import { recordTerms } from '../app/record-terms';
import { recordPartnerStandings } from '../app/record-partner-standings';

/** As much of the rule book as members needs. */
const ruleBook = z.object({
  version: z.string().regex(/^[0-9]+$/),
  partners: z.array(
    z.object({
      id: z.string().regex(/^ptr_[0-9a-f]{32}$/),
      status: z.enum(['ACTIVE', 'SUSPENDED', 'LEAVING', 'LEFT']),
    }),
  ),
  termsChanges: z
    .array(
      z.object({
        version: z.number().int().min(2),
        takesEffectAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
        texts: z.array(z.object({ language: z.string(), text: z.string() })),
      }),
    )
    .default([]),
});

/** `partners.rule_book.published.v1`: keeps where each partner stands, and what members are to be told of changed terms. */
export const onRuleBookPublished: EventReaction = async (tx, { programmeId, payload, recordedAt }) => {
  const { version, partners, termsChanges } = ruleBook.parse(payload);
  await recordPartnerStandings(tx, programmeId, { version: BigInt(version), partners });
  await recordTerms(tx, programmeId, { changes: termsChanges, at: new Date(recordedAt) });
};
