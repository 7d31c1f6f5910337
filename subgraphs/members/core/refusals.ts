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
} as const satisfies RefusalCatalogue;

/** Makes one of this subgraph's refusals. */
export const refuse = refuseFrom(membersRefusals);
