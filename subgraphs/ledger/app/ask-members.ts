import type { SubgraphLink } from '../../../kernel/graph/link';
import { newId, type MemberId, type PartnerId } from '../../../kernel/values/id';
import type { AskMembers, MemberStanding } from './points/member-directory';

const QUESTION = `query MemberStanding($blindIndex: String, $memberId: ID) {
  memberStanding(blindIndex: $blindIndex, memberId: $memberId) { memberId partnerLinks { partnerId state } }
}`;
/** A till waits for this answer. */
const PATIENCE_MS = 2_000;

interface Answer {
  memberStanding: {
    memberId: MemberId;
    partnerLinks: { partnerId: PartnerId; state: 'CREDIT_ONLY' | 'OPEN' }[];
  } | null;
}

/** Asks members as the ledger, about one member; throws when the answer is none. */
export function askMembersBy(link: SubgraphLink): AskMembers {
  return async (programmeId, who): Promise<MemberStanding | null> => {
    const { data, errors } = await link.execute({
      query: QUESTION,
      operationName: 'MemberStanding',
      variables: { ...who },
      context: {
        principal: { kind: 'service', name: 'ledger', programmeId },
        requestId: newId('req'),
        deadlineAt: new Date(Date.now() + PATIENCE_MS),
      },
    });
    if (data === null || data === undefined || errors !== undefined) throw new Error('members did not answer');
    return (data as unknown as Answer).memberStanding;
  };
}
