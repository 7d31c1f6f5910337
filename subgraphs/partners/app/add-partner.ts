import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { newId } from '../../../kernel/values/id';
import { newPartnerFault, type NewPartner, type Partner } from '../core/partner';
import { refuse } from '../core/refusals';
import { insertPartner } from '../data/partner.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * Takes a business into the coalition; it earns and redeems once it has a contract and an earning rule.
 *
 * Refuses FORBIDDEN unless an admin asks, PARTNERS_PARTNER_CODE_TAKEN.
 */
export async function addPartner(
  setting: PartnersSetting,
  principal: Principal,
  input: NewPartner,
): Promise<Replayable<{ partner: Partner } & InRuleBook> | Refusal> {
  const fault = newPartnerFault(input);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { idempotencyKey: _, ...asked } = input;
  return changeRuleBook(setting, {
    principal,
    operation: 'addPartner',
    input,
    programmeId: admin.programmeId,
    work: async (tx, now) => {
      const { programmeId } = admin;
      const partner: Partner = { ...asked, id: newId('ptr'), programmeId, status: 'ACTIVE', leavingSince: null };
      if (await insertPartner(tx, partner, now)) return { partner };
      return refuse('PARTNERS_PARTNER_CODE_TAKEN', `The code ${input.code} is taken.`);
    },
  });
}
