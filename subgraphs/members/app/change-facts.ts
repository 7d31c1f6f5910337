import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../kernel/errors/shared-refusals';
import { parseId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import {
  attributeFault,
  attributeValueOf,
  ATTRIBUTES_MAX,
  type AttributeSetting,
  type AttributeValue,
} from '../core/member-facts';
import { refuse } from '../core/refusals';
import {
  advanceFacts,
  countOtherAttributes,
  decideConsent,
  forgetAttributes,
  setAttribute,
} from '../data/member-facts.store';
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
 * Keeps whether a member lets itself be profiled. Without it no attribute is kept and no rule sees one: the moment it is withdrawn they
 * are deleted here, and called back from where they were announced.
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
      if (!consents) await forgetAttributes(tx, programmeId, memberId);
      await announceFacts(tx, programmeId, { memberIds: [memberId], at });
      return { consents };
    },
  });
}

/**
 * Sets, or removes, what a partner knows of a member, under the partner's own names. Only of members that opened themselves to it:
 * to all others the answer is the same as for nobody. Nothing is kept of those that do not let themselves be profiled, which the
 * answer does not tell.
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
  const { input, memberId } = of;
  const kept = await setAttributes(tx, { ...of, attributes: { [input.name]: attributeValueOf(input) } });
  if (kept === 'NOT_OPEN') return notFound('member');
  return kept === 'TOO_MANY'
    ? refuse('MEMBERS_TOO_MANY_ATTRIBUTES', `A partner may know ${ATTRIBUTES_MAX} things of a member.`)
    : { memberId, name: input.name };
}

/**
 * Sets attributes of a member at a partner, all or none; null removes one. Those of a member without consent are taken and not kept.
 *
 * @returns `NOT_OPEN` for a member that has not opened itself to the partner, `TOO_MANY` when the partner would know too much
 */
export async function setAttributes(
  tx: Tx,
  of: {
    readonly programmeId: ProgrammeId;
    readonly partnerId: PartnerId;
    readonly memberId: MemberId;
    readonly attributes: Readonly<Record<string, AttributeValue | null>>;
    readonly at: Date;
  },
): Promise<'KEPT' | 'NOT_OPEN' | 'TOO_MANY'> {
  const { programmeId, partnerId, memberId, attributes, at } = of;
  // Locked, so that two settings of one member at one partner count each other.
  const link = await lockPartnerLink(tx, programmeId, { memberId, partnerId });
  if (link?.state !== 'OPEN') return 'NOT_OPEN';
  const names = Object.keys(attributes);
  const set = names.filter((name) => attributes[name] !== null);
  const others = await countOtherAttributes(tx, programmeId, { memberId, partnerId, names });
  if (set.length > 0 && others + set.length > ATTRIBUTES_MAX) return 'TOO_MANY';
  await advanceFacts(tx, programmeId, [memberId]);
  for (const name of names) {
    await setAttribute(tx, programmeId, { memberId, partnerId, name, value: attributes[name] ?? null, at });
  }
  await announceFacts(tx, programmeId, { memberIds: [memberId], at });
  return 'KEPT';
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
