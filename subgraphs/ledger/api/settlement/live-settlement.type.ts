import { Field, ID, Int, ObjectType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { PartnerStub } from '../partner.stub';
import { SettlementCycleType } from './settlement.type';

const PREVIOUS = {
  nullable: true,
  description: 'The version last sent to this reader: a gap is one that differs from what the reader saw last.',
} as const;
const EPOCH = { description: 'Another one means the book was restored: go on from the snapshot.' };
const IS_SNAPSHOT = { description: 'Whether this is how things stand, not a change.' };

@ObjectType('SettlementCycleChange', { description: 'A cycle as it stands, then again whenever it has changed.' })
export class SettlementCycleChangeType {
  @Field(() => SettlementCycleType, { description: 'The cycle at `version`.' })
  cycle!: SettlementCycleType;
  @Field(() => BigIntScalar, { description: 'The cycle’s version.' })
  version!: bigint;
  @Field(() => BigIntScalar, PREVIOUS)
  previousVersion!: bigint | null;
  @Field(() => ID, EPOCH)
  epoch!: string;
  @Field(() => Boolean, IS_SNAPSHOT)
  isSnapshot!: boolean;
}

@ObjectType('PartnerExposureChange', {
  description: 'What a partner would owe if we settled now, then again whenever it has changed.',
})
export class PartnerExposureChangeType {
  @Field(() => PartnerStub, { nullable: true, description: 'Whose it is.' })
  partner!: PartnerStub | null;
  @Field(() => MoneyType, {
    description: 'Claims and holds against it, less what it is owed; negative when it is owed more.',
  })
  exposure!: MoneyType;
  @Field(() => MoneyType, {
    nullable: true,
    description: 'Where its points stop being issued; null without such a cap.',
  })
  netDebitCap!: MoneyType | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The part of the cap that is used, in basis points; null without a cap.',
  })
  usedBps!: number | null;
  @Field(() => Boolean, { description: 'Whether the alert threshold of the cap is reached.' })
  isAlert!: boolean;
  @Field(() => DateTimeScalar, { description: 'When it was looked at.' })
  at!: Date;
  @Field(() => BigIntScalar, { description: 'Rises with everything that can change it.' })
  version!: bigint;
  @Field(() => BigIntScalar, PREVIOUS)
  previousVersion!: bigint | null;
  @Field(() => ID, EPOCH)
  epoch!: string;
  @Field(() => Boolean, IS_SNAPSHOT)
  isSnapshot!: boolean;
}
