import type { RefusalCatalogue } from '../../kernel/errors/refusal';
import { sharedRefusals } from '../../kernel/errors/shared-refusals';
import { authRefusals } from '../auth/refusals';
import { limitRefusals } from '../limits/refusals';

/** Every code the gateway itself shows in `errors[].extensions.code`. */
export const gatewayRefusals = {
  GATEWAY_BAD_REQUEST: {
    meaning:
      'The request is not a GraphQL request: no JSON, a batch, a `query` that is no text, two Authorization headers, a mutation by GET.',
    action: 'Send a JSON object with `query`, and `variables` and `operationName` as needed.',
    retryable: false,
    type: 'errors[]',
    precedence: 1,
  },
  GATEWAY_MEDIA_TYPE: {
    meaning: 'The body is not sent as JSON in UTF-8, or the answer is wanted in a form the hub does not speak.',
    action:
      'Use `content-type: application/json` and accept `application/json` or `application/graphql-response+json`.',
    retryable: false,
    type: 'errors[]',
    precedence: 1,
  },
  GATEWAY_CSRF: {
    meaning: 'A GET that any web page could make a browser send.',
    action: 'Send a header no form can send, such as `apollo-require-preflight: true`, or use POST.',
    retryable: false,
    type: 'errors[]',
    precedence: 1,
  },
  GATEWAY_INTAKE_NOT_SET: {
    meaning: 'The partner sends customer-data messages and has not said what they become.',
    action: 'Set it once with `setIntake`; an empty list of mappings takes the usual events.',
    retryable: false,
    type: 'errors[]',
    precedence: 3,
  },
  GATEWAY_INTAKE_VALUE: {
    meaning:
      'A value of a customer-data message cannot be what its mapping needs, such as an amount with too many decimals.',
    action: 'Read `/v1/problems`; correct the message or the places of the mapping.',
    retryable: false,
    type: 'errors[]',
    precedence: 4,
  },
  GATEWAY_DOCUMENT_WAITS: {
    meaning: 'A document cannot be drawn up before somebody gives settlement details or a mandate.',
    action: 'Read `waitsFor` of the document in the graph, and have the details set with `setSettlementDetails`.',
    retryable: false,
    type: 'errors[]',
    precedence: 4,
  },
  GATEWAY_NOT_FOUND: {
    meaning: 'There is no such path, or no such document for the caller.',
    action: 'The graph is at /graphql; `settlementDocuments` lists the documents there are.',
    retryable: false,
    type: 'errors[]',
    precedence: 1,
  },
  ...authRefusals,
  ...limitRefusals,
  GATEWAY_DEADLINE_EXCEEDED: {
    meaning: 'The answer took longer than the call may take; a mutation may still have happened.',
    action: 'Send the same again with the same idempotency key.',
    retryable: true,
    type: 'errors[]',
    precedence: 90,
  },
  SUBGRAPH_UNAVAILABLE: {
    meaning: 'A part of the hub does not answer; what it owns is null, the rest of the answer stands.',
    action: 'Send the same again later, a mutation with the same idempotency key.',
    retryable: true,
    type: 'errors[]',
    precedence: 91,
  },
  INTERNAL: {
    meaning: 'A fault of the hub. It is logged under `requestId`.',
    action: 'Report the `requestId`.',
    retryable: false,
    type: 'errors[]',
    precedence: 99,
  },
} as const satisfies RefusalCatalogue;

export type GatewayCode = keyof typeof gatewayRefusals;

/** Codes a subgraph may show a client: its own, by their prefix, and those with the same meaning everywhere. */
const SUBGRAPH_CODE = /^(MEMBERS|LEDGER|REWARDS|PARTNERS|FEEDBACK)_[A-Z_]+$/;

/** Whether a client may read an error with this code as it is. */
export function isKnownCode(code: unknown): code is string {
  if (typeof code !== 'string') return false;
  return Object.hasOwn(gatewayRefusals, code) || Object.hasOwn(sharedRefusals, code) || SUBGRAPH_CODE.test(code);
}

/** Whether the very same request may succeed later, by code. */
export function isRetryableCode(code: string, claimed: unknown): boolean {
  if (Object.hasOwn(gatewayRefusals, code)) return gatewayRefusals[code as GatewayCode].retryable;
  return claimed === true;
}
