import { z } from 'zod';
import type { EventReaction } from '../../../kernel/events/consumer';
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
});

/** `partners.rule_book.published.v1`: keeps where each partner stands. */
export const onRuleBookPublished: EventReaction = async (tx, { programmeId, payload }) => {
  const { version, partners } = ruleBook.parse(payload);
  await recordPartnerStandings(tx, programmeId, { version: BigInt(version), partners });
};
