// Decorators below need it, whoever imports this file first.
import 'reflect-metadata';
import { Directive, Field, ID, InputType, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntScalar, PointsScalar } from './scalars';

/** An amount of money as the graph shows it. */
@Directive('@shareable')
@ObjectType('Money', { description: 'An amount of money in whole minor units of one currency.' })
export class MoneyType {
  @Field(() => BigIntScalar, { description: 'Whole minor units, such as cents: 4999 is 49.99 EUR.' })
  amountMinor!: bigint;
  @Field(() => String, { description: 'ISO 4217 code, such as EUR.' })
  currency!: string;
}

@InputType('MoneyInput', { description: 'An amount of money in whole minor units of one currency.' })
export class MoneyInput {
  @Field(() => BigIntScalar, { description: 'Whole minor units, such as cents: 4999 is 49.99 EUR.' })
  amountMinor!: bigint;
  @Field(() => String, { description: 'ISO 4217 code, such as EUR.' })
  currency!: string;
}

@Directive('@shareable')
@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether more follows after `endCursor`.' })
  hasNextPage!: boolean;
  @Field(() => Boolean, { description: 'Whether something precedes `startCursor`.' })
  hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first edge; null on an empty page.' })
  startCursor!: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last edge; give it as `after` to go on.' })
  endCursor!: string | null;
}

/** How a member shows who they are. */
export enum IdentityKind {
  EMAIL = 'EMAIL',
  PHONE = 'PHONE',
  CARD = 'CARD',
  PARTNER_CUSTOMER_ID = 'PARTNER_CUSTOMER_ID',
}
registerEnumType(IdentityKind, {
  name: 'IdentityKind',
  description: 'How a member shows who they are.',
  valuesConfig: {
    EMAIL: { description: 'An e-mail address; compared without regard to case.' },
    PHONE: { description: 'A telephone number in international form, such as +48221234567.' },
    CARD: { description: 'A membership card; presenting it counts as the member’s consent at that partner.' },
    PARTNER_CUSTOMER_ID: {
      description: 'The calling partner’s own customer number; means nothing at another partner.',
    },
  },
});

@InputType('IdentityInput', { description: 'One identity of a member.' })
export class IdentityInput {
  @Field(() => IdentityKind, { description: 'What kind of identity the value is.' })
  kind!: IdentityKind;
  @Field(() => String, { description: 'The identity itself, as the member shows it; 1 to 254 characters.' })
  value!: string;
}

@Directive('@oneOf')
@InputType('MemberRefInput', { description: 'A member, by id or by an identity: exactly one of the two.' })
export class MemberRefInput {
  @Field(() => ID, { nullable: true, description: 'The member’s id.' })
  id?: string;
  @Field(() => IdentityInput, { nullable: true, description: 'One of the member’s identities.' })
  identity?: IdentityInput;
}

/** Where a sale happened. */
export enum Channel {
  TILL = 'TILL',
  ONLINE = 'ONLINE',
  APP = 'APP',
}
registerEnumType(Channel, {
  name: 'Channel',
  description: 'Where a sale happened.',
  valuesConfig: {
    TILL: { description: 'In a shop, at a till.' },
    ONLINE: { description: 'In a web shop.' },
    APP: { description: 'In a mobile application.' },
  },
});

@InterfaceType('Refusal', {
  description: 'An expected outcome that is not success. `docs/errors.md` lists every code.',
  autoRegisterImplementations: false,
})
export abstract class RefusalInterface {
  @Field(() => String, { description: 'Stable code to act on; never renamed, never re-used.' })
  code!: string;
  @Field(() => String, { description: 'What happened, for a person.' })
  message!: string;
  @Field(() => Boolean, { description: 'Whether sending the very same again later can help.' })
  retryable!: boolean;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

@Directive('@shareable')
@ObjectType('InvalidInput', { implements: RefusalInterface, description: 'A value cannot be what its field says.' })
export class InvalidInputType extends RefusalInterface {
  @Field(() => String, { description: 'Path of the field, such as input.lines[2].amount.' })
  field!: string;
}

@Directive('@shareable')
@ObjectType('NotFound', { implements: RefusalInterface, description: 'It is not there, or not yours to see.' })
export class NotFoundType extends RefusalInterface {}

@Directive('@shareable')
@ObjectType('Forbidden', { implements: RefusalInterface, description: 'The credential may not do this.' })
export class ForbiddenType extends RefusalInterface {}

@Directive('@shareable')
@ObjectType('IdempotencyMismatch', {
  implements: RefusalInterface,
  description: 'The idempotency key was used before with another body.',
})
export class IdempotencyMismatchType extends RefusalInterface {}

@Directive('@shareable')
@ObjectType('IdempotencyInProgress', {
  implements: RefusalInterface,
  description: 'The first call with this key has not finished.',
})
export class IdempotencyInProgressType extends RefusalInterface {}

@Directive('@shareable')
@ObjectType('InsufficientPoints', {
  implements: RefusalInterface,
  description: 'The member has fewer points than asked.',
})
export class InsufficientPointsType extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'How many points are missing.' })
  missingPoints!: bigint;
}

/** The refusals any mutation may answer. */
export const COMMON_REFUSAL_TYPES = [
  InvalidInputType,
  NotFoundType,
  ForbiddenType,
  IdempotencyMismatchType,
  IdempotencyInProgressType,
] as const;
