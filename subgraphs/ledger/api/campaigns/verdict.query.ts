import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { readVerdicts, type CampaignVerdict } from '../../app/campaigns/read-verdicts';
import { recordCampaignDecision } from '../../app/campaigns/record-decision';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { orFault } from '../reports/report.query';
import { CampaignVerdictConnection, RecordCampaignDecisionInput, RecordCampaignDecisionResult } from './verdict.type';

/** What was said of campaigns, month by month, and what was done then. */
@Resolver()
export class VerdictQuery {
  @Query(() => CampaignVerdictConnection, {
    description: 'What was said of a campaign at the end of each month it ran in, the latest first. Admin, finance.',
  })
  async campaignVerdicts(
    @Arg('campaignId', () => ID, { description: 'The campaign’s id.' }) campaignId: string,
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<CampaignVerdict>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.campaignVerdicts:${campaignId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const asked = { campaignId, before: afterKeys?.[0] ?? null, limit };
    const rows = orFault(await readVerdicts(ledger, principal, asked));
    return pageOf({ rows, first, after, cursors, keyOf: ({ month }) => [month] });
  }

  @Mutation(() => RecordCampaignDecisionResult, {
    description: 'Records what was done about a campaign after a verdict; it changes no rule. Admin.',
  })
  recordCampaignDecision(
    @Arg('input', () => RecordCampaignDecisionInput, { description: 'What.' }) input: RecordCampaignDecisionInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RecordCampaignDecisionSuccess', input, () => recordCampaignDecision(ledger, principal, input));
  }
}
