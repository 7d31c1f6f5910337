import { refuseFrom, type RefusalCatalogue } from './refusal';

/** The unprefixed codes: the same fact wherever it happens. */
export const sharedRefusals = {
  INVALID_INPUT: {
    meaning: 'A value in the input cannot be what its field says, such as 1.5 points or 31 February.',
    action: 'Correct the field named in `field` and send again, with the same idempotency key if you like.',
    retryable: false,
    type: 'InvalidInput',
    precedence: 10,
  },
  FORBIDDEN: {
    meaning: 'The credential may not do this, whatever the input.',
    action: 'Use a credential with the role or scope the message names.',
    retryable: false,
    type: 'Forbidden',
    precedence: 20,
  },
  NOT_FOUND: {
    meaning: 'What the input names is not there, or is not yours to see; the two are never told apart.',
    action: 'Check the id and the credential.',
    retryable: false,
    type: 'NotFound',
    precedence: 30,
  },
  IDEMPOTENCY_MISMATCH: {
    meaning: 'The idempotency key was used before with another body.',
    action: 'Use a new key for a new intent; to learn the first outcome send the first body again.',
    retryable: false,
    type: 'IdempotencyMismatch',
    precedence: 40,
  },
  IDEMPOTENCY_IN_PROGRESS: {
    meaning: 'The first call with this key has not finished.',
    action: 'Send the same again in a moment.',
    retryable: true,
    type: 'IdempotencyInProgress',
    precedence: 41,
  },
} as const satisfies RefusalCatalogue;

/** Makes one of the shared refusals. */
export const refuseShared = refuseFrom(sharedRefusals);

/** The refusal for a value that cannot be what its field says. */
export function invalidInput(field: string, message: string) {
  return refuseShared('INVALID_INPUT', `${field}: ${message}`, { field });
}

/** The refusal for what is not there or not the caller's: both read the same. */
export function notFound(what: string) {
  return refuseShared('NOT_FOUND', `No such ${what}.`);
}

/** The refusal for a credential that may not do this. */
export function forbidden(message: string) {
  return refuseShared('FORBIDDEN', message);
}
