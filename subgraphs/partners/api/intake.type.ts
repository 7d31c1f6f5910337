import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineResult } from '../../../kernel/graph/result';
import { JSONObjectScalar } from '../../../kernel/graph/scalars';
import type { CustomerKind, IntakeTarget, MessageType } from '../core/intake/intake';

export enum MessageTypeName {
  IDENTIFY = 'IDENTIFY',
  TRACK = 'TRACK',
  PAGE = 'PAGE',
  SCREEN = 'SCREEN',
  GROUP = 'GROUP',
  ALIAS = 'ALIAS',
}
registerEnumType(MessageTypeName, {
  name: 'IntakeMessageType',
  description: 'The kinds of message of the Segment spec.',
  valuesConfig: {
    IDENTIFY: { description: 'Who a customer is.' },
    TRACK: { description: 'Something a customer did; it has a name.' },
    PAGE: { description: 'A page a customer saw.' },
    SCREEN: { description: 'A screen of an app a customer saw.' },
    GROUP: { description: 'A group a customer belongs to.' },
    ALIAS: { description: 'Another id of the same customer.' },
  },
});

export enum IntakeTargetName {
  PURCHASE = 'PURCHASE',
  RETURN = 'RETURN',
  ACTION = 'ACTION',
  MEMBER = 'MEMBER',
  NONE = 'NONE',
}
registerEnumType(IntakeTargetName, {
  name: 'IntakeTarget',
  description: 'What a message becomes.',
  valuesConfig: {
    PURCHASE: { description: 'A purchase that earns.' },
    RETURN: { description: 'The return of one, whole or in part.' },
    ACTION: { description: 'An action, named after the event: `Product Reviewed` is `product.reviewed`.' },
    MEMBER: { description: 'The enrolment of a member.' },
    NONE: { description: 'Nothing; the message is taken.' },
  },
});

export enum CustomerKindName {
  PARTNER_CUSTOMER_ID = 'PARTNER_CUSTOMER_ID',
  EMAIL = 'EMAIL',
  PHONE = 'PHONE',
}
registerEnumType(CustomerKindName, {
  name: 'IntakeCustomerKind',
  description: 'By what a shop names its customers.',
  valuesConfig: {
    PARTNER_CUSTOMER_ID: { description: 'By an id of its own.' },
    EMAIL: { description: 'By e-mail address.' },
    PHONE: { description: 'By phone number.' },
  },
});

const TYPE = 'The kind of message.';
const EVENT = 'The event’s name, of a TRACK only; every name when not given.';
const TARGET = 'What it becomes.';
const CUSTOMER_KIND = 'By what the shop names its customers.';

@ObjectType('IntakeMapping', { description: 'What one kind of message becomes; the first that fits counts.' })
export class IntakeMappingType {
  @Field(() => MessageTypeName, { description: TYPE })
  type!: MessageType;
  @Field(() => String, { nullable: true, description: EVENT })
  event!: string | null;
  @Field(() => IntakeTargetName, { description: TARGET })
  target!: IntakeTarget;
  @Field(() => JSONObjectScalar, { description: 'Values that stand elsewhere in the message than usual.' })
  places!: Readonly<Record<string, string>>;
}

@ObjectType('Intake', { description: 'How a partner’s customer-data messages become commands.' })
export class IntakeType {
  @Field(() => Int, { description: '1, 2, 3 …' })
  version!: number;
  @Field(() => CustomerKindName, { description: CUSTOMER_KIND })
  customerKind!: CustomerKind;
  @Field(() => [IntakeMappingType], { description: 'The partner’s own mappings; the usual ones follow them.' })
  mappings!: readonly IntakeMappingType[];
}

@InputType('IntakeMappingInput', { description: 'What one kind of message becomes.' })
export class IntakeMappingInput {
  @Field(() => MessageTypeName, { description: TYPE })
  type!: MessageType;
  @Field(() => String, { nullable: true, description: EVENT })
  event?: string | null;
  @Field(() => IntakeTargetName, { description: TARGET })
  target!: IntakeTarget;
  @Field(() => JSONObjectScalar, {
    nullable: true,
    description: 'Values that stand elsewhere than usual, such as { "externalRef": "$.properties.invoice" }.',
  })
  places?: Readonly<Record<string, unknown>> | null;
}

@InputType('SetIntakeInput', { description: 'How a partner’s customer-data messages become commands from now on.' })
export class SetIntakeInput {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The partner; staff name their own.' })
  partnerId!: string;
  @Field(() => CustomerKindName, { defaultValue: 'PARTNER_CUSTOMER_ID', description: CUSTOMER_KIND })
  customerKind!: CustomerKind;
  @Field(() => [IntakeMappingInput], {
    defaultValue: [],
    description: 'At most 100. After them `identify`, `Order Completed` and `Order Refunded` are mapped as usual.',
  })
  mappings!: IntakeMappingInput[];
}

@ObjectType('SetIntakeSuccess', { description: 'The mapping was set.' })
class SetIntakeSuccess {
  @Field(() => IntakeType, { description: 'The mapping.' })
  intake!: IntakeType;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const SetIntakeResult = defineResult('SetIntakeResult', SetIntakeSuccess);
