import { CampaignMutation } from './campaign.mutation';
import { CampaignQuery } from './campaign.query';
import { VerdictQuery } from './verdict.query';

/** Everything of the graph that is about campaigns. */
export const campaignResolvers = [CampaignQuery, CampaignMutation, VerdictQuery] as const;
