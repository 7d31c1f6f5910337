import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type {
  ApproveRedemptionRateInput as Approve,
  ProposeRedemptionRateInput as Propose,
} from '../../app/reports/redemption-rate';
import { PartnerStub } from '../partner.stub';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';

const ISSUER = { nullable: true, description: 'Whose points; null: the operator’s goodwill.' } as const;
const VINTAGE = { description: 'The month they were earned in, such as 2026-03, by the programme’s calendar.' };
const RATE_BPS = { description: 'Of points issued and not taken back, in basis points.' };

/** What an expectation rests on. */
export enum ExpectationBasis {
  CHAIN_LADDER = 'CHAIN_LADDER',
  OVERRIDE = 'OVERRIDE',
  NONE = 'NONE',
}
registerEnumType(ExpectationBasis, {
  name: 'ExpectationBasis',
  description: 'What an expected redemption rests on.',
  valuesConfig: {
    CHAIN_LADDER: { description: 'How older vintages were redeemed from that age on.' },
    OVERRIDE: { description: 'A rate somebody set and another approved.' },
    NONE: { description: 'Too little is known: no breakage is expected.' },
  },
});

@ObjectType('VintageFigures', { description: 'One issuer’s points of one month of earning, at the end of another.' })
export class VintageFiguresType {
  @Field(() => BigIntScalar, { description: 'How many members hold or held some.' })
  members!: bigint;
  @Field(() => PointsScalar, { description: 'Points issued.' })
  issued!: bigint;
  @Field(() => PointsScalar, { description: 'Redeemed, or taken to fill arrears; less what was given or taken back.' })
  redeemed!: bigint;
  @Field(() => PointsScalar, { description: 'Taken back.' })
  clawedBack!: bigint;
  @Field(() => PointsScalar, { description: 'Ceased unspent.' })
  expired!: bigint;
  @Field(() => PointsScalar, { description: 'The rest: waiting, spendable or on hold.' })
  outstanding!: bigint;
  @Field(() => PointsScalar, { description: 'How many will have been redeemed in the end.' })
  expectedRedeemed!: bigint;
  @Field(() => Int, RATE_BPS)
  expectedRateBps!: number;
  @Field(() => ExpectationBasis, { description: 'What that rests on.' })
  basis!: ExpectationBasis;
  @Field(() => String, { nullable: true, description: 'Why, of a rate that was set.' })
  reason!: string | null;
}

@ObjectType('VintageLiability', { description: 'What one issuer’s points of one month of earning have come to.' })
export class VintageLiabilityType {
  @Field(() => PartnerStub, ISSUER)
  issuer!: PartnerStub | null;
  @Field(() => String, VINTAGE)
  vintage!: string;
  @Field(() => VintageFiguresType, {
    nullable: true,
    description: 'The figures; null to a partner when they are about fewer than five members.',
  })
  figures!: VintageFiguresType | null;
}
export const VintageLiabilityConnection = defineConnection('VintageLiability', VintageLiabilityType);

@ObjectType('RollForwardFigures', {
  description:
    'opening + allocated − recognised − breakage − changeOfEstimate = closing, each rounded half to even for show.',
})
export class RollForwardFiguresType {
  @Field(() => MoneyType, { description: 'Not yet revenue at the start.' })
  opening!: MoneyType;
  @Field(() => MoneyType, { description: 'Set aside for points issued, at the highest price a redeemer may ask.' })
  allocated!: MoneyType;
  @Field(() => MoneyType, { description: 'Revenue for points redeemed.' })
  recognised!: MoneyType;
  @Field(() => MoneyType, {
    description: 'Revenue for points never to be redeemed, along with those redeemed (IFRS 15 B46).',
  })
  breakage!: MoneyType;
  @Field(() => MoneyType, {
    description: 'What a changed expectation adds to earlier revenue; below 0, takes from it.',
  })
  changeOfEstimate!: MoneyType;
  @Field(() => MoneyType, { description: 'Not yet revenue at the end.' })
  closing!: MoneyType;
}

