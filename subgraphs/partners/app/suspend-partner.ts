import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { firstFault, idempotencyKeyFault, textFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { parseId } from '../../../kernel/values/id';
import type { Partner } from '../core/partner';
import { refuse } from '../core/refusals';
import { lockPartner, setPartnerStatus } from '../data/partner.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

export interface Suspension {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** For those who later ask why. */
  readonly reason: string;
}

/**
 * Suspends a partner: its sales stop earning, as soon as the ledger reads the new rule book. Its keys stay valid, so that
 * its tills hear why they are refused; points it issued stay spendable elsewhere.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PARTNER_SUSPENDED when it is suspended already.
 */
export async function suspendPartner(
  setting: PartnersSetting,
  principal: Principal,
  input: Suspension,
): Promise<Replayable<{ partner: Partner } & InRuleBook> | Refusal> {
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), textFault('input.reason', input.reason));
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  return changeRuleBook(setting, {
    principal,
    operation: 'suspendPartner',
    input,
    programmeId: admin.programmeId,
    work: async (tx) => {
      const partner = await lockPartner(tx, admin.programmeId, partnerId);
      if (partner === null || partner.status === 'LEFT') return notFound('partner');
      if (partner.status === 'SUSPENDED')
        return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner is suspended already.');
      await setPartnerStatus(tx, partner, { status: 'SUSPENDED', reason: input.reason });
      return { partner: { ...partner, status: 'SUSPENDED' } };
    },
  });
}
