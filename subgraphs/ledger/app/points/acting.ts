import { actingPartner, type Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import type { MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { Ledger } from '../ledger';
import type { MemberRef } from './member-directory';
import type { Posted } from './post';
import type { LinkNeeded } from './posting-command';

/** The partner a command acts for: from the credential, never from an argument. */
export interface Acting {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
}

/** Subgraphs that may act for a partner and a member, and only by holds. */
const MAY_HOLD: ReadonlySet<string> = new Set(['rewards']);

/** What a partner's key may be allowed to do to points. */
export type PostingScope = 'points:earn' | 'points:redeem' | 'accrual:direct';

/** The acting partner, if its credential has the scope; a named subgraph acting for one counts for holds. */
export function actingAs(principal: Principal, scope: PostingScope): Acting | Refusal {
  const partnerId = actingPartner(principal);
  if (partnerId === null || !('programmeId' in principal)) return forbidden('Only a partner’s key may do this.');
  if (principal.kind === 'partner' && !principal.scopes.includes(scope)) {
    return forbidden(`The key lacks the scope ${scope}.`);
  }
  if (principal.kind === 'service' && !(scope === 'points:redeem' && MAY_HOLD.has(principal.name))) {
    return forbidden('This subgraph may not act for partners here.');
  }
  return { programmeId: principal.programmeId, partnerId };
}

/** A member points are given to, and the link that must be there when they are. */
export interface CreditedMember {
  readonly memberId: MemberId;
  readonly link: LinkNeeded;
}

/** A member whose points are spent. */
export interface ChargedMember {
  readonly memberId: MemberId;
  /** The link that must be there, confirmed by the member or by their card; null where the member asks in person. */
  readonly link: LinkNeeded | null;
  /** The member is there in person: by their own token, or with the card in hand. A step-up asks for no more. */
  readonly isPresent: boolean;
}

/** A posting of the programme's operator, or of a partner on its own lots. */
export interface Operating {
  readonly programmeId: ProgrammeId;
  /** Null: the operator, who may handle any partner's. */
  readonly partnerId: PartnerId | null;
}

/** An admin, for any lot of the programme; or a partner whose key has the scope, for its own. */
export function operatingAs(principal: Principal, scope: PostingScope): Operating | Refusal {
  if (principal.kind === 'admin') return { programmeId: principal.programmeId, partnerId: null };
  return actingAs(principal, scope);
}

/** The member a credit goes to: any link will do. `path` is where the reference stands in the input. */
export async function memberToCredit(
  ledger: Ledger,
  acting: Acting,
  { ref, path }: { ref: MemberRef; path: string },
): Promise<CreditedMember | Refusal> {
  const memberId = await ledger.directory.findMember(acting, ref, path);
  if (isRefusal(memberId)) return memberId;
  const { programmeId, partnerId } = acting;
  return { memberId, link: { programmeId, partnerId, memberId, cardPresented: showsCard(ref), toSpend: false } };
}

const showsCard = ({ identity }: MemberRef): boolean => identity?.kind === 'CARD';

/**
 * The member whose points are spent. A partner needs an open link, or the card in hand; a subgraph acting for a member
 * names that very member, who is there in person and needs no link to the partner.
 */
export async function memberToCharge(
  ledger: Ledger,
  principal: Principal,
  { acting, ref }: { acting: Acting; ref: MemberRef },
): Promise<ChargedMember | Refusal> {
  if (principal.kind === 'service' && principal.actingFor?.memberId !== undefined) {
    const { memberId } = principal.actingFor;
    return ref.id === memberId ? { memberId, link: null, isPresent: true } : notFound('member');
  }
  const memberId = await ledger.directory.findMember(acting, ref);
  if (isRefusal(memberId)) return memberId;
  const cardPresented = showsCard(ref);
  return { memberId, link: { ...acting, memberId, cardPresented, toSpend: true }, isPresent: cardPresented };
}

/**
 * A posting as the caller may be shown it: a partner to which the member is not open, or not any more, sees nothing of the
 * account, whatever it may do to its own purchases, lots and redemptions.
 */
export async function shownTo<Outcome extends Posted | Refusal>(
  ledger: Pick<Ledger, 'directory'>,
  principal: Principal,
  outcome: Outcome,
): Promise<Outcome> {
  if (isRefusal(outcome) || principal.kind !== 'partner') return outcome;
  const { programmeId, partnerId } = principal;
  const link = await ledger.directory.linkOf({ programmeId, partnerId, memberId: outcome.transaction.memberId });
  return link === 'OPEN' ? outcome : { ...outcome, creditOnly: true };
}
