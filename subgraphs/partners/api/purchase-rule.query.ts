import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { graphFault } from '../../../kernel/graph/fault';
import { DateTimeScalar, readable } from '../../../kernel/graph/scalars';
import { readCampaignCalendar } from '../app/read-campaigns';
import { tryCondition, type ConditionTrial } from '../app/try-condition';
import type { PartnersContext } from './context';
import { CampaignCalendarEntryType, ConditionSampleInput, ConditionTrialType } from './purchase-rule.type';

const SAMPLES_MAX = 50;

/** Campaigns and conditions, looked at before they count. */
@Resolver()
export class PurchaseRuleQuery {
  @Query(() => [CampaignCalendarEntryType], {
    description:
      'Campaigns that run at some time of a stretch, by beginning, and which stand in each other’s way. Admin.',
  })
  async campaignCalendar(
    @Arg('from', () => DateTimeScalar, { description: 'When the stretch begins.' }) from: Date,
    @Arg('to', () => DateTimeScalar, { description: 'Before when it ends.' }) to: Date,
    @Ctx() { principal, setting }: PartnersContext,
  ): Promise<object[]> {
    if (principal.kind !== 'admin') throw graphFault('FORBIDDEN', 'Only an admin of the programme may do this.');
    const span = { from: readable('from', from), to: readable('to', to) };
    const entries = await readCampaignCalendar(setting, principal.programmeId, span);
    return entries.map(({ campaign, conflicts }) => ({
      ...campaign,
      from: campaign.validFrom,
      name: campaign.terms?.name,
      phase: campaign.terms?.campaign?.phase,
      conflictingCampaignIds: [...new Set(conflicts.map(({ campaignId }) => campaignId))],
    }));
  }

  @Query(() => [ConditionTrialType], {
    description: 'What a condition would answer for each of up to 50 samples; nothing is kept. Admin.',
  })
  tryCondition(
    @Arg('condition', () => String, { description: 'The condition, in CEL.' }) condition: string,
    @Arg('samples', () => [ConditionSampleInput], { description: 'The purchases.' }) samples: ConditionSampleInput[],
    @Ctx() { principal, setting }: PartnersContext,
  ): Promise<ConditionTrial[]> {
    if (principal.kind !== 'admin') throw graphFault('FORBIDDEN', 'Only an admin of the programme may do this.');
    if (samples.length > SAMPLES_MAX) throw graphFault('INVALID_INPUT', `samples: must have at most ${SAMPLES_MAX}`);
    return tryCondition(setting, principal.programmeId, { condition, samples });
  }
}
