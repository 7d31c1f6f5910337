import type { RefusalCatalogue } from '../../kernel/errors/refusal';

/** What is said about a document or a request that goes beyond the limits. */
export const limitRefusals = {
  GATEWAY_SYNTAX: {
    meaning: 'The document is not GraphQL.',
    action: 'Correct the document at the place the message names.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
  GATEWAY_DOCUMENT_TOO_LARGE: {
    meaning:
      'The document has more tokens, fields, spreads of fragments, aliases, directives, root fields or levels than one request may have.',
    action: 'Ask for less at a time; the message names the limit.',
    retryable: false,
    type: 'errors[]',
    precedence: 4,
  },
  GATEWAY_VALIDATION: {
    meaning: 'The document does not fit the schema, or uses an alias that hides a field the hub itself reads.',
    action: 'Correct the document; compare it with schema/api.graphql.',
    retryable: false,
    type: 'errors[]',
    precedence: 5,
  },
  GATEWAY_DOCUMENT_UNKNOWN: {
    meaning: 'The request names a document by its hash, and no document of this hash is known.',
    action: 'Send the document itself in `query`, with the hash if it is to be known by it from then on.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
  GATEWAY_DOCUMENT_HASH_MISMATCH: {
    meaning: 'The hash sent with a document is not the hash of that document.',
    action: 'Hash the very text that is sent: SHA-256 of its UTF-8 bytes, in lower-case hexadecimal.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
  GATEWAY_DOCUMENT_NOT_TRUSTED: {
    meaning: 'Members may run published documents only, and this one is not published.',
    action: 'Publish it with `hub operations publish`; the text must be the same to the last byte.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
  GATEWAY_OPERATION_UNKNOWN: {
    meaning: 'The document holds no operation, or several and the request does not name one of them.',
    action: 'Send `operationName`, or a document with one operation.',
    retryable: false,
    type: 'errors[]',
    precedence: 6,
  },
  GATEWAY_OPERATION_NOT_HERE: {
    meaning: 'The operation cannot travel this way: a subscription over plain HTTP.',
    action: 'Send subscriptions over WebSocket, at the same path.',
    retryable: false,
    type: 'errors[]',
    precedence: 6,
  },
  GATEWAY_INTROSPECTION_OFF: {
    meaning: 'Introspection needs a credential here.',
    action: 'Send a key or a token, or read schema/api.graphql.',
    retryable: false,
    type: 'errors[]',
    precedence: 7,
  },
  GATEWAY_BODY_TOO_LARGE: {
    meaning: 'The request is larger than may be sent.',
    action: 'Send fewer rows at a time; only recordPurchases and importBankStatement may be up to 1 MB.',
    retryable: false,
    type: 'errors[]',
    precedence: 1,
  },
  GATEWAY_COST_TOO_HIGH: {
    meaning:
      'The operation may answer more fields than one operation or a whole budget allows: pages within pages multiply.',
    action: 'Ask for shorter pages or fewer levels of them; the message names both numbers.',
    retryable: false,
    type: 'errors[]',
    precedence: 8,
  },
  GATEWAY_RATE_LIMITED: {
    meaning:
      'The caller has spent what it may spend in a minute, over all gateways together, or too many of its credentials did not hold.',
    action:
      'Send it again after the seconds that `Retry-After` and `retryAfterSeconds` name; the header `RateLimit` tells what is left.',
    retryable: true,
    type: 'errors[]',
    precedence: 9,
  },
  GATEWAY_TOO_MANY_AT_ONCE: {
    meaning: 'The caller has as many operations waiting as one caller may have; others are still answered.',
    action: 'Send it again after `Retry-After`, and fewer at once.',
    retryable: true,
    type: 'errors[]',
    precedence: 10,
  },
  GATEWAY_OVERLOADED: {
    meaning: 'The hub has more to do than it can do in time, and refuses rather than answer late. Nothing happened.',
    action: 'Send it again after `Retry-After`, a mutation with the same idempotency key.',
    retryable: true,
    type: 'errors[]',
    precedence: 10,
  },
  GATEWAY_READER_TOO_SLOW: {
    meaning: 'A stream of changes ended because its reader did not take them as fast as they came.',
    action: 'Subscribe again with `after` and `epoch` of the message seen last; `extensions.resume` says them too.',
    retryable: true,
    type: 'errors[]',
    precedence: 90,
  },
  GATEWAY_TOO_MANY_SUBSCRIPTIONS: {
    meaning: 'The socket has as many live operations as one may have.',
    action: 'End one, or open another socket.',
    retryable: false,
    type: 'errors[]',
    precedence: 8,
  },
} as const satisfies RefusalCatalogue;
