import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { campaignsOf } from '../../core/campaigns/campaign';
import { findVerdicts, type CampaignVerdict } from '../../data/campaigns/verdict.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';

export type { CampaignVerdict };

/** Verdicts on one campaign, the latest month first, to an admin or finance; NOT_FOUND for one the programme does not have. */
export async function readVerdicts(
  ledger: Pick<Ledger, 'database' | 'book' | 'catchUpRules'>,
  principal: Principal,
  { campaignId, before, limit }: { campaignId: string; before: string | null; limit: number },
): Promise<CampaignVerdict[] | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Verdicts are for the programme’s admins and finance.');
  }
  const book = await currentBook(ledger, principal.programmeId);
  if (isRefusal(book)) return book;
  const campaign = campaignsOf(book).find(({ id }) => id === campaignId);
  if (campaign === undefined) return notFound('campaign');
  return findVerdicts(ledger.database.pool, principal.programmeId, { campaignId: campaign.id, before, limit });
}
