import type { RefusalCatalogue } from '../../../../kernel/errors/refusal';

/** Codes of what is taken back or comes back, within the ledger's catalogue. */
export const takenBackRefusals = {
  LEDGER_RETURN_EXCEEDS_PURCHASE: {
    meaning: 'More would be returned than was paid and not returned before.',
    action: 'Return at most `leftMinor`.',
    retryable: false,
    type: 'ReturnExceedsPurchase',
    precedence: 65,
  },
  LEDGER_REVERSAL_EXCEEDS_REDEMPTION: {
    meaning: 'More would be reversed than is left of the redemption.',
    action: 'Reverse at most `leftPoints`.',
    retryable: false,
    type: 'ReversalExceedsRedemption',
    precedence: 65,
  },
  LEDGER_CLAWBACK_OF_GIVEN_POINTS: {
    meaning: 'Another member gave the points of this lot; a clawback there would take them twice.',
    action:
      'Claw back the lot in which they were earned, or return its purchase: what was given away is owed by its giver.',
    retryable: false,
    type: 'ClawbackOfGivenPoints',
    precedence: 64,
  },
  LEDGER_CLAWBACK_EXCEEDS_LOT: {
    meaning: 'More would be taken back than was issued in the lot and neither taken back before nor expired.',
    action: 'Take back at most `leftPoints`.',
    retryable: false,
    type: 'ClawbackExceedsLot',
    precedence: 65,
  },
  LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED: {
    meaning: 'More would be re-instated than has expired of the lot.',
    action: 'Re-instate at most `expiredPoints`.',
    retryable: false,
    type: 'ReinstatementExceedsExpired',
    precedence: 65,
  },
} as const satisfies RefusalCatalogue;
