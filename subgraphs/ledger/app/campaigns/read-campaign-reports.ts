import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import type { Id } from '../../../../kernel/values/id';
import { campaignsOf, type Campaign } from '../../core/campaigns/campaign';
import { stretchesOf, type CampaignCounts, type Stretches } from '../../core/campaigns/figures';
import type { RuleBook } from '../../core/rule-book';
import { countCampaigns } from '../../data/campaigns/report.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';

type ReportedLedger = Pick<Ledger, 'database' | 'whole' | 'book' | 'catchUpRules' | 'clock'>;

/** A campaign and what it came to by an instant of the programme's time. */
export interface CampaignReport {
  readonly campaign: Campaign;
  readonly stretches: Stretches;
  readonly counts: CampaignCounts;
  /** What a point is worth to a member, in micro-units of the currency. */
  readonly faceValueMicros: bigint;
  readonly currency: string;
}

/**
 * Reports on a page of the programme's campaigns, the earliest begun first.
 *
 * @param after the id of the campaign before the page
 */
export async function readCampaignReports(
  ledger: ReportedLedger,
  principal: Principal,
  { after, limit }: { after: string | null; limit: number },
): Promise<CampaignReport[] | Refusal> {
  const book = await deskBook(ledger, principal);
  if (isRefusal(book)) return book;
  const campaigns = campaignsOf(book);
  const from = after === null ? 0 : campaigns.findIndex(({ id }) => id === after) + 1;
  return report(ledger, book, campaigns.slice(from, from + limit));
}

/** The report on one campaign; NOT_FOUND for one the programme does not have. */
export async function readCampaignReport(
  ledger: ReportedLedger,
  principal: Principal,
  campaignId: string,
): Promise<CampaignReport | Refusal> {
  const book = await deskBook(ledger, principal);
  if (isRefusal(book)) return book;
  const campaign = campaignsOf(book).find(({ id }) => id === campaignId);
  if (campaign === undefined) return notFound('campaign');
  const [only] = await report(ledger, book, [campaign]);
  return only ?? notFound('campaign');
}

async function deskBook(ledger: ReportedLedger, principal: Principal): Promise<RuleBook | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Reports are for the programme’s admins and finance.');
  }
  return currentBook(ledger, principal.programmeId);
}

async function report(
  ledger: ReportedLedger,
  { programmeId, faceValueMicros, currency }: RuleBook,
  campaigns: readonly Campaign[],
): Promise<CampaignReport[]> {
  const now = await programmeNow(ledger, programmeId);
  const reported = campaigns.map((campaign) => ({ ...campaign, stretches: stretchesOf(campaign, now) }));
  const counts = await countCampaigns(ledger.whole.pool, programmeId, reported);
  return reported.map(({ stretches, ...campaign }) => ({
    ...{ campaign, stretches, faceValueMicros, currency },
    counts: counts.get(campaign.id as Id<'cmp'>) as CampaignCounts,
  }));
}
