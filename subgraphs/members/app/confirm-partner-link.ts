import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { parseId } from '../../../kernel/values/id';
import type { PartnerLink } from '../core/partner-link';
import { lockPartnerLink } from '../data/partner-link.store';
import { memberOf } from './authorise';
import { linkPartner } from './link-partner';
import type { MembersSetting } from './setting';

export interface Confirmation {
  readonly idempotencyKey: string;
  readonly partnerId: string;
}

/**
 * The member's word that a partner may read and redeem. Confirming an open link answers the same and changes nothing.
 *
 * Refuses FORBIDDEN unless a member asks, NOT_FOUND when no partner of that id enrolled this member.
 */
export async function confirmPartnerLink(
  setting: MembersSetting,
  principal: Principal,
  input: Confirmation,
): Promise<Replayable<{ link: PartnerLink }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const member = memberOf(principal);
  if (isRefusal(member)) return member;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner link');
  const { programmeId, memberId } = member;
  const command = {
    caller: callerOf(principal),
    operation: 'confirmPartnerLink',
    key: input.idempotencyKey,
    body: { partnerId },
  };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ link: PartnerLink }>> => {
      const link = await lockPartnerLink(tx, programmeId, { memberId, partnerId });
      if (link === null) return notFound('partner link');
      const { state } = await linkPartner(tx, programmeId, { ...link, state: 'OPEN', linkedAt: setting.clock.now() });
      return { link: { ...link, state } };
    }),
  );
  setting.announced();
  return outcome;
}
