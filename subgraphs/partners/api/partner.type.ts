import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import type { PartnerId } from '../../../kernel/values/id';
import type { ActionReward } from '../core/action-rule';
import type { EarningRate } from '../core/earning-rule';
import type { NewPartner } from '../core/partner';
import type { KeyRequest } from '../core/partner-key';
import type { AddressChange } from '../app/change-partner-key';
import type { Revocation } from '../app/revoke-partner-key';
import type { Suspension } from '../app/suspend-partner';
import { LimitPeriodName } from './limit-period';

export const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
export const PARTNER_ID = { description: 'A partner of the caller’s programme.' };

/** Where a partner stands. */
export enum PartnerStatusName {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
  LEAVING = 'LEAVING',
  LEFT = 'LEFT',
}
registerEnumType(PartnerStatusName, {
  name: 'PartnerStatus',
  description: 'Where a partner stands.',
  valuesConfig: {
    ACTIVE: { description: 'Does business.' },
    SUSPENDED: { description: 'Earns nothing for members; points it issued stay spendable elsewhere.' },
    LEAVING: {
      description: 'Neither earns nor redeems; points it issued stay spendable elsewhere until none is left.',
    },
    LEFT: { description: 'Left the coalition for good.' },
  },
});

/** How a purchase becomes points. */
export enum EarningRuleKindName {
  BASE_RATE = 'BASE_RATE',
}
registerEnumType(EarningRuleKindName, {
  name: 'EarningRuleKind',
  description: 'How a purchase becomes points.',
  valuesConfig: {
    BASE_RATE: { description: 'One rate for every sale: floor(amountMinor × points ÷ perAmountMinor).' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType('Partner', { description: 'A business in the coalition.' })
export class PartnerType {
  @Field(() => ID, { description: 'The partner’s id.' })
  id!: PartnerId;
  @Field(() => String, { nullable: true, description: 'Name people read; known to everyone of the programme.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Short name for machines, unique in the programme.' })
  code!: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether its sales make points exist, which it pays for.' })
  canIssue!: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether it accepts points, for which it is paid.' })
  canRedeem!: boolean;
}

@ObjectType('EarningRule', { description: 'One version of what a purchase at a partner earns; never changed.' })
export class EarningRuleType {
  @Field(() => ID, { description: 'The version’s id.' })
  id!: string;
  @Field(() => Int, { description: '1, 2, 3 … for each partner.' })
  version!: number;
  @Field(() => EarningRuleKindName, { description: 'How it turns a purchase into points.' })
  kind!: EarningRuleKindName;
  @Field(() => PointsScalar, { description: 'Points for each `perAmountMinor`.' })
  points!: bigint;
  @Field(() => BigIntScalar, { description: 'Minor units of the programme’s currency that earn `points`.' })
  perAmountMinor!: bigint;
  @Field(() => DateTimeScalar, { description: 'From when it is in force, until the next version begins.' })
  validFrom!: Date;
  @Field(() => Int, { description: 'Days points wait before they can be spent; 0: none.' })
  pendingDays!: number;
}

@ObjectType('ActionLimit', { description: 'How often a member is rewarded for an action in a period.' })
export class ActionLimitType {
  @Field(() => Int, { description: 'How often.' })
  count!: number;
  @Field(() => LimitPeriodName, { description: 'The period it is counted in.' })
  period!: LimitPeriodName;
}

@InputType('ActionLimitInput', { description: 'How often a member is rewarded for an action in a period.' })
export class ActionLimitInput {
  @Field(() => Int, { description: 'How often; at least 1.' })
  count!: number;
  @Field(() => LimitPeriodName, { description: 'The period it is counted in.' })
  period!: LimitPeriodName;
}

@ObjectType('ActionRule', {
  description: 'One version of what a member gets for something that is no purchase; never changed.',
})
export class ActionRuleType {
  @Field(() => ID, { description: 'The version’s id.' })
  id!: string;
  @Field(() => Int, { description: '1, 2, 3 … for each partner and action.' })
  version!: number;
  @Field(() => String, { description: 'The partner’s name for the action, such as social.connected.' })
  action!: string;
  @Field(() => PointsScalar, { description: 'Points for each time it is rewarded.' })
  points!: bigint;
  @Field(() => ActionLimitType, { nullable: true, description: 'How often it is rewarded; null: always.' })
  limit!: ActionLimitType | null;
  @Field(() => String, {
    nullable: true,
    description: 'The attribute that tells one occasion from another, such as network; null: all are one.',
  })
  distinctBy!: string | null;
  @Field(() => DateTimeScalar, { description: 'From when it is in force, until the next version begins.' })
  validFrom!: Date;
}

@InputType('TierPointsInput', { description: 'Points for members of one tier.' })
export class TierPointsInput {
  @Field(() => String, { description: 'The tier’s code.' })
  tier!: string;
  @Field(() => PointsScalar, { description: 'Their points.' })
  points!: bigint;
}

@InputType('SetActionRuleInput', {
  description: 'A reward that becomes the next version of a partner’s rule for an action.',
})
export class SetActionRuleInput implements ActionReward {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, {
    description: 'The partner’s name for the action: lower-case words joined by dots, such as social.connected.',
  })
  action!: string;
  @Field(() => PointsScalar, { description: 'Points for each time it is rewarded; at least 1.' })
  points!: bigint;
  @Field(() => ActionLimitInput, { nullable: true, description: 'How often it is rewarded; always, when not given.' })
  limit?: ActionLimitInput | null;
  @Field(() => String, {
    nullable: true,
    description: 'The attribute that tells one occasion from another, such as network; all are one, when not given.',
  })
  distinctBy?: string | null;
  @Field(() => String, { nullable: true, description: 'What must be true, in CEL; always, when not given.' })
  condition?: string | null;
  @Field(() => [String], { nullable: true, description: 'Codes of the tiers it is for; all when not given.' })
  tiers?: string[] | null;
  @Field(() => [TierPointsInput], { nullable: true, description: 'What members of a tier get instead of `points`.' })
  tierPoints?: TierPointsInput[] | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Through this day after the day of enrolment, by the programme’s calendar; always, when not given.',
  })
  signUpDays?: number | null;
  @Field(() => DateTimeScalar, { description: 'From when it is in force; after the latest version’s.' })
  validFrom!: Date;
}

@ObjectType('PartnerKey', { description: 'A credential of a partner’s programs, without its text.' })
export class PartnerKeyType {
  @Field(() => ID, { description: 'The key’s id; its digits are part of the key’s text.' })
  id!: string;
  @Field(() => [String], { description: 'What the key may do.' })
  scopes!: string[];
  @Field(() => DateTimeScalar, { description: 'When it was issued.' })
  issuedAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it stops opening the door by itself; null: never.',
  })
  expiresAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked; null while it was not.' })
  revokedAt!: Date | null;
  @Field(() => [String], {
    nullable: true,
    description: 'From where it may be used: addresses and ranges in CIDR notation; null: from anywhere.',
  })
  addresses!: string[] | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it opened the door last, a few seconds late; null: not yet.',
  })
  lastUsedAt!: Date | null;
}

