import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import { normaliseIdentity, type IdentityKindName } from '../../../kernel/values/identity';
import { isLanguageTag } from '../../../kernel/values/language-tag';
import { attributesFault } from './member-facts';
import { refuse } from './refusals';

/** Somebody to enrol: at most an identity, a name and a language. */
export interface Enrolment {
  readonly idempotencyKey: string;
  readonly identity: { readonly kind: IdentityKindName; readonly value: string };
  readonly displayName?: string | null;
  readonly language?: string | null;
  readonly acceptsTerms: boolean;
  /** What the calling partner knows of the person, by its own names; null removes. Kept if the person is open to the partner. */
  readonly attributes?: Readonly<Record<string, unknown>> | null;
}

/** Where a partner stands in the programme, as far as members has heard. */
export type PartnerStatus = 'ACTIVE' | 'SUSPENDED' | 'LEAVING' | 'LEFT';

/** The first field of an enrolment that cannot be what it says. */
export function enrolmentFault(input: Enrolment): Fault {
  const { kind, value } = input.identity;
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat('input.identity.value', normaliseIdentity(kind, value) !== null, IDENTITY_SHAPES[kind]),
    ifGiven(input.displayName, (name) => textFault('input.displayName', name)),
    ifGiven(input.language, (tag) =>
      expectThat('input.language', isLanguageTag(tag), 'must be a language tag, such as en or pl-PL'),
    ),
    ifGiven(input.attributes, (attributes) => attributesFault('input.attributes', attributes)),
  );
}

const IDENTITY_SHAPES: Readonly<Record<IdentityKindName, string>> = {
  EMAIL: 'must be an e-mail address of at most 254 characters',
  PHONE: 'must be a number in international form, such as +48221234567',
  CARD: 'must be a card number of 1 to 254 characters',
  PARTNER_CUSTOMER_ID: 'must be a customer number of 1 to 254 characters',
};

/**
 * Whether somebody may be enrolled.
 *
 * @param standing of the calling partner; null when none is calling, or when members has not heard of it yet: the gateway
 *                 accepted its key, which only a partner of the programme has
 * @returns MEMBERS_TERMS_NOT_ACCEPTED or MEMBERS_PARTNER_NOT_ACTIVE
 */
export function whyNotEnrolled(input: Enrolment, standing: PartnerStatus | null): Refusal | null {
  if (!input.acceptsTerms) return refuse('MEMBERS_TERMS_NOT_ACCEPTED', 'The programme’s terms must be accepted.');
  if (standing === null || standing === 'ACTIVE') return null;
  return refuse('MEMBERS_PARTNER_NOT_ACTIVE', 'This partner may enrol nobody at present.');
}
