import { refuseFrom, type RefusalCatalogue } from '../../../kernel/errors/refusal';

/** Every code this subgraph makes itself; docs/errors.md lists the same. */
export const rewardsRefusals = {
  REWARDS_PARTNER_NOT_KNOWN_YET: {
    meaning: 'The partner was added a moment ago and its entry in the rule book has not arrived here.',
    action: 'Send the same again in a moment.',
    retryable: true,
    type: 'OfferingPartnerNotKnownYet',
    precedence: 100,
  },
  REWARDS_PARTNER_CANNOT_REDEEM: {
    meaning: 'The partner does not accept points, or is suspended or gone, so it cannot offer a reward.',
    action: 'Agree on redemption with the partner first, or offer the reward at another partner.',
    retryable: false,
    type: 'OfferingPartnerCannotRedeem',
    precedence: 110,
  },
  REWARDS_REWARD_NOT_AVAILABLE: {
    meaning: 'The reward cannot be taken now: outside its dates, too few left, or its partner accepts no points.',
    action: 'Show the member `lockedBecause` and offer another reward.',
    retryable: false,
    type: 'RewardNotAvailable',
    precedence: 120,
  },
  REWARDS_LEDGER_REFUSED: {
    meaning:
      'The ledger refused the points for a reason named in `ledgerCode`; the order is cancelled, nothing was debited.',
    action: 'Act on `ledgerCode` as the ledger documents it, then order again with a new key.',
    retryable: false,
    type: 'RewardLedgerRefused',
    precedence: 130,
  },
  REWARDS_LEDGER_UNAVAILABLE: {
    meaning:
      'The ledger did not decide in time. The order is kept and is finished or undone as soon as the ledger answers.',
    action: 'Send the same again with the same key: it answers what became of the order.',
    retryable: true,
    type: 'RewardLedgerUnavailable',
    precedence: 140,
  },
} as const satisfies RefusalCatalogue;

export const refuse = refuseFrom(rewardsRefusals);

/** Refusals of the ledger that redeemReward hands on unchanged; the ledger documents them. */
export const passedOnRefusals = {
  LEDGER_INSUFFICIENT_POINTS: {
    meaning: 'The member has fewer points than the reward costs.',
    action: 'Offer a cheaper reward, or tell the member how many points are missing.',
    retryable: false,
    type: 'InsufficientPoints',
    precedence: 125,
  },
} as const satisfies RefusalCatalogue;
