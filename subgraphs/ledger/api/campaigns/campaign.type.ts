import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MemberRefInput, MoneyType } from '../../../../kernel/graph/shared-types';
import type { RecordCampaignResponseInput as Asked } from '../../app/campaigns/record-campaign-responses';
import { PartnerStub } from '../partner.stub';
import { MemberNotKnownYet, OccurredInFuture, ProgrammeNotReady } from '../points/refusal.type';

const PPM = 'in millionths, half to even';

/** What a member did with what a campaign sent. */
export enum CampaignResponseKindName {
  OPENED = 'OPENED',
  USED = 'USED',
}
registerEnumType(CampaignResponseKindName, {
  name: 'CampaignResponseKind',
  description: 'What a member did with what a campaign sent.',
  valuesConfig: {
    OPENED: { description: 'The member opened it.' },
    USED: { description: 'The member used it, as a coupon at the till: this is what a response rate counts.' },
  },
});

@InputType('RecordCampaignResponseInput', { description: 'What a member answered a campaign.' })
export class RecordCampaignResponseInput implements Asked {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A campaign of any partner of the programme.' })
  campaignId!: string;
  @Field(() => MemberRefInput, { description: 'Who answered.' })
  member!: MemberRefInput;
  @Field(() => CampaignResponseKindName, { description: 'What the member did.' })
  kind!: CampaignResponseKindName;
  @Field(() => DateTimeScalar, {
    description: 'When, while the campaign runs; not after the programme’s clock.',
  })
  occurredAt!: Date;
}

@ObjectType('RecordCampaignResponseSuccess', { description: 'The response is kept.' })
class RecordCampaignResponseSuccess {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;
  @Field(() => ID, { description: 'The member.' })
  memberId!: string;
  @Field(() => CampaignResponseKindName, { description: 'What the member did.' })
  kind!: CampaignResponseKindName;
  @Field(() => Boolean, { description: 'Whether an earlier call with the same key kept it.' })
  replayed!: boolean;
}

const CampaignNotRunning = defineRefusalType('CampaignNotRunning', 'The campaign does not run at that instant.');

export const RecordCampaignResponseResult = defineResult(
  'RecordCampaignResponseResult',
  RecordCampaignResponseSuccess,
  [MemberNotKnownYet, ProgrammeNotReady, CampaignNotRunning, OccurredInFuture],
);

@ObjectType('CampaignActivity', { description: 'What the members a campaign is for did in a stretch of time.' })
export class CampaignActivityType {
  @Field(() => BigIntScalar, { description: 'Purchases at the campaign’s partner.' })
  purchases!: bigint;
  @Field(() => BigIntScalar, { description: 'How many members bought.' })
  buyers!: bigint;
  @Field(() => MoneyType, { description: 'What they paid there; returns are not taken off.' })
  spend!: MoneyType;
  @Field(() => PointsScalar, { description: 'Points redeemed at any partner; reversals are not taken off.' })
  pointsSpent!: bigint;
}

@ObjectType('CampaignReport', { description: 'What a campaign came to, by the programme’s present.' })
export class CampaignReportType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;
  @Field(() => PartnerStub, { description: 'Whose it is.' })
  partner!: PartnerStub;
  @Field(() => String, { description: 'Its name, as of its latest version.' })
  name!: string;
  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  from!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Before when it ends; null: without end.' })
  until!: Date | null;
  @Field(() => [String], { description: 'Segments it is for; empty: everybody.' })
  segments!: string[];
  @Field(() => DateTimeScalar, { description: 'How far the figures reach: its end, or the present before that.' })
  through!: Date;
  @Field(() => BigIntScalar, { description: 'Members it is for: on one of its segments at present, or all.' })
  targeted!: bigint;
  @Field(() => BigIntScalar, { description: 'Of those it is for, how many opened it.' })
  openers!: bigint;
  @Field(() => BigIntScalar, { nullable: true, description: `openers ÷ targeted, ${PPM}; null of nobody.` })
  openRatePpm!: bigint | null;
  @Field(() => BigIntScalar, { description: 'How often it was used by those it is for.' })
  responses!: bigint;
  @Field(() => BigIntScalar, { description: 'How often it was used by others.' })
  otherResponses!: bigint;
  @Field(() => BigIntScalar, { description: 'Of those it is for, how many used it.' })
  responders!: bigint;
  @Field(() => BigIntScalar, { nullable: true, description: `responders ÷ targeted, ${PPM}; null of nobody.` })
  responseRatePpm!: bigint | null;
  @Field(() => BigIntScalar, { description: 'How many members got points of it.' })
  rewarded!: bigint;
  @Field(() => PointsScalar, { description: 'Points it gave.' })
  pointsGiven!: bigint;
  @Field(() => PointsScalar, { description: 'Of them, taken back when purchases were returned.' })
  pointsTakenBack!: bigint;
  @Field(() => PointsScalar, { nullable: true, description: 'The most it may give; null: no limit of its own.' })
  budgetPoints!: bigint | null;
  @Field(() => MoneyType, { description: 'Points given and not taken back at the face value of a point.' })
  cost!: MoneyType;
  @Field(() => CampaignActivityType, { description: 'From its beginning on.' })
  during!: CampaignActivityType;
  @Field(() => CampaignActivityType, { description: 'The same members in as long a time just before it.' })
  before!: CampaignActivityType;
  @Field(() => BigIntScalar, { nullable: true, description: `Growth of spend over before, ${PPM}; null after none.` })
  spendChangePpm!: bigint | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: `Growth of points spent over before, ${PPM}; null after none.`,
  })
  pointsSpentChangePpm!: bigint | null;
}

/** A page of reports. */
export const CampaignReportConnection = defineConnection('CampaignReport', CampaignReportType);
