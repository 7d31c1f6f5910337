import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { LinkState } from './partner-link';

/** A person enrolled in the programme. */
export interface Member {
  readonly id: MemberId;
  readonly programmeId: ProgrammeId;
  /** Personal: what the member wants to be called. */
  readonly displayName: string | null;
  /** BCP 47, such as `ar`. */
  readonly language: string | null;
}

/** Who is looking: everyone who runs the programme, one member, or one partner. */
export type Reader =
  | { readonly kind: 'PROGRAMME'; readonly programmeId: ProgrammeId }
  | { readonly kind: 'MEMBER'; readonly programmeId: ProgrammeId; readonly memberId: MemberId }
  | {
      readonly kind: 'PARTNER';
      readonly programmeId: ProgrammeId;
      readonly partnerId: PartnerId;
      readonly mayRead: boolean;
    };

/** As much of a member as a reader may see; personal fields are null to those who may only know that the member is there. */
export interface MemberView {
  readonly id: MemberId;
  readonly displayName: string | null;
  readonly language: string | null;
}

/** Whether a reader sees all of a member, by the state of the link between the member and the reading partner. */
function seesAll(member: Member, reader: Reader, link: LinkState | null): boolean {
  switch (reader.kind) {
    case 'PROGRAMME':
      return true;
    case 'MEMBER':
      return reader.memberId === member.id;
    case 'PARTNER':
      return link === 'OPEN' && reader.mayRead;
  }
}

/** What a reader sees of a member it asks for; null when to this reader there is no such member. */
export function openViewOf(member: Member, reader: Reader, link: LinkState | null): MemberView | null {
  const { id, displayName, language } = member;
  return member.programmeId === reader.programmeId && seesAll(member, reader, link)
    ? { id, displayName, language }
    : null;
}

/**
 * What a reader sees of a member that something else it sees speaks of, such as its own sale: a linked partner that sees
 * nothing more still sees the id.
 *
 * @param link the state of the link between the member and the reading partner, if there is one
 * @returns null when to this reader there is no such member
 */
export function viewOf(member: Member, reader: Reader, link: LinkState | null): MemberView | null {
  const isLinked = reader.kind === 'PARTNER' && link !== null && member.programmeId === reader.programmeId;
  return openViewOf(member, reader, link) ?? (isLinked ? { id: member.id, displayName: null, language: null } : null);
}
