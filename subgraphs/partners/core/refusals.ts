import { refuseFrom, type RefusalCatalogue } from '../../../kernel/errors/refusal';

/** Every code this subgraph answers beside the shared ones. */
export const partnersRefusals = {
  PARTNERS_PROGRAMME_KEY_TAKEN: {
    meaning: 'Another programme of this hub already has the key.',
    action: 'Choose another key; the key of a programme never changes and is never given again.',
    retryable: false,
    type: 'ProgrammeKeyTaken',
    precedence: 100,
  },
  PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX: {
    meaning: 'A programme with real money asked for settlement steps to be approved by their own proposer.',
    action: 'Leave `singleApprover` false, or make the programme a sandbox.',
    retryable: false,
    type: 'SingleApproverNeedsSandbox',
    precedence: 110,
  },
  PARTNERS_PARTNER_CODE_TAKEN: {
    meaning: 'Another partner of this programme already has the code.',
    action: 'Choose another code, or use the partner that has it.',
    retryable: false,
    type: 'PartnerCodeTaken',
    precedence: 120,
  },
  PARTNERS_PARTNER_SUSPENDED: {
    meaning:
      'The partner is suspended: it earns nothing for members and gets no new keys; points it issued stay spendable.',
    action: 'Ask the operator of the programme; nothing the partner can send will help.',
    retryable: false,
    type: 'PartnerSuspended',
    precedence: 130,
  },
  PARTNERS_BRANCH_CODE_TAKEN: {
    meaning: 'The partner has or had a branch of this code; a code is never given again, because purchases name it.',
    action: 'Choose another code.',
    retryable: false,
    type: 'BranchCodeTaken',
    precedence: 125,
  },
  PARTNERS_PARTNER_NOT_SUSPENDED: {
    meaning: 'A suspension was to be lifted of a partner that is not suspended.',
    action: 'Read the partner’s `status`.',
    retryable: false,
    type: 'PartnerNotSuspended',
    precedence: 132,
  },
  PARTNERS_PARTNER_NOT_LEAVING: {
    meaning: 'The ledger says that the points of a partner have run off, and the partner is not leaving.',
    action: 'Read the partner’s `status`; it is told again after it began to leave.',
    retryable: false,
    type: 'PartnerStays',
    precedence: 133,
  },
  PARTNERS_PARTNER_LEAVING: {
    meaning:
      'The partner is leaving: it earns and redeems no more, and its points stay spendable elsewhere. Of one that left nothing is undone.',
    action: 'Use another partner; leaving is not taken back.',
    retryable: false,
    type: 'PartnerLeaving',
    precedence: 134,
  },
  PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE: {
    meaning:
      'The contract would pay a redeemer more for a point than a point is worth, so buying points and redeeming them would be a business.',
    action: 'Lower `reimbursementMicros` to at most `faceValueMicros`, which the refusal carries.',
    retryable: false,
    type: 'ReimbursementAboveFaceValue',
    precedence: 140,
  },
  PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT: {
    meaning:
      'Points paid for at issuance would cost their issuer less than some open redeemer is paid for them, so the fund would run dry.',
    action: 'Raise `issuanceMicros` to at least `reimbursementMicros`, or lower the latter; the refusal carries both.',
    retryable: false,
    type: 'IssuanceBelowReimbursement',
    precedence: 142,
  },
  PARTNERS_REIMBURSEMENT_ABOVE_RESERVE: {
    meaning:
      'The redeemer would be paid more for a point than was reserved for points that were funded and may be outstanding.',
    action: 'Lower `reimbursementMicros` to at most `reserveMicros`, which the refusal carries.',
    retryable: false,
    type: 'ReimbursementAboveReserve',
    precedence: 144,
  },
  PARTNERS_NOT_AFTER_LATEST_VERSION: {
    meaning: 'The new version would begin no later than the latest one, and history is never rewritten.',
    action: 'Choose a `validFrom` after `latestValidFrom`, which the refusal carries.',
    retryable: false,
    type: 'NotAfterLatestVersion',
    precedence: 150,
  },
  PARTNERS_APPROVAL_NEEDED: {
    meaning: 'In this programme a contract comes about by a proposal and the approval of another person.',
    action: 'Call `proposeContract`, and let another person call `approveContract` with the content hash it answered.',
    retryable: false,
    type: 'ApprovalNeeded',
    precedence: 152,
  },
  PARTNERS_PROPOSAL_CHANGED: {
    meaning:
      'What would be approved or withdrawn is not what is proposed: the content hash differs, or nothing is proposed any more.',
    action: 'Look at the partner’s proposals again and send the hash of an open one.',
    retryable: false,
    type: 'ProposalChanged',
    precedence: 154,
  },
  PARTNERS_SELF_APPROVAL: {
    meaning: 'The contract or rule was proposed by the same person.',
    action: 'Let another person approve it.',
    retryable: false,
    type: 'SelfApproval',
    precedence: 156,
  },
  PARTNERS_TOO_MANY_KEYS: {
    meaning: 'The partner has two active keys, which is what a rotation needs.',
    action: 'Revoke one of them first.',
    retryable: false,
    type: 'TooManyKeys',
    precedence: 160,
  },
  PARTNERS_CONDITION_NOT_VALID: {
    meaning: 'The condition cannot be read, compares what cannot be compared, calls what it may not, or is too large.',
    action: 'Correct it at `position`, which the refusal carries; try it with `tryCondition` first.',
    retryable: false,
    type: 'ConditionNotValid',
    precedence: 145,
  },
  PARTNERS_RULE_CODE_TAKEN: {
    meaning: 'The partner has another rule or campaign of the code.',
    action: 'Choose another code, or change the one that has it.',
    retryable: false,
    type: 'RuleCodeTaken',
    precedence: 146,
  },
  PARTNERS_ARBITRAGE_LOOP: {
    meaning:
      'With the change somebody could earn, spend and begin again, or return what was bought, at other people’s cost each time.',
    action:
      'Lower what is earned, give the campaign a budget, or let its points wait; `loop`, which the refusal carries, says how it goes.',
    retryable: false,
    type: 'ArbitrageLoop',
    precedence: 148,
  },
  PARTNERS_REBATE_ABOVE_LIMIT: {
    meaning: 'A purchase could bring back more of its price as points than the programme allows one person to decide.',
    action:
      'Call `proposeRule` with the same, and let another person call `approveRule`; or lower it to `limitBps`, which the refusal carries.',
    retryable: false,
    type: 'RebateAboveLimit',
    precedence: 149,
  },
  PARTNERS_CONVERSION_RATE_STATED: {
    meaning: 'The programme has a rate for that currency on that day, and purchases may have been converted by it.',
    action: 'State the rate for a later day.',
    retryable: false,
    type: 'ConversionRateStated',
    precedence: 147,
  },
  PARTNERS_EXPERIMENT_CODE_TAKEN: {
    meaning: 'The programme has another experiment of the code.',
    action: 'Choose another code.',
    retryable: false,
    type: 'ExperimentCodeTaken',
    precedence: 162,
  },
  PARTNERS_EXPERIMENT_OVERLAPS: {
    meaning:
      'Another experiment is about the same thing at the same time: what came of one could not be told from the other.',
    action: 'Choose another window, or stop the other one first; a third arm may be what is wanted.',
    retryable: false,
    type: 'ExperimentOverlaps',
    precedence: 164,
  },
  PARTNERS_EXPERIMENT_ENDED: {
    meaning: 'The experiment has not begun at that instant, or ends earlier anyway.',
    action: 'Name an instant after its beginning and before its end.',
    retryable: false,
    type: 'ExperimentEnded',
    precedence: 166,
  },
  PARTNERS_TERMS_NOTICE_TOO_SHORT: {
    meaning:
      'Changed terms would take effect before members had the stated days of notice, counted from the day of approval.',
    action: 'Propose them again for `earliestAt`, which the refusal carries, or later.',
    retryable: false,
    type: 'TermsNoticeTooShort',
    precedence: 260,
  },
  PARTNERS_TERMS_NOT_CHANGEABLE: {
    meaning: 'A rung of the ladder would come or go, or activity would begin or cease to extend points.',
    action: 'Leave the rungs’ codes and their order, and ROLLING or not, as they are.',
    retryable: false,
    type: 'TermsNotChangeable',
    precedence: 261,
  },
} as const satisfies RefusalCatalogue;

/** Makes one of this subgraph's refusals. */
export const refuse = refuseFrom(partnersRefusals);
