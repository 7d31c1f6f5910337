import type { RefusalCatalogue } from '../../kernel/errors/refusal';

/** What is said to a caller whose credential does not hold. */
export const authRefusals = {
  GATEWAY_UNAUTHENTICATED: {
    meaning: 'The credential is unknown, expired, revoked or malformed; which of these is not told.',
    action: 'Use a valid partner key or token; ask for a new one when it has expired.',
    retryable: false,
    type: 'errors[]',
    precedence: 2,
  },
} as const satisfies RefusalCatalogue;
