import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import type { RecordCampaignDecisionInput as Asked } from '../../app/campaigns/record-decision';

export enum VerdictName {
  KEEP = 'KEEP',
  CHANGE = 'CHANGE',
  STOP = 'STOP',
  UNDECIDED = 'UNDECIDED',
}
registerEnumType(VerdictName, {
  name: 'Verdict',
  description: 'What to do with a campaign.',
  valuesConfig: {
    KEEP: { description: 'An uplift that is certain speaks for it, or all that is known does.' },
    CHANGE: { description: 'Some of what is known speaks for it, some against; or it works, and costs too much.' },
    STOP: { description: 'Nothing known of its effect speaks for it, or members certainly spend less with it.' },
    UNDECIDED: { description: 'Too little is known of what it did.' },
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
    UNKNOWN: { description: 'It was not measured, is of fewer than 30 members, or chance may have made it.' },
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

export enum CampaignDecisionName {
  KEPT = 'KEPT',
  CHANGED = 'CHANGED',
  STOPPED = 'STOPPED',
}
registerEnumType(CampaignDecisionName, {
  name: 'CampaignDecisionName',
  description: 'What a person did about a campaign.',
  valuesConfig: {
    KEPT: { description: 'It goes on as it is.' },
    CHANGED: { description: 'It goes on under other terms.' },
    STOPPED: { description: 'It was stopped.' },
  },
});

@ObjectType('CampaignDecision', { description: 'What a person did about a campaign after a verdict.' })
export class CampaignDecisionType {
  @Field(() => CampaignDecisionName, { description: 'What was done.' })
  decision!: CampaignDecisionName;
  @Field(() => String, { description: 'Why.' })
  reason!: string;
  @Field(() => String, { description: 'Who did it.' })
  decidedBy!: string;
  @Field(() => DateTimeScalar, { description: 'When it was told, by the programme’s clock.' })
  decidedAt!: Date;
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
  @Field(() => CampaignDecisionType, { nullable: true, description: 'What was then done; null: nobody told yet.' })
  decision!: CampaignDecisionType | null;
}

/** A page of verdicts. */
export const CampaignVerdictConnection = defineConnection('CampaignVerdict', CampaignVerdictType);

@InputType('RecordCampaignDecisionInput', { description: 'What was done about a campaign after a verdict.' })
export class RecordCampaignDecisionInput implements Asked {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;
  @Field(() => String, { description: 'The month of the verdict, such as 2026-03.' })
  month!: string;
  @Field(() => CampaignDecisionName, { description: 'What was done.' })
  decision!: CampaignDecisionName;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@ObjectType('RecordCampaignDecisionSuccess', { description: 'The decision is recorded.' })
class RecordCampaignDecisionSuccess {
  @Field(() => CampaignDecisionType, { description: 'The decision.' })
  decision!: CampaignDecisionType;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const RecordCampaignDecisionResult = defineResult(
  'RecordCampaignDecisionResult',
  RecordCampaignDecisionSuccess,
  [defineRefusalType('VerdictDecided', 'What was done after that verdict is recorded already.')],
);