/** A page of partners. */
export const PartnerConnection = defineConnection('Partner', PartnerType);

@InputType('AddPartnerInput', { description: 'A business that joins the coalition.' })
export class AddPartnerInput implements NewPartner {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, {
    description: 'Short name for machines, unique in the programme: 1 to 40 letters, digits, hyphens or underscores.',
  })
  code!: string;
  @Field(() => String, { description: 'Name people read; at most 200 characters.' })
  name!: string;
  @Field(() => Boolean, { defaultValue: true, description: 'Whether its sales make points exist, which it pays for.' })
  canIssue!: boolean;
  @Field(() => Boolean, { defaultValue: true, description: 'Whether it accepts points, for which it is paid.' })
  canRedeem!: boolean;
}

@InputType('SetEarningRuleInput', { description: 'A rate that becomes the next version of a partner’s earning rule.' })
export class SetEarningRuleInput implements EarningRate {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => EarningRuleKindName, {
    defaultValue: EarningRuleKindName.BASE_RATE,
    description: 'How it turns a purchase into points.',
  })
  kind!: EarningRuleKindName;
  @Field(() => PointsScalar, { description: 'Points for each `perAmountMinor`.' })
  points!: bigint;
  @Field(() => BigIntScalar, { description: 'Minor units of the programme’s currency that earn `points`; at least 1.' })
  perAmountMinor!: bigint;
  @Field(() => DateTimeScalar, { description: 'From when it is in force; after the latest version’s.' })
  validFrom!: Date;
  @Field(() => Int, {
    nullable: true,
    description: 'Days points wait before they can be spent; 0 to 365, none when not given.',
  })
  pendingDays?: number | null;
}

@InputType('SuspendPartnerInput', { description: 'A partner to suspend.' })
export class SuspendPartnerInput implements Suspension {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, { description: 'For those who later ask why; at most 200 characters.' })
  reason!: string;
}

@InputType('LiftSuspensionInput', { description: 'A suspended partner that may do business again.' })
export class LiftSuspensionInput extends SuspendPartnerInput {}

@InputType('PartnerLeavesInput', { description: 'A partner that begins to leave.' })
export class PartnerLeavesInput extends SuspendPartnerInput {}

const ADDRESSES = {
  nullable: true,
  description: 'IPv4 and IPv6 addresses, and ranges of them in CIDR notation, 1 to 50; from anywhere, when not given.',
};

@InputType('IssuePartnerKeyInput', { description: 'A key for a partner’s programs.' })
export class IssuePartnerKeyInput implements KeyRequest {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => [String], {
    nullable: true,
    description: 'What the key may do; all but accrual:direct, when not given.',
  })
  scopes?: string[] | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it stops opening the door by itself; never, when not given.',
  })
  expiresAt?: Date | null;
  @Field(() => [String], ADDRESSES)
  addresses?: string[] | null;
}

@InputType('SetPartnerKeyAddressesInput', { description: 'From where a key may be used from now on.' })
export class SetPartnerKeyAddressesInput implements AddressChange {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The key’s id, as answered when it was issued.' })
  keyId!: string;
  @Field(() => [String], ADDRESSES)
  addresses?: string[] | null;
}

@Directive('@inaccessible')
@InputType('PartnerKeyUseInput', { description: 'When a key was used, as the gateway saw it.' })
export class PartnerKeyUseInput {
  @Field(() => ID, { description: 'The key’s id.' })
  keyId!: string;
  @Field(() => DateTimeScalar, { description: 'When.' })
  usedAt!: Date;
}

@InputType('RevokePartnerKeyInput', { description: 'A key to revoke for good.' })
export class RevokePartnerKeyInput implements Revocation {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The key’s id, as answered when it was issued.' })
  keyId!: string;
}
