import type { Tx } from '../../../kernel/db/transaction';
import { appendEvents } from '../../../kernel/events/outbox';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { MemberFacts } from '../core/member-facts';
import { loadFacts } from '../data/member-facts.store';
import { memberFactsChanged } from '../events/published';

/** Announces the facts of members whole, as they now stand; their versions were advanced before. */
export async function announceFacts(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberIds, at }: { memberIds: readonly MemberId[]; at: Date },
): Promise<MemberFacts[]> {
  const facts = await loadFacts(tx, programmeId, memberIds);
  const events = facts.map((one) => memberFactsChanged(programmeId, one));
  await appendEvents(tx, 'members', events, at);
  return facts;
}
