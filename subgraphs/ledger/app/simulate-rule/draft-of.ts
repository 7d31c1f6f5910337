import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, invalidInput, notFound } from '../../../../kernel/errors/shared-refusals';
import { newId, parseId, type PartnerId } from '../../../../kernel/values/id';
import { partnerIn, type RuleBook } from '../../core/rule-book';
import type { PurchaseRule } from '../../core/rules/purchase-rule';
import { draftFault, ruleOfDraft, type Draft } from '../../core/simulate-rule/draft';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';

/** Whose rules are tried, and the rules in force. */
export interface RulesOf {
  readonly book: RuleBook;
  readonly partnerId: PartnerId;
}

/**
 * A partner's people try rules at their own partner, an admin at any.
 *
 * @returns FORBIDDEN for others, INVALID_INPUT when an admin names no partner, NOT_FOUND
 */
export async function whoseRules(
  ledger: Ledger,
  principal: Principal,
  named: string | null,
): Promise<RulesOf | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'staff') {
    return forbidden('Rules are for the programme’s admins and the partner’s own people to try.');
  }
  const own = principal.kind === 'staff' ? principal.partnerId : null;
  if (own !== null && named !== null && named !== own) return forbidden('This is another partner’s.');
  const asked = own ?? named;
  if (asked === null) return invalidInput('input.partnerId', 'must name the partner');
  const book = await currentBook(ledger, principal.programmeId);
  if (isRefusal(book)) return book;
  const partnerId = parseId('ptr', asked) as PartnerId | null;
  return partnerId === null || partnerIn(book, partnerId) === undefined ? notFound('partner') : { book, partnerId };
}

/** A draft as the ledger would execute it; null for none. */
export function readDraft(draft: Draft | null, { book, partnerId }: RulesOf): PurchaseRule | Refusal | null {
  if (draft === null) return null;
  const fault = draftFault(draft, book, 'input.draft');
  return fault ?? ruleOfDraft(draft, { ruleId: newId('rul'), campaignId: newId('cmp'), partnerId });
}
