import type { RefusalCatalogue } from '../../../../kernel/errors/refusal';

/** Codes of responses to campaigns and of what is done about them, within the ledger's catalogue. */
export const campaignRefusals = {
  LEDGER_CAMPAIGN_NOT_RUNNING: {
    meaning: 'The campaign does not run at `occurredAt`: a response outside its window is none.',
    action: 'Correct the instant or the campaign.',
    retryable: false,
    type: 'CampaignNotRunning',
    precedence: 62,
  },
  LEDGER_VERDICT_DECIDED: {
    meaning: 'What was done about the campaign after that month’s verdict is recorded already; it is not changed.',
    action: 'Read `campaignVerdicts`; what is done later belongs to a later month.',
    retryable: false,
    type: 'VerdictDecided',
    precedence: 64,
  },
} as const satisfies RefusalCatalogue;
