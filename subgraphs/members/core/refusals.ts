import { refuseFrom, type RefusalCatalogue } from '../../../kernel/errors/refusal';

/** Every code this subgraph answers beside the shared ones. */
export const membersRefusals = {
  MEMBERS_TERMS_NOT_ACCEPTED: {
    meaning: 'Somebody was to be enrolled who has not accepted the programme’s terms.',
    action: 'Show the terms, and enrol with `acceptsTerms: true` once they are accepted.',
    retryable: false,
    type: 'TermsNotAccepted',
    precedence: 100,
  },
  MEMBERS_PARTNER_NOT_ACTIVE: {
    meaning: 'The calling partner is suspended or has left the coalition, so it enrols nobody.',
    action: 'Ask the operator of the programme.',
    retryable: false,
    type: 'PartnerNotActive',
    precedence: 110,
  },
  MEMBERS_SEGMENT_CODE_TAKEN: {
    meaning: 'Another segment of this programme already has the code.',
    action: 'Choose another code, or use the segment that has it.',
    retryable: false,
    type: 'SegmentCodeTaken',
    precedence: 120,
  },
  MEMBERS_TOO_MANY_ATTRIBUTES: {
    meaning: 'The partner knows as many things of the member as it may.',
    action: 'Remove an attribute first: set it without a value.',
    retryable: false,
    type: 'TooManyAttributes',
    precedence: 130,
  },
} as const satisfies RefusalCatalogue;

/** Makes one of this subgraph's refusals. */
export const refuse = refuseFrom(membersRefusals);
