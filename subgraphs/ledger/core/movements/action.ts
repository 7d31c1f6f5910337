import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { notYet } from '../not-yet';
import { refuse } from '../refusals';
import { actionRuleAt, type ActionRule } from '../rule-book';
import { actionPoints } from '../rules/action-terms';
import { NO_MEMBER_FACTS } from '../rules/member-facts';
import { issue, termsOf } from './accrual';
import { periodName } from './period-name';
import { issuingTerms } from './purchase';
import { expiryOf } from './validity';

/** Something a member did that is no purchase. */
export interface Action {
  readonly partnerId: PartnerId;
  readonly externalRef: string | null;
  /** The partner's name for it. */
  readonly action: string;
  readonly occurredAt: Date;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Posting rule of an action: the points of its rule, as often as its limit allows in the period it happened in.
 *
 * Refuses, in this order: suspended, cannot issue, no contract, no rule for the action, in the future, the attribute that
 * tells occasions apart is missing, already awarded, the rule asks for what is not so.
 */
export function planAction(wallet: Wallet, action: Action, facts: PostingFacts): PostingPlan | Refusal {
  const contract = issuingTerms(action.partnerId, action.occurredAt, facts);
  if (isRefusal(contract)) return contract;
  const rule = actionRuleAt(facts.book, action, action.occurredAt);
  if (rule === undefined) return refuse('LEDGER_ACTION_NOT_REWARDED', 'No rule of this partner rewards this action.');
  if (action.occurredAt > facts.now) return notYet('The action', facts.now);
  const occasion = occasionOf(rule, action);
  if (isRefusal(occasion)) return occasion;
  if (isExhausted(wallet, rule, { action, occasion }, facts)) {
    return refuse('LEDGER_ALREADY_AWARDED', 'The member has had this award as often as its rule allows.');
  }
  const { partnerId, occurredAt, externalRef } = action;
  const { book } = facts;
  const given = actionPoints(rule, {
    happened: { at: occurredAt, currency: book.currency, attributes: action.attributes },
    person: {
      facts: facts.person?.facts ?? NO_MEMBER_FACTS,
      orders: facts.person?.orders ?? [],
      tier: wallet.tier.code,
    },
    timeZone: book.timeZone,
  });
  if (typeof given === 'string') {
    return refuse('LEDGER_ACTION_NOT_REWARDED', `The rule for this action does not apply: ${given}.`);
  }
  const accrual = {
    issuerId: partnerId,
    points: given,
    earnedAt: occurredAt,
    expiresAt: expiryOf(occurredAt, facts.book),
    terms: termsOf(contract, facts, occurredAt),
    pending: contract.releaseOnFunding ? { releaseAt: null } : null,
  };
  return {
    ...EMPTY_PLAN,
    kind: accrual.pending === null ? 'EARN' : 'PENDING',
    partnerId,
    externalRef,
    occurredAt,
    reason: action.action,
    ...(given === 0n ? {} : issue(wallet, accrual)),
    qualifying: given,
    award: { partnerId, action: action.action, occasion, occurredAt },
  };
}

/** What tells this occasion from others of the same action; '' when the rule does not ask. */
function occasionOf({ distinctBy }: ActionRule, { attributes }: Action): string | Refusal {
  if (distinctBy === null) return '';
  const value = Object.hasOwn(attributes, distinctBy) ? attributes[distinctBy] : undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse('LEDGER_ATTRIBUTE_MISSING', `The rule tells occasions apart by the attribute ${distinctBy}.`, {
    attribute: distinctBy,
  });
}

function isExhausted(
  wallet: Wallet,
  rule: ActionRule,
  { action, occasion }: { action: Action; occasion: string },
  { book }: PostingFacts,
): boolean {
  if (rule.limit === null) return false;
  const { count, period } = rule.limit;
  const inPeriod = periodName(action.occurredAt, period, book.timeZone);
  const before = wallet.past.awards.filter(
    (award) =>
      award.partnerId === action.partnerId &&
      award.action === action.action &&
      award.occasion === occasion &&
      periodName(award.occurredAt, period, book.timeZone) === inPeriod,
  );
  return before.length >= count;
}
