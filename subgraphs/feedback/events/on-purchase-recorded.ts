import { z } from 'zod';
import type { EventReaction } from '../../../kernel/events/consumer';
import { inviteAfterPurchase } from '../app/invite-after-purchase';
import type { FeedbackSetting } from '../app/setting';

/** As much of a purchase as feedback needs; points without a purchase at a partner ask nobody anything. */
const purchase = z.object({
  memberId: z.string().regex(/^mem_[0-9a-f]{32}$/),
  partnerId: z
    .string()
    .regex(/^ptr_[0-9a-f]{32}$/)
    .nullish(),
  purchaseId: z.string().nullish(),
});

/** `ledger.purchase.recorded.v1`: invites the buyer to the running survey. */
export function onPurchaseRecorded(setting: FeedbackSetting): EventReaction {
  return async (tx, { id, programmeId, recordedAt, payload }) => {
    const { memberId, partnerId, purchaseId } = purchase.parse(payload);
    if (!partnerId || !purchaseId) return;
    await inviteAfterPurchase(setting, tx, programmeId, {
      memberId,
      partnerId,
      sourceEventId: id,
      recordedAt: new Date(recordedAt),
    });
  };
}
