import type { Tx } from '../../../kernel/db/transaction';
import { appendEvents } from '../../../kernel/events/outbox';
import type { ProgrammeId } from '../../../kernel/values/id';
import { widened, type LinkState, type PartnerLink } from '../core/partner-link';
import { insertPartnerLink, lockPartnerLink, openPartnerLink } from '../data/partner-link.store';
import { partnerLinkChanged } from '../events/published';

/**
 * Links a member and a partner within a transaction, or widens the link they have, and announces what changed.
 *
 * @returns whether they were linked before, and the link's state now
 */
export async function linkPartner(
  tx: Tx,
  programmeId: ProgrammeId,
  asked: PartnerLink,
): Promise<{ linked: boolean; state: LinkState }> {
  if (await insertPartnerLink(tx, programmeId, asked)) {
    await appendEvents(tx, 'members', [partnerLinkChanged(programmeId, asked)], asked.linkedAt);
    return { linked: false, state: asked.state };
  }
  const existing = await lockPartnerLink(tx, programmeId, asked);
  if (existing === null) throw new Error('linkPartner: the link was neither free nor taken');
  const state = widened(existing.state, asked.state);
  if (state !== existing.state) {
    await openPartnerLink(tx, programmeId, existing, asked.linkedAt);
    await appendEvents(tx, 'members', [partnerLinkChanged(programmeId, { ...existing, state })], asked.linkedAt);
  }
  return { linked: true, state };
}
