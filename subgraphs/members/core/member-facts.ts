import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { MemberId, PartnerId } from '../../../kernel/values/id';

/** What a partner knows of a member beside what happened here. */
export type AttributeValue = string | number | boolean;

/** Everything rules may ask of a member, as of one version; versions of a member rise by one with every change. */
export interface MemberFacts {
  readonly memberId: MemberId;
  readonly version: bigint;
  /** Whether the member lets attributes be used to choose what it is offered. */
  readonly consented: boolean;
  /** Codes of the segments it is on, in order. */
  readonly segments: readonly string[];
  /** By full name: the partner's id, a dot, the partner's own name for it. Empty without consent. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** An attribute a partner sets; its value is given by exactly one of the three, or by none, which removes it. */
export interface AttributeSetting {
  readonly idempotencyKey: string;
  readonly memberId: string;
  /** The partner's own name for it. */
  readonly name: string;
  readonly text?: string | null;
  readonly number?: number | null;
  readonly flag?: boolean | null;
}

/** The most attributes of one member at one partner. */
export const ATTRIBUTES_MAX = 50;
const TEXT_MAX = 200;

/** The first field of an attribute that cannot be what it says. */
export function attributeFault(input: AttributeSetting): Fault {
  const given = [input.text, input.number, input.flag].filter((value) => value !== null && value !== undefined);
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    nameFault('input.name', input.name),
    expectThat('input', given.length <= 1, 'give one of text, number and flag'),
    ifGiven(input.text, (text) => valueFault('input.text', text)),
    ifGiven(input.number, (number) => valueFault('input.number', number)),
  );
}

/** The first of several attributes, by the partner's own names, that cannot be what it says; null removes one. */
export function attributesFault(field: string, attributes: Readonly<Record<string, unknown>>): Fault {
  const entries = Object.entries(attributes);
  return firstFault(
    expectThat(field, entries.length <= ATTRIBUTES_MAX, TOO_MANY),
    ...entries.map(([name, value]) =>
      firstFault(nameFault(field, name), value === null ? null : valueFault(`${field}.${name}`, value)),
    ),
  );
}

/** What a partner is told that knows too much. */
export const TOO_MANY = `a partner may know ${ATTRIBUTES_MAX} things of a member`;

function nameFault(field: string, name: string): Fault {
  return expectThat(
    field,
    /^[a-z][A-Za-z0-9_]{0,39}$/.test(name),
    'must be 1 to 40 letters, digits or underscores, beginning with a lower-case letter',
  );
}

function valueFault(field: string, value: unknown): Fault {
  if (typeof value === 'string') return textFault(field, value, TEXT_MAX);
  if (typeof value === 'boolean') return null;
  return expectThat(
    field,
    typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER,
    'must be a text, yes or no, or a number computers count to',
  );
}

/** The value that is to be set; null removes the attribute. */
export function attributeValueOf({ text, number, flag }: AttributeSetting): AttributeValue | null {
  return text ?? number ?? flag ?? null;
}

/** An attribute's name among those of all partners. */
export function fullNameOf(partnerId: PartnerId, name: string): string {
  return `${partnerId}.${name}`;
}
