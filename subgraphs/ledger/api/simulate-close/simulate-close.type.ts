import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { BigIntScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type { PartnerTrial } from '../../app/simulate-close/simulate-close';
import { SettlementPartyType } from '../settlement/settlement.type';

const OR_AS_IT_IS = 'as it is, when not given';

@InputType('TrialTermsInput', { description: 'What a partner’s contract would say instead.' })
export class TrialTermsInput implements PartnerTrial {
  @Field(() => ID, { description: 'The partner.' })
  partnerId!: string;
  @Field(() => String, {
    nullable: true,
    description: `AT_REDEMPTION, AT_ISSUANCE or HYBRID, for the lots it issued; ${OR_AS_IT_IS}.`,
  })
  settlementModel?: string | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: `What it is paid for a point, in millionths; ${OR_AS_IT_IS}.`,
  })
  reimbursementMicros?: bigint | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: `What it pays for a point at issuance, in millionths; ${OR_AS_IT_IS}.`,
  })
  issuanceMicros?: bigint | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: `Its fee for a released point, in millionths; ${OR_AS_IT_IS}.`,
  })
  feeMicros?: bigint | null;
  @Field(() => Int, { nullable: true, description: `The part it pays in advance, in basis points; ${OR_AS_IT_IS}.` })
  prefundBps?: number | null;
  @Field(() => Int, { nullable: true, description: `Its share of breakage, in basis points; ${OR_AS_IT_IS}.` })
  breakageShareBps?: number | null;
}

@ObjectType('SimulatedNet', { description: 'What a party would receive or pay, beside what it does.' })
export class SimulatedNetType {
  @Field(() => SettlementPartyType, { description: 'Whose it is.' })
  party!: object;
  @Field(() => BigIntScalar, { description: 'Its net as it is, exact, in millionths: positive receives.' })
  asItIsMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'Its net as it would be, exact, in millionths.' })
  simulatedMicros!: bigint;
  @Field(() => MoneyType, {
    description: 'What it would receive more, or less; half to even to the minor unit, for show.',
  })
  difference!: MoneyType;
}
