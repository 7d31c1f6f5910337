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

/** A change of where a partner stands. */
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
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PARTNER_SUSPENDED when it is suspended already,
 * PARTNERS_PARTNER_LEAVING when it is on its way out.
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
      if (partner.status === 'LEAVING') return refuse('PARTNERS_PARTNER_LEAVING', 'This partner is leaving already.');
      if (partner.status === 'SUSPENDED')
        return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner is suspended already.');
      const suspended: Partner = { ...partner, status: 'SUSPENDED' };
      await setPartnerStatus(tx, suspended, input.reason);
      return { partner: suspended };
    },
  });
}
