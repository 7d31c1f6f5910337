import { parseId } from '../../../kernel/values/id';
import type { MemberView } from '../core/member';
import type { MembersContext } from './context';

/** A reference is as good as a query: whoever may not see the member gets null, as if it were not there. */
export async function resolveMember({ id }: { id: string }, { loaders }: MembersContext): Promise<MemberView | null> {
  const memberId = parseId('mem', id);
  return memberId === null ? null : loaders.member.load(memberId);
}
