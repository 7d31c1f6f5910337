import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault, textFault } from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import { whyNotLeaving, whyNotLeft, whyNotLifted, type Partner } from '../core/partner';
import { setPartnerStatus } from '../data/partner.store';
import { ledgerOf, type Asker } from './authorise';
import { changeAtPartner, type AtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { revokeKeysOf } from './revoke-partner-key';
import type { PartnersSetting } from './setting';
import type { Suspension } from './suspend-partner';

type Standing = Replayable<{ partner: Partner } & InRuleBook> | Refusal;

/**
 * Lifts a suspension: the partner's sales earn again, as soon as the ledger reads the new rule book.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PARTNER_NOT_SUSPENDED.
 */
export function liftSuspension(setting: PartnersSetting, principal: Principal, input: Suspension): Promise<Standing> {
  return changeStanding(setting, principal, {
    ...{ operation: 'liftSuspension', input, whyNot: whyNotLifted },
    next: (partner) => ({ ...partner, status: 'ACTIVE' }),
  });
}

/**
 * Begins a partner's leaving: from now on it neither earns nor redeems, and points it issued stay spendable elsewhere until none is
 * left. It is not taken back: members and the other partners were told.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PARTNER_LEAVING when it has begun already.
 */
export function partnerLeaves(setting: PartnersSetting, principal: Principal, input: Suspension): Promise<Standing> {
  return changeStanding(setting, principal, {
    ...{ operation: 'partnerLeaves', input, whyNot: whyNotLeaving },
    next: (partner, now) => ({ ...partner, status: 'LEAVING', leavingSince: now }),
  });
}

/**
 * Ends a partner's leaving: its points have run off and its dues are settled, as the ledger says. It never comes back, so its keys open
 * nothing any more.
 *
 * Refuses FORBIDDEN unless the ledger asks, NOT_FOUND, PARTNERS_PARTNER_NOT_LEAVING.
 */
export function partnerHasLeft(setting: PartnersSetting, principal: Principal, input: Suspension): Promise<Standing> {
  return changeStanding(setting, principal, {
    ...{ operation: 'partnerHasLeft', input, whyNot: whyNotLeft, by: ledgerOf },
    next: (partner) => ({ ...partner, status: 'LEFT' }),
    also: revokeKeysOf,
  });
}

async function changeStanding(
  setting: PartnersSetting,
  principal: Principal,
  change: {
    readonly operation: string;
    readonly input: Suspension;
    readonly whyNot: (partner: Partner) => Refusal | null;
    readonly next: (partner: Partner, now: Date) => Partner;
    readonly by?: (principal: Principal) => Asker | Refusal;
    /** What changes with it. */
    readonly also?: (tx: Tx, at: AtPartner) => Promise<void>;
  },
): Promise<Standing> {
  const { operation, input, whyNot, next, by, also } = change;
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), textFault('input.reason', input.reason));
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    ...{ operation, input, ...(by === undefined ? {} : { by }) },
    work: async (tx, at) => {
      const refusal = whyNot(at.partner);
      if (refusal !== null) return refusal;
      const partner = next(at.partner, at.now);
      await setPartnerStatus(tx, partner, input.reason);
      await also?.(tx, at);
      return { partner };
    },
  });
}
