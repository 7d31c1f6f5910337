import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { answerer, defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { DateTimeScalar, JSONObjectScalar } from '../../../kernel/graph/scalars';
import { IdentityInput } from '../../../kernel/graph/shared-types';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import type { Confirmation } from '../app/confirm-partner-link';
import type { Enrolment } from '../core/enrolment';
import { membersRefusals } from '../core/refusals';

/** Reads a mutation's input, calls its use case, presents what came of it. */
export const answer = answerer(membersRefusals);

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

/** What a member lets a partner do. */
export enum PartnerLinkStateName {
  CREDIT_ONLY = 'CREDIT_ONLY',
  OPEN = 'OPEN',
}
registerEnumType(PartnerLinkStateName, {
  name: 'PartnerLinkState',
  description: 'What a member lets a partner do.',
  valuesConfig: {
    CREDIT_ONLY: { description: 'The partner may give points, and learns nothing about the member.' },
    OPEN: { description: 'The partner may also read the member’s account and accept points.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType('Member', { description: 'A person enrolled in the programme.' })
export class MemberType {
  @Field(() => ID, { description: 'The member’s id; does not tell when the member enrolled.' })
  id!: MemberId;
  @Directive('@tag(name: "personal")')
  @Field(() => String, {
    nullable: true,
    description: 'What the member wants to be called; null to partners the member has not opened itself to.',
  })
  displayName!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag of the member’s language; seen by those who see the name.',
  })
  language!: string | null;
}

@ObjectType('PartnerLink', { description: 'A member and a partner that enrolled it.' })
export class PartnerLinkType {
  partnerId!: PartnerId;
  @Field(() => PartnerLinkStateName, { description: 'What the member lets the partner do.' })
  state!: PartnerLinkStateName;
  @Field(() => DateTimeScalar, { description: 'When the partner first enrolled the member.' })
  linkedAt!: Date;
}

@InputType('EnrolMemberInput', { description: 'Somebody to enrol: at most an identity, a name and a language.' })
export class EnrolMemberInput implements Enrolment {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => IdentityInput, { description: 'What the person shows.' })
  identity!: IdentityInput;
  @Field(() => String, { nullable: true, description: 'What the person wants to be called; at most 200 characters.' })
  displayName?: string | null;
  @Field(() => String, { nullable: true, description: 'BCP 47 tag of the person’s language, such as ar.' })
  language?: string | null;
  @Field(() => Boolean, { description: 'Whether the person has accepted the programme’s terms; must be true.' })
  acceptsTerms!: boolean;
  @Field(() => JSONObjectScalar, {
    nullable: true,
    description:
      'What the partner knows of the person, by its own names: texts, numbers, yes or no; null removes. At most 50. Kept of a person ' +
      'that is open to the partner. Needs members:read.',
  })
  attributes?: Record<string, unknown> | null;
}

@ObjectType('EnrolMemberSuccess', {
  description:
    'The person is a member and the calling partner may give points. It does not tell whether they were before.',
})
class EnrolMemberSuccess {
  @Field(() => MemberType, {
    nullable: true,
    description: 'The member, with the name that was sent, unless the member has opened itself to this partner before.',
  })
  member!: MemberType;
  @Field(() => Boolean, { description: 'Whether this very partner had enrolled the member before.' })
  linked!: boolean;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@InputType('ConfirmPartnerLinkInput', { description: 'A partner the member opens itself to.' })
export class ConfirmPartnerLinkInput implements Confirmation {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A partner that enrolled the member.' })
  partnerId!: string;
}

@ObjectType('ConfirmPartnerLinkSuccess', { description: 'The partner may read and redeem.' })
class ConfirmPartnerLinkSuccess {
  @Field(() => PartnerLinkType, { description: 'The link, now open.' })
  link!: PartnerLinkType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@Directive('@inaccessible')
@ObjectType('MemberPartnerLink', { description: 'A partner link, as the hub’s own subgraphs see it.' })
export class MemberPartnerLinkType {
  @Field(() => ID, { description: 'The partner’s id.' })
  partnerId!: string;
  @Field(() => String, { description: 'CREDIT_ONLY or OPEN.' })
  state!: string;
}

@Directive('@inaccessible')
@ObjectType('MemberStanding', { description: 'A member and all partner links, for the hub’s own subgraphs.' })
export class MemberStandingType {
  @Field(() => ID, { description: 'The member’s id.' })
  memberId!: string;
  @Field(() => [MemberPartnerLinkType], { description: 'Every partner link of the member, oldest first.' })
  partnerLinks!: MemberPartnerLinkType[];
}

const TermsNotAccepted = defineRefusalType('TermsNotAccepted', 'The programme’s terms were not accepted.');
const PartnerNotActive = defineRefusalType('PartnerNotActive', 'The partner is suspended or has left the coalition.');

export const EnrolMemberResult = defineResult('EnrolMemberResult', EnrolMemberSuccess, [
  TermsNotAccepted,
  PartnerNotActive,
]);
export const ConfirmPartnerLinkResult = defineResult('ConfirmPartnerLinkResult', ConfirmPartnerLinkSuccess);
