import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';

export enum VerdictName {
  KEEP = 'KEEP',
  CHANGE = 'CHANGE',
  STOP = 'STOP',
}
registerEnumType(VerdictName, {
  name: 'Verdict',
  description: 'What to do with a campaign.',
  valuesConfig: {
    KEEP: { description: 'An uplift that is certain speaks for it, or all that is known does.' },
    CHANGE: { description: 'Some of what is known speaks for it, some against; or it works, and costs too much.' },
    STOP: { description: 'Nothing that is known speaks for it, or members certainly spend less with it.' },
  },
});

export enum ReasonKindName {
  UPLIFT = 'UPLIFT',
  OPEN_RATE = 'OPEN_RATE',
  RESPONSE_RATE = 'RESPONSE_RATE',
  SPEND_CHANGE = 'SPEND_CHANGE',
  POINTS_SPENT_CHANGE = 'POINTS_SPENT_CHANGE',
  COST_SHARE = 'COST_SHARE',
  BUDGET_USED = 'BUDGET_USED',
}
registerEnumType(ReasonKindName, {
  name: 'VerdictReasonKind',
  description: 'What was looked at.',
  valuesConfig: {
    UPLIFT: { description: 'Spend beyond that of members an experiment held out, as a part of theirs.' },
    OPEN_RATE: { description: 'Those it is for who opened it; at least the limit speaks for it.' },
    RESPONSE_RATE: { description: 'Those it is for who used it; at least the limit speaks for it.' },
    SPEND_CHANGE: { description: 'Growth of spend over as long a time before; more than the limit speaks for it.' },
    POINTS_SPENT_CHANGE: { description: 'Growth of points spent over as long a time before; as above.' },
    COST_SHARE: { description: 'Its cost as a part of spend; at most the limit speaks for it.' },
    BUDGET_USED: {
      description: 'The part of its budget that is given while it goes on; at most the limit speaks for it.',
    },
  },
});

export enum FindingName {
  FOR = 'FOR',
  AGAINST = 'AGAINST',
  UNKNOWN = 'UNKNOWN',
}
registerEnumType(FindingName, {
  name: 'Finding',
  description: 'What a figure says of a campaign.',
  valuesConfig: {
    FOR: { description: 'It speaks for the campaign.' },
    AGAINST: { description: 'It speaks against it.' },
    UNKNOWN: { description: 'It was not measured, or chance may have made it.' },
  },
});

@ObjectType('VerdictReason', { description: 'A figure a verdict was reached by.' })
export class VerdictReasonType {
  @Field(() => ReasonKindName, { description: 'What was looked at.' })
  kind!: ReasonKindName;
  @Field(() => BigIntScalar, { nullable: true, description: 'What was found, in millionths; null: not measured.' })
  measuredPpm!: bigint | null;
  @Field(() => BigIntScalar, { description: 'What it was held against, in millionths.' })
  limitPpm!: bigint;
  @Field(() => FindingName, { description: 'What it says.' })
  finding!: FindingName;
}

@ObjectType('CampaignVerdict', { description: 'What was said of a campaign at the end of a month; it never changes.' })
export class CampaignVerdictType {
  @Field(() => String, { description: 'The month, such as 2026-03.' })
  month!: string;
  @Field(() => VerdictName, { description: 'What to do with it.' })
  verdict!: VerdictName;
  @Field(() => [VerdictReasonType], { description: 'Every figure, for and against.' })
  reasons!: VerdictReasonType[];
  @Field(() => DateTimeScalar, { description: 'How far the figures reach, from the campaign’s beginning.' })
  through!: Date;
  @Field(() => DateTimeScalar, { description: 'When it was given, by the programme’s clock.' })
  givenAt!: Date;
}

/** A page of verdicts. */
export const CampaignVerdictConnection = defineConnection('CampaignVerdict', CampaignVerdictType);
