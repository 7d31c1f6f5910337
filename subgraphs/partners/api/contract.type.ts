import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import type { ContractTerms } from '../core/contract';
import { LimitPeriodName } from './limit-period';
import { IDEMPOTENCY_KEY, PARTNER_ID } from './partner.type';

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

@ObjectType()
abstract class TermsFields {
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
  @Field(() => Int, {
    description: 'The part of `netDebitCapMicros` at which an alert is announced, in basis points.',
  })
  netDebitAlertBps!: number;
}

@ObjectType('ContractTerms', { description: 'What a version of a contract says.' })
export class ContractTermsType extends TermsFields {}

@ObjectType('Contract', { description: 'One version of what operator and partner agreed; never changed.' })
export class ContractType extends TermsFields {
  @Field(() => ID, { description: 'The version’s id.' })
  id!: string;
  @Field(() => Int, { description: '1, 2, 3 … for each partner.' })
  version!: number;
}

@InputType()
abstract class ContractTermsInput implements ContractTerms {
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
  @Field(() => Int, {
    nullable: true,
    description:
      'The part of `netDebitCapMicros` at which an alert is announced, in basis points; 8000 when not given.',
  })
  netDebitAlertBps?: number | null;
}

@InputType('AgreeContractInput', { description: 'Terms that become the next version of a partner’s contract.' })
export class AgreeContractInput extends ContractTermsInput {}

@InputType('ProposeContractInput', {
  description: 'Terms another person may approve as the next version of a contract.',
})
export class ProposeContractInput extends ContractTermsInput {}
