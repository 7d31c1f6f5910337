import type { IdentityKindName } from '../../../kernel/values/identity';
import type { MemberId, PartnerId } from '../../../kernel/values/id';

/**
 * What a member lets a partner do. CREDIT_ONLY: the partner may give points and learns nothing. OPEN: the member showed up
 * there in person or confirmed it, so the partner may also read and redeem.
 */
export type LinkState = 'CREDIT_ONLY' | 'OPEN';

export interface PartnerLink {
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly state: LinkState;
  readonly linkedAt: Date;
}

/**
 * The link an enrolment asks for. A card was presented, and a customer number is the partner's own, so those two are the
 * member's word. An e-mail address or a phone number anybody can type; the answer must not tell whether its owner is a
 * member already, so it opens nothing even for a new member.
 */
export function linkStateFor(kind: IdentityKindName): LinkState {
  return kind === 'CARD' || kind === 'PARTNER_CUSTOMER_ID' ? 'OPEN' : 'CREDIT_ONLY';
}

/** The state after another enrolment or confirmation: links open and never close this way. */
export function widened(existing: LinkState, asked: LinkState): LinkState {
  return existing === 'OPEN' ? existing : asked;
}
