import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../kernel/errors/shared-refusals';
import { parseId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { attributeFault, attributeValueOf, ATTRIBUTES_MAX, type AttributeSetting } from '../core/member-facts';
import { refuse } from '../core/refusals';
import { advanceFacts, countOtherAttributes, decideConsent, setAttribute } from '../data/member-facts.store';
import { lockPartnerLink } from '../data/partner-link.store';
import { announceFacts } from './announce-facts';
import { memberOf } from './authorise';
import type { MembersSetting } from './setting';

/** A member's word on whether attributes may choose what it is offered. */
export interface ProfilingDecision {
  readonly idempotencyKey: string;
  readonly consents: boolean;
}

/**
 * Keeps whether a member lets itself be profiled. Without it no rule sees an attribute: they leave this subgraph only while it
 * stands, and are called back the moment it is withdrawn.
 *
 * Refuses FORBIDDEN unless a member asks.
 */
export async function setProfilingConsent(
  setting: MembersSetting,
  principal: Principal,
  input: ProfilingDecision,
): Promise<Replayable<{ consents: boolean }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const member = memberOf(principal);
  if (isRefusal(member)) return member;
  const { programmeId, memberId } = member;
  const { consents } = input;
  return changeFacts(setting, principal, {
    ...{ operation: 'setProfilingConsent', input },
    work: async (tx, at) => {
      await advanceFacts(tx, programmeId, [memberId]);
      await decideConsent(tx, programmeId, { memberId, consented: consents, at });
      await announceFacts(tx, programmeId, { memberIds: [memberId], at });
      return { consents };
    },
  });
}

/**
 * Sets, or removes, what a partner knows of a member, under the partner's own names. Only of members that opened themselves to it:
 * to all others the answer is the same as for nobody.
 *
 * Refuses FORBIDDEN unless a partner's key with `members:read` asks, NOT_FOUND, MEMBERS_TOO_MANY_ATTRIBUTES.
 */
export async function setMemberAttribute(
  setting: MembersSetting,
  principal: Principal,
  input: AttributeSetting,
): Promise<Replayable<{ memberId: MemberId; name: string }> | Refusal> {
  const fault = attributeFault(input);
  if (fault !== null) return fault;
  if (principal.kind !== 'partner') return forbidden('Only a partner may say what it knows of a member.');
  if (!principal.scopes.includes('members:read')) return forbidden('This key lacks the scope members:read.');
  const { programmeId, partnerId } = principal;
  const memberId = parseId('mem', input.memberId);
  if (memberId === null) return notFound('member');
  return changeFacts(setting, principal, {
    ...{ operation: 'setMemberAttribute', input },
    work: (tx, at) => setOne(tx, { programmeId, partnerId, memberId, input, at }),
  });
}

async function setOne(
  tx: Tx,
  of: { programmeId: ProgrammeId; partnerId: PartnerId; memberId: MemberId; input: AttributeSetting; at: Date },
): Promise<Outcome<{ memberId: MemberId; name: string }>> {
  const { programmeId, partnerId, memberId, input, at } = of;
  // Locked, so that two settings of one member at one partner count each other.
  const link = await lockPartnerLink(tx, programmeId, { memberId, partnerId });
  if (link?.state !== 'OPEN') return notFound('member');
  const attribute = { memberId, partnerId, name: input.name };
  const value = attributeValueOf(input);
  if (value !== null && (await countOtherAttributes(tx, programmeId, attribute)) >= ATTRIBUTES_MAX) {
    return refuse('MEMBERS_TOO_MANY_ATTRIBUTES', `A partner may know ${ATTRIBUTES_MAX} things of a member.`);
  }
  await advanceFacts(tx, programmeId, [memberId]);
  await setAttribute(tx, programmeId, { ...attribute, value, at });
  await announceFacts(tx, programmeId, { memberIds: [memberId], at });
  return { memberId, name: input.name };
}

async function changeFacts<Value extends object>(
  setting: MembersSetting,
  principal: Principal,
  change: {
    readonly operation: string;
    readonly input: { readonly idempotencyKey: string };
    /** What it answers is stored: it holds no value of an attribute. */
    readonly work: (tx: Tx, at: Date) => Promise<Outcome<Value>>;
  },
): Promise<Replayable<Value>> {
  const { idempotencyKey: key, ...body } = change.input;
  const command = { caller: callerOf(principal), operation: change.operation, key, body };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () => change.work(tx, setting.clock.now())),
  );
  setting.announced();
  return outcome;
}
