import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { Partner } from '../core/partner';
import { lockPartner } from '../data/partner.store';
import { adminOf, type Asker } from './authorise';
import { changeRuleBook, underRuleBook, type InRuleBook, type RuleBookChange } from './change-rule-book';
import type { PartnersSetting } from './setting';

/** Where and when one partner's part of a rule book is changed. */
export interface AtPartner {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  /** As it stands, locked. */
  readonly partner: Partner;
  /** Who asked. */
  readonly subject: string;
  readonly now: Date;
}

/** Work at one partner, which is locked meanwhile. */
export interface PartnerWork<Value extends object> {
  /** The mutation's name. */
  readonly operation: string;
  readonly input: { readonly idempotencyKey: string; readonly partnerId: string };
  /** Who may; an admin when not given. */
  readonly by?: (principal: Principal) => Asker | Refusal;
  /** What is wrong with the input by itself; asked once the caller is known to be allowed. */
  readonly fault?: () => Refusal | null;
  readonly work: (tx: Tx, at: AtPartner) => Promise<Outcome<Value>>;
}

/**
 * Changes what was agreed with one partner, and publishes the rule book.
 *
 * Refuses FORBIDDEN to all but those `by` lets through, NOT_FOUND for a partner that is not of their programme, and what the
 * work does.
 */
export async function changeAtPartner<Value extends object>(
  setting: PartnersSetting,
  principal: Principal,
  work: PartnerWork<Value>,
): Promise<Replayable<Value & InRuleBook> | Refusal> {
  const change = atPartner(principal, work);
  return isRefusal(change) ? change : changeRuleBook(setting, change);
}

/** As `changeAtPartner`, for work that prepares a change and makes none: nothing is published. */
export async function prepareAtPartner<Value extends object>(
  setting: PartnersSetting,
  principal: Principal,
  work: PartnerWork<Value>,
): Promise<Replayable<Value> | Refusal> {
  const change = atPartner(principal, work);
  return isRefusal(change) ? change : underRuleBook(setting, change);
}

function atPartner<Value extends object>(
  principal: Principal,
  { operation, input, work, fault, by = adminOf }: PartnerWork<Value>,
): RuleBookChange<Value> | Refusal {
  const person = by(principal);
  if (isRefusal(person)) return person;
  const wrong = fault?.() ?? null;
  if (wrong !== null) return wrong;
  const { programmeId, subject } = person;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  return {
    ...{ principal, operation, input, programmeId },
    work: async (tx, now) => {
      const partner = await lockPartner(tx, programmeId, partnerId);
      return partner === null ? notFound('partner') : work(tx, { programmeId, partnerId, partner, subject, now });
    },
  };
}
