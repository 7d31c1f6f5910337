import type { Principal } from '../../../kernel/context/principal';
import { blindIndex, normaliseIdentity, type IdentityKindName } from '../../../kernel/values/identity';
import { parseId, type MemberId } from '../../../kernel/values/id';
import { openViewOf, viewOf, type MemberView } from '../core/member';
import type { PartnerLink } from '../core/partner-link';
import { findMemberByIdentity } from '../data/identity-link.store';
import { findMembers } from '../data/member.store';
import { findPartnerLinks } from '../data/partner-link.store';
import { readerOf } from './authorise';
import type { MembersSetting } from './setting';

/** Those of the named members that the caller may see, each as far as it may, in any order and by one statement. */
export async function readMembers(
  setting: MembersSetting,
  principal: Principal,
  ids: readonly MemberId[],
): Promise<MemberView[]> {
  return read(setting, principal, ids, viewOf);
}

/** As `readMembers`, without those of whom the caller may know only that they are there. */
export async function readOpenMembers(
  setting: MembersSetting,
  principal: Principal,
  ids: readonly MemberId[],
): Promise<MemberView[]> {
  return read(setting, principal, ids, openViewOf);
}

async function read(
  setting: MembersSetting,
  principal: Principal,
  ids: readonly MemberId[],
  view: typeof viewOf,
): Promise<MemberView[]> {
  const reader = readerOf(principal);
  if (reader === null) return [];
  const partnerId = reader.kind === 'PARTNER' ? reader.partnerId : null;
  const seen = await findMembers(setting.database.dataSource.manager, reader.programmeId, { ids, partnerId });
  return seen.map(({ member, link }) => view(member, reader, link)).filter((shown) => shown !== null);
}

/** A member by id or by identity, exactly one of which is given. */
export interface MemberRef {
  readonly id?: string | null;
  readonly identity?: { readonly kind: IdentityKindName; readonly value: string } | null;
}

/**
 * Which member is meant, whoever is asking; null when none is. What the caller may see of it is for `readMembers` to say.
 */
export async function findReferred(
  setting: MembersSetting,
  principal: Principal,
  ref: MemberRef,
): Promise<MemberId | null> {
  if (ref.id) return parseId('mem', ref.id);
  const reader = readerOf(principal);
  if (reader === null || !ref.identity) return null;
  const { kind, value } = ref.identity;
  const normalised = normaliseIdentity(kind, value);
  const partnerId = reader.kind === 'PARTNER' ? reader.partnerId : null;
  if (normalised === null || (kind === 'PARTNER_CUSTOMER_ID' && partnerId === null)) return null;
  const { programmeId } = reader;
  const index = blindIndex(setting.identityKey, { programmeId, kind, partnerId, normalised });
  return findMemberByIdentity(setting.database.dataSource.manager, programmeId, index);
}

/**
 * The partner links of some members, as far as the caller may see them: a member its own, a partner those to itself, the
 * operator all.
 */
export async function readPartnerLinks(
  setting: MembersSetting,
  principal: Principal,
  ids: readonly MemberId[],
): Promise<PartnerLink[]> {
  const reader = readerOf(principal);
  if (reader === null) return [];
  const own = reader.kind === 'MEMBER' ? ids.filter((id) => id === reader.memberId) : ids;
  const links = await findPartnerLinks(setting.database.dataSource.manager, reader.programmeId, own);
  return reader.kind === 'PARTNER' ? links.filter(({ partnerId }) => partnerId === reader.partnerId) : links;
}
