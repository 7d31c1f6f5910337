import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { firstFault, idempotencyKeyFault, textFault } from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import type { Partner } from '../core/partner';
import { refuse } from '../core/refusals';
import { setPartnerStatus } from '../data/partner.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
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
  return changeAtPartner(setting, principal, {
    operation: 'suspendPartner',
    input,
    work: async (tx, { partner }) => {
      if (partner.status === 'LEFT') return notFound('partner');
      if (partner.status === 'SUSPENDED')
        return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner is suspended already.');
      await setPartnerStatus(tx, partner, { status: 'SUSPENDED', reason: input.reason });
      return { partner: { ...partner, status: 'SUSPENDED' } };
    },
  });
}
