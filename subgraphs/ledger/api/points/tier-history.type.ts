import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import { StatementEntryKindName } from './account.type';

/** By which time a past is asked for. */
export enum TimeAxisName {
  RECORDED = 'RECORDED',
  EFFECTIVE = 'EFFECTIVE',
}
registerEnumType(TimeAxisName, {
  name: 'TimeAxis',
  description: 'By which time a past is asked for.',
  valuesConfig: {
    RECORDED: { description: 'When the ledger recorded it: what anybody could have known then.' },
    EFFECTIVE: { description: 'When it happened in the world, even if the ledger was told later.' },
  },
});

@ObjectType('TierSpan', { description: 'A time a member stood on one rung of the ladder.' })
export class TierSpanType {
  @Field(() => BigIntScalar, { description: 'The account’s version that put the member there.' })
  version!: bigint;
  @Field(() => String, { description: 'Short name of the rung for machines.' })
  code!: string;
  @Field(() => String, { description: 'Name people read; the code where the ladder has the rung no longer.' })
  name!: string;
  @Field(() => StatementEntryKindName, { description: 'What put the member there, such as a purchase or a review.' })
  kind!: StatementEntryKindName;
  @Field(() => DateTimeScalar, { description: 'From when on, as recorded.' })
  since!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when; null while the member stands there.' })
  until!: Date | null;
}

/** A page of a tier history. */
export const TierSpanConnection = defineConnection('TierSpan', TierSpanType);
