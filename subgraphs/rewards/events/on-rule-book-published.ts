import { z } from 'zod';
import type { EventReaction } from '../../../kernel/events/consumer';
import { recordRuleBook } from '../app/record-rule-book';

/** What rewards reads of the rule book; the rest of the payload is not our business. */
const ruleBook = z.object({
  version: z.string().regex(/^\d+$/).transform(BigInt),
  partners: z.array(
    z
      .object({
        id: z.string().startsWith('ptr_'),
        canRedeem: z.boolean(),
        status: z.enum(['ACTIVE', 'SUSPENDED', 'LEAVING', 'LEFT']),
      })
      .transform(({ id, canRedeem, status }) => ({
        partnerId: id as `ptr_${string}` as never,
        canRedeem,
        isActive: status === 'ACTIVE',
      })),
  ),
});

/** `partners.rule_book.published.v1`: who accepts points. */
export const onRuleBookPublished: EventReaction = async (tx, { programmeId, payload }) => {
  await recordRuleBook(tx, programmeId, ruleBook.parse(payload));
};
