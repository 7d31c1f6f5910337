import { CampaignMutation } from './campaign.mutation';
import { CampaignQuery } from './campaign.query';

/** Everything of the graph that is about campaigns. */
export const campaignResolvers = [CampaignQuery, CampaignMutation] as const;
