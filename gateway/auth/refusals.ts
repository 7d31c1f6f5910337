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
  GATEWAY_ADDRESS_NOT_ALLOWED: {
    meaning: 'The partner key holds, and may not be used from the address the call comes from.',
    action: 'Call from one of the key’s `addresses`, or let an admin change them with `setPartnerKeyAddresses`.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
} as const satisfies RefusalCatalogue;
