import type { RefusalCatalogue } from '../../../../kernel/errors/refusal';

/** Codes of responses to campaigns, within the ledger's catalogue. */
export const campaignRefusals = {
  LEDGER_CAMPAIGN_NOT_RUNNING: {
    meaning: 'The campaign does not run at `occurredAt`: a response outside its window is none.',
    action: 'Correct the instant or the campaign.',
    retryable: false,
    type: 'CampaignNotRunning',
    precedence: 62,
  },
} as const satisfies RefusalCatalogue;
