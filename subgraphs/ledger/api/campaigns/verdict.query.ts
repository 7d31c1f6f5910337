import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { readVerdicts, type CampaignVerdict } from '../../app/campaigns/read-verdicts';
import type { LedgerContext } from '../context';
import { orFault } from '../reports/report.query';
import { CampaignVerdictConnection } from './verdict.type';

/** What was said of campaigns, month by month. */
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
}