@ObjectType('IssuerRollForward', { description: 'How one issuer’s contract liability moved.' })
export class IssuerRollForwardType {
  @Field(() => PartnerStub, ISSUER)
  issuer!: PartnerStub | null;
  @Field(() => RollForwardFiguresType, {
    nullable: true,
    description: 'The figures; null to a partner when they are about fewer than five members.',
  })
  figures!: RollForwardFiguresType | null;
}

@ObjectType('NetPointFlow', { description: 'What flows between two brands once both ways are offset.' })
export class NetPointFlowType {
  @Field(() => PartnerStub, { nullable: true, description: 'Whose points were redeemed at the other, on balance.' })
  from!: PartnerStub | null;
  @Field(() => PartnerStub, { nullable: true, description: 'Where.' })
  to!: PartnerStub | null;
  @Field(() => PointsScalar, { description: 'How many, on balance.' })
  points!: bigint;
  @Field(() => MoneyType, { description: 'Their value, on balance, at the prices of the day; rounded for show.' })
  value!: MoneyType;
}

@ObjectType('CoalitionIndicators', { description: 'How much of a coalition there is in a cycle.' })
export class CoalitionIndicatorsType {
  @Field(() => PointsScalar, { description: 'Points redeemed.' })
  redeemed!: bigint;
  @Field(() => PointsScalar, { description: 'Of them, at a brand other than the issuer’s.' })
  crossBrand!: bigint;
  @Field(() => Int, { description: 'The same as a share, in basis points.' })
  crossBrandBps!: number;
  @Field(() => MoneyType, { description: 'All that is billed, whichever way; 0 before DRAFT.' })
  gross!: MoneyType;
  @Field(() => MoneyType, { description: 'All that net payers pay; 0 before NETTED.' })
  netPaid!: MoneyType;
  @Field(() => Int, {
    nullable: true,
    description: 'How much of the gross need not be paid, in basis points; null before NETTED.',
  })
  nettingEfficiencyBps!: number | null;
  @Field(() => [NetPointFlowType], { description: 'The net flow matrix, two brands a row.' })
  netFlows!: NetPointFlowType[];
}

@ObjectType('RedemptionRate', { description: 'A rate of expected redemption, set in place of the estimate.' })
export class RedemptionRateType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => String, VINTAGE)
  vintage!: string;
  @Field(() => Int, RATE_BPS)
  rateBps!: number;
  @Field(() => String, { description: 'Why.' })
  reason!: string;
  @Field(() => String, { description: 'Who proposed it.' })
  proposedBy!: string;
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt!: Date;
  @Field(() => String, { nullable: true, description: 'Who approved it; null while it waits.' })
  approvedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When; it counts from that month on.' })
  approvedAt!: Date | null;
}
export const RedemptionRateConnection = defineConnection('RedemptionRate', RedemptionRateType);

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };

@InputType('ProposeRedemptionRateInput', {
  description: 'A rate of expected redemption for another person to approve.',
})
export class ProposeRedemptionRateInput implements Propose {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { nullable: true, description: 'Whose points; the operator’s goodwill when left out.' })
  issuerId?: string | null;
  @Field(() => String, VINTAGE)
  vintage!: string;
  @Field(() => Int, { description: 'Of points issued and not taken back, in basis points; 0 to 10,000.' })
  rateBps!: number;
  @Field(() => String, { description: 'Why; at most 500 characters.' })
  reason!: string;
}

@InputType('ApproveRedemptionRateInput', { description: 'A proposed rate to put in force.' })
export class ApproveRedemptionRateInput implements Approve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The rate.' })
  rateId!: string;
}

@ObjectType('RedemptionRateSuccess', { description: 'The rate was proposed, or put in force.' })
class RedemptionRateSuccess {
  @Field(() => RedemptionRateType, { description: 'The rate, as it is now.' })
  rate!: RedemptionRateType;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const RedemptionRateResult = defineResult('RedemptionRateResult', RedemptionRateSuccess, [
  ProgrammeNotReady,
  SelfApproval,
  defineRefusalType('RedemptionRateApproved', 'The rate was approved before.'),
]);
