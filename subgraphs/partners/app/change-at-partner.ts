import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { Partner } from '../core/partner';
import { lockPartner } from '../data/partner.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/** Where and when one partner's part of a rule book is changed. */
export interface AtPartner {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  /** As it stands, locked. */
  readonly partner: Partner;
  readonly now: Date;
}

/**
 * Changes what was agreed with one partner, which is locked meanwhile.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND for a partner that is not of the admin's programme, and what the work does.
 */
export async function changeAtPartner<Value extends object>(
  setting: PartnersSetting,
  principal: Principal,
  change: {
    /** The mutation's name. */
    readonly operation: string;
    readonly input: { readonly idempotencyKey: string; readonly partnerId: string };
    readonly work: (tx: Tx, at: AtPartner) => Promise<Outcome<Value>>;
  },
): Promise<Replayable<Value & InRuleBook> | Refusal> {
  const { operation, input, work } = change;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId } = admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  return changeRuleBook(setting, {
    ...{ principal, operation, input, programmeId },
    work: async (tx, now) => {
      const partner = await lockPartner(tx, programmeId, partnerId);
      return partner === null ? notFound('partner') : work(tx, { programmeId, partnerId, partner, now });
    },
  });
}
