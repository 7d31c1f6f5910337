import type { RefusalCatalogue } from '../../../../kernel/errors/refusal';

/** Codes of what is held against partners that do not pay or leave; part of the ledger's own. */
export const defaultRefusals = {
  LEDGER_GUARANTEE_TOO_SMALL: {
    meaning: 'More would be paid out of a deposit or the default fund than it holds.',
    action: 'Read `guarantees` and ask for what is there.',
    retryable: false,
    type: 'GuaranteeTooSmall',
    precedence: 64,
  },
  LEDGER_BANK_REF_TAKEN: {
    meaning: 'A payment into or out of a guarantee was recorded under this reference of the bank before.',
    action: 'Nothing, if it is the same movement; else name the bank’s own reference of the movement meant.',
    retryable: false,
    type: 'BankRefTaken',
    precedence: 61,
  },
  LEDGER_ALREADY_APPROVED: {
    meaning: 'What is to be approved was approved before.',
    action: 'Nothing: it was done once, and stays so.',
    retryable: false,
    type: 'AlreadyApproved',
    precedence: 61,
  },
  LEDGER_NOTHING_TO_PAY: {
    meaning: 'The partner was not to pay anything in this cycle, so it cannot be in default of it.',
    action: 'Read the cycle’s `netPositions`: who pays has a payment below 0.',
    retryable: false,
    type: 'NothingToPay',
    precedence: 62,
  },
  LEDGER_PAYMENT_CONFIRMED: {
    meaning: 'The bank has confirmed the payment.',
    action: 'Nothing: it has been paid.',
    retryable: false,
    type: 'PaymentConfirmed',
    precedence: 63,
  },
  LEDGER_ALREADY_IN_DEFAULT: {
    meaning: 'The payment was declared in default before, and others have paid it.',
    action: 'Record what the partner pays now as a payment into the default fund.',
    retryable: false,
    type: 'AlreadyInDefault',
    precedence: 64,
  },
  LEDGER_PAYMENT_NOT_DUE: {
    meaning: 'The day the payment is due has not passed.',
    action: 'Wait until the day after the one the invoice names.',
    retryable: false,
    type: 'PaymentNotDue',
    precedence: 65,
  },
  LEDGER_PARTNER_NOT_LEAVING: {
    meaning: 'The partner is not on its way out, so its points do not run off.',
    action: 'Begin its leaving with `partnerLeaves` first; the ledger hears of it within a second.',
    retryable: false,
    type: 'PartnerNotLeaving',
    precedence: 61,
  },
  LEDGER_RUN_OFF_BEGUN: {
    meaning: 'The run-off of this partner was begun before.',
    action: 'Read `runOffs`.',
    retryable: false,
    type: 'RunOffBegun',
    precedence: 62,
  },
  LEDGER_RUN_OFF_NOT_ENDED: {
    meaning: 'Points of the leaving partner are outstanding, or something of it is still to be settled.',
    action: 'Read `runOffs`: it ends when no point is outstanding and every cycle with a due of it is settled.',
    retryable: false,
    type: 'RunOffNotEnded',
    precedence: 63,
  },
} as const satisfies RefusalCatalogue;
