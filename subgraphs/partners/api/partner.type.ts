import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import type { PartnerId } from '../../../kernel/values/id';
import type { ActionReward } from '../core/action-rule';
import type { ContractTerms } from '../core/contract';
import type { EarningRate } from '../core/earning-rule';
import type { NewPartner } from '../core/partner';
import type { KeyRequest } from '../core/partner-key';
import type { Revocation } from '../app/revoke-partner-key';
import type { Suspension } from '../app/suspend-partner';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const PARTNER_ID = { description: 'A partner of the caller’s programme.' };

/** Where a partner stands. */
export enum PartnerStatusName {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
  LEFT = 'LEFT',
}
registerEnumType(PartnerStatusName, {
  name: 'PartnerStatus',
  description: 'Where a partner stands.',
  valuesConfig: {
    ACTIVE: { description: 'Does business.' },
    SUSPENDED: { description: 'Earns nothing for members; points it issued stay spendable elsewhere.' },
    LEFT: { description: 'Left the coalition for good.' },
  },
});

/** When money moves. */
export enum SettlementModelName {
  AT_REDEMPTION = 'AT_REDEMPTION',
  AT_ISSUANCE = 'AT_ISSUANCE',
  HYBRID = 'HYBRID',
}
registerEnumType(SettlementModelName, {
  name: 'SettlementModel',
  description: 'When money moves.',
  valuesConfig: {
    AT_REDEMPTION: { description: 'The funder of a point pays its redeemer when the point is spent.' },
    AT_ISSUANCE: {
      description: 'The issuer pays the hub’s fund when points become available; the fund pays redeemers.',
    },
    HYBRID: { description: 'A part of the reimbursement is paid in advance, the rest when points are spent.' },
  },
});

/** A stretch of the calendar in the programme's time zone. */
export enum LimitPeriodName {
  DAY = 'DAY',
  MONTH = 'MONTH',
  YEAR = 'YEAR',
  EVER = 'EVER',
}
registerEnumType(LimitPeriodName, {
  name: 'LimitPeriod',
  description: 'The stretch of the programme’s calendar a limit counts in.',
  valuesConfig: {
    DAY: { description: 'A day.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
    EVER: { description: 'All time: it never begins anew.' },
  },
});

@ObjectType('IssuanceCap', { description: 'The most points a partner may issue in a period.' })
export class IssuanceCapType {
  @Field(() => PointsScalar, { description: 'The most points.' })
  points!: bigint;
  @Field(() => LimitPeriodName, { description: 'The period they are counted in.' })
  period!: LimitPeriodName;
}

@InputType('IssuanceCapInput', { description: 'The most points a partner may issue in a period.' })
export class IssuanceCapInput {
  @Field(() => PointsScalar, { description: 'The most points.' })
  points!: bigint;
  @Field(() => LimitPeriodName, { description: 'The period they are counted in.' })
  period!: LimitPeriodName;
}

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

@ObjectType('Contract', { description: 'One version of what operator and partner agreed; never changed.' })
export class ContractType {
  @Field(() => ID, { description: 'The version’s id.' })
  id!: string;
  @Field(() => Int, { description: '1, 2, 3 … for each partner.' })
  version!: number;
  @Field(() => DateTimeScalar, { description: 'From when it is in force, until the next version begins.' })
  validFrom!: Date;
  @Field(() => SettlementModelName, { description: 'When money moves.' })
  settlementModel!: SettlementModelName;
  @Field(() => BigIntScalar, {
    description: 'What the partner is paid for a point it accepts, in millionths of a major unit.',
  })
  reimbursementMicros!: bigint;
  @Field(() => BigIntScalar, {
    description: 'What the partner pays for a point it issues, in millionths of a major unit.',
  })
  feeMicros!: bigint;
  @Field(() => BigIntScalar, {
    description: 'What the issuer pays for a point at issuance, in millionths of a major unit; 0 unless AT_ISSUANCE.',
  })
  issuanceMicros!: bigint;
  @Field(() => Int, { description: 'The part of the reimbursement paid in advance, in basis points; 0 unless HYBRID.' })
  prefundBps!: number;
  @Field(() => Int, { description: 'The issuer’s part of what its expired points had paid for, in basis points.' })
  breakageShareBps!: number;
  @Field(() => Boolean, { description: 'Whether points stay pending until the issuer’s payment is confirmed.' })
  releaseOnFunding!: boolean;
  @Field(() => IssuanceCapType, { nullable: true, description: 'The most points it may issue; null: no such cap.' })
  issuanceCap!: IssuanceCapType | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description:
      'The exposure above which its points stop being issued, in millionths of a major unit; null: no such cap.',
  })
  netDebitCapMicros!: bigint | null;
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

@InputType('AgreeContractInput', { description: 'Terms that become the next version of a partner’s contract.' })
export class AgreeContractInput implements ContractTerms {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => DateTimeScalar, { description: 'From when it is in force; after the latest version’s.' })
  validFrom!: Date;
  @Field(() => SettlementModelName, {
    defaultValue: SettlementModelName.AT_REDEMPTION,
    description: 'When money moves.',
  })
  settlementModel!: SettlementModelName;
  @Field(() => BigIntScalar, {
    description:
      'What the partner is paid for a point it accepts, in millionths of a major unit; at most the face value.',
  })
  reimbursementMicros!: bigint;
  @Field(() => BigIntScalar, {
    defaultValue: 0n,
    description: 'What the partner pays for a point it issues, in millionths of a major unit.',
  })
  feeMicros!: bigint;
  @Field(() => BigIntScalar, {
    nullable: true,
    description:
      'What the issuer pays for a point at issuance, in millionths of a major unit; AT_ISSUANCE only. At least what any redeemer is paid.',
  })
  issuanceMicros?: bigint | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The part of the reimbursement paid in advance, in basis points; 1 to 10000 for HYBRID, else none.',
  })
  prefundBps?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The issuer’s part of what its expired points had paid for, in basis points; AT_ISSUANCE only.',
  })
  breakageShareBps?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether points stay pending until the issuer’s payment is confirmed; not for AT_REDEMPTION.',
  })
  releaseOnFunding?: boolean | null;
  @Field(() => IssuanceCapInput, {
    nullable: true,
    description: 'The most points it may issue; no such cap, when not given.',
  })
  issuanceCap?: IssuanceCapInput | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description:
      'The exposure above which its points stop being issued, in millionths of a major unit; no such cap, when not given.',
  })
  netDebitCapMicros?: bigint | null;
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
}

@InputType('RevokePartnerKeyInput', { description: 'A key to revoke for good.' })
export class RevokePartnerKeyInput implements Revocation {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The key’s id, as answered when it was issued.' })
  keyId!: string;
}
