import type { Principal } from '../../../kernel/context/principal';
import { parseId } from '../../../kernel/values/id';
import type { MemberFacts } from '../core/member-facts';
import type { CountedSegment } from '../core/segment';
import { loadFacts } from '../data/member-facts.store';
import { findMembers } from '../data/member.store';
import { listSegments } from '../data/segment.store';
import type { MembersSetting } from './setting';

/** What rules may ask of a member, for the member itself and the operator; to all others nobody is there. */
export async function readFacts(
  setting: MembersSetting,
  principal: Principal,
  memberId: string,
): Promise<MemberFacts | null> {
  const id = parseId('mem', memberId);
  const isOwn = principal.kind === 'member' && principal.memberId === id;
  if (id === null || (!isOwn && principal.kind !== 'admin')) return null;
  const { manager } = setting.database.dataSource;
  const { programmeId } = principal as Extract<Principal, { kind: 'admin' | 'member' }>;
  const [facts] = await loadFacts(manager, programmeId, [id]);
  if (facts !== undefined) return facts;
  const found = await findMembers(manager, programmeId, { ids: [id], partnerId: null });
  return found.length === 0 ? null : { memberId: id, version: 0n, consented: false, segments: [], attributes: {} };
}

/** A programme's segments, for those who run it; null to all others. */
export async function readSegments(setting: MembersSetting, principal: Principal): Promise<CountedSegment[] | null> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return null;
  return listSegments(setting.database.dataSource.manager, principal.programmeId);
}
