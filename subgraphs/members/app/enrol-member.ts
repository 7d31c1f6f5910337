import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden, invalidInput } from '../../../kernel/errors/shared-refusals';
import { appendEvents, type NewEvent } from '../../../kernel/events/outbox';
import { blindIndex, normaliseIdentity } from '../../../kernel/values/identity';
import { newOpaqueId, type MemberId } from '../../../kernel/values/id';
import { enrolmentFault, whyNotEnrolled, type Enrolment } from '../core/enrolment';
import type { MemberView } from '../core/member';
import { TOO_MANY, type AttributeValue } from '../core/member-facts';
import { linkStateFor, type LinkState } from '../core/partner-link';
import { claimIdentity } from '../data/identity-link.store';
import { insertMember } from '../data/member.store';
import { findPartnerStanding } from '../data/partner-standing.store';
import { passGate, tellNewcomer } from '../data/terms-notice.store';
import { identityLinked, memberEnrolled } from '../events/published';
import { enrollerOf, type Enroller } from './authorise';
import { setAttributes } from './change-facts';
import { linkPartner } from './link-partner';
import { readMembers } from './read-members';
import type { MembersSetting } from './setting';

/** What is kept of an enrolment, for a repeat with the same key: nothing personal. */
interface Enrolled {
  readonly memberId: MemberId;
  /** Whether this partner had the link before. */
  readonly linked: boolean;
  /** The link as it is now; null for an enrolment by the operator. */
  readonly state: LinkState | null;
}

/**
 * Makes somebody a member, or finds out that they are one, and links them to the calling partner.
 *
 * The answer must not tell which of the two happened, or every till would be a way to ask who shops elsewhere. So it shows
 * the name the caller sent, ids do not tell their age, and `linked` speaks of this partner alone. Only to a partner the
 * member has opened itself to before does the answer show the name that is stored.
 *
 * What the partner knows of the person (`attributes`, with `members:read`) is kept while the person is open to the partner, and otherwise
 * left out without a word, for the same reason. Attributes that would be too many leave the person a member, and none of them is kept.
 *
 * Refuses FORBIDDEN, MEMBERS_TERMS_NOT_ACCEPTED, MEMBERS_PARTNER_NOT_ACTIVE.
 */
export async function enrolMember(
  setting: MembersSetting,
  principal: Principal,
  input: Enrolment,
): Promise<Replayable<{ member: MemberView; linked: boolean }> | Refusal> {
  const fault = enrolmentFault(input);
  if (fault !== null) return fault;
  const enroller = enrollerOf(principal);
  if (isRefusal(enroller)) return enroller;
  if (input.identity.kind === 'PARTNER_CUSTOMER_ID' && enroller.partnerId === null) {
    return invalidInput('input.identity.kind', 'a customer number means something only to the partner that gave it');
  }
  const { idempotencyKey: key, displayName = null, language = null, acceptsTerms } = input;
  const attributes = givenAttributes(input);
  if (attributes !== null) {
    if (principal.kind !== 'partner') return invalidInput('input.attributes', 'are what a partner knows');
    if (!principal.scopes.includes('members:read')) return forbidden('This key lacks the scope members:read.');
  }
  const index = indexOf(setting, enroller, input);
  // By its blind index: a plain hash of a phone number would be as good as the number.
  const command = {
    caller: callerOf(principal),
    operation: 'enrolMember',
    key,
    body: { index, displayName, language, acceptsTerms, ...(attributes === null ? {} : { attributes }) },
  };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () => enrol(tx, { enroller, input, index, now: setting.clock.now() })),
  );
  setting.announced();
  if (isRefusal(outcome)) return outcome;
  const { memberId, linked, state, replayed } = outcome;
  const sent = { id: memberId, displayName, language };
  const isKnownHere = state === null || (linked && state === 'OPEN');
  const [stored] = isKnownHere ? await readMembers(setting, principal, [memberId]) : [];
  return { member: stored ?? sent, linked, replayed };
}

async function enrol(
  tx: Tx,
  { enroller, input, index, now }: { enroller: Enroller; input: Enrolment; index: string; now: Date },
): Promise<Outcome<Enrolled>> {
  const { programmeId, partnerId } = enroller;
  const standing = partnerId === null ? null : await findPartnerStanding(tx, programmeId, partnerId);
  const refusal = whyNotEnrolled(input, standing);
  if (refusal !== null) return refusal;
  const { kind } = input.identity;
  const newcomer = newOpaqueId('mem');
  const claim = {
    kind,
    partnerId: kind === 'PARTNER_CUSTOMER_ID' ? partnerId : null,
    blindIndex: index,
    memberId: newcomer,
  };
  const memberId = await claimIdentity(tx, programmeId, claim, now);
  const events: NewEvent[] = [];
  if (memberId === newcomer) {
    const { displayName = null, language = null } = input;
    await passGate(tx, programmeId);
    await insertMember(tx, { id: memberId, programmeId, displayName, language }, now);
    await tellNewcomer(tx, programmeId, { memberId, at: now });
    events.push(memberEnrolled(programmeId, memberId), identityLinked(programmeId, claim));
  }
  await appendEvents(tx, 'members', events, now);
  if (partnerId === null) return { memberId, linked: false, state: null };
  const { linked, state } = await linkPartner(tx, programmeId, {
    memberId,
    partnerId,
    state: linkStateFor(kind),
    linkedAt: now,
  });
  const attributes = givenAttributes(input);
  if (attributes !== null) {
    const kept = await setAttributes(tx, { programmeId, partnerId, memberId, attributes, at: now });
    if (kept === 'TOO_MANY') return invalidInput('input.attributes', TOO_MANY);
  }
  return { memberId, linked, state };
}

/** What the partner knows of the person, checked before; null for nothing. */
function givenAttributes({ attributes }: Enrolment): Readonly<Record<string, AttributeValue | null>> | null {
  if (attributes == null || Object.keys(attributes).length === 0) return null;
  return attributes as Readonly<Record<string, AttributeValue | null>>;
}

function indexOf(
  { identityKey }: MembersSetting,
  { programmeId, partnerId }: Enroller,
  { identity }: Enrolment,
): string {
  const normalised = normaliseIdentity(identity.kind, identity.value);
  if (normalised === null) throw new TypeError('enrolMember: the identity was not checked');
  return blindIndex(identityKey, { programmeId, kind: identity.kind, partnerId, normalised });
}
