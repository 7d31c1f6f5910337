import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import {
  readCampaignReport,
  readCampaignReports,
  type CampaignReport,
} from '../../app/campaigns/read-campaign-reports';
import { changePpm, ratePpm, type Activity } from '../../core/campaigns/figures';
import type { LedgerContext } from '../context';
import { partnerStub } from '../partner.stub';
import { orFault } from '../reports/report.query';
import { CampaignReportConnection, CampaignReportType } from './campaign.type';

/** What campaigns came to. */
@Resolver()
export class CampaignQuery {
  @Query(() => CampaignReportConnection, {
    description: 'What each campaign came to, the earliest begun first. Admin, finance.',
  })
  async campaignReports(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.campaignReports');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const asked = { after: afterKeys?.[0] ?? null, limit };
    const rows = orFault(await readCampaignReports(ledger, principal, asked)).map(shown);
    return pageOf({ rows, first, after, cursors, keyOf: ({ campaignId }) => [campaignId] });
  }

  @Query(() => CampaignReportType, { description: 'What one campaign came to. Admin, finance.' })
  async campaignReport(
    @Arg('campaignId', () => ID, { description: 'The campaign’s id.' }) campaignId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return shown(orFault(await readCampaignReport(ledger, principal, campaignId)));
  }
}

/** A report as the graph shows it. */
function shown({ campaign, stretches, counts, faceValueMicros, currency }: CampaignReport) {
  const { id: campaignId, partnerId, ...terms } = campaign;
  const { targeted, openers, responders, during, before, ...others } = counts;
  const costMicros = (counts.pointsGiven - counts.pointsTakenBack) * faceValueMicros;
  const activity = ({ spendMinor, ...rest }: Activity) => ({
    ...rest,
    spend: { amountMinor: spendMinor, currency },
  });
  return {
    ...{ campaignId, partner: partnerStub(partnerId), ...terms, through: stretches.through },
    ...{ targeted, openers, responders, ...others },
    openRatePpm: ratePpm(openers, targeted),
    responseRatePpm: ratePpm(responders, targeted),
    cost: { amountMinor: divideHalfEven(costMicros, microsPerMinor(currency as CurrencyCode)), currency },
    during: activity(during),
    before: activity(before),
    spendChangePpm: changePpm(during.spendMinor, before.spendMinor),
    pointsSpentChangePpm: changePpm(during.pointsSpent, before.pointsSpent),
  };
}
