import type { Principal } from '../../../../kernel/context/principal';
import { expectThat, firstFault, idempotencyKeyFault, ifGiven, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { planAction, type Action } from '../../core/movements/action';
import type { Ledger } from '../ledger';
import { actingAs, memberToCredit } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';
import { documentOf } from '../points/posting-command';

export interface RecordActionInput {
  readonly idempotencyKey: string;
  readonly externalRef?: string | null;
  readonly member: MemberRef;
  readonly action: string;
  readonly occurredAt: Date;
  readonly attributes?: Readonly<Record<string, unknown>> | null;
}

const ATTRIBUTES_MAX_BYTES = 8_192;

/** Records something a member did at the acting partner and credits what its rule gives. */
export async function recordAction(
  ledger: Ledger,
  principal: Principal,
  input: RecordActionInput,
): Promise<Posted | Refusal> {
  const attributes = input.attributes ?? {};
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    ifGiven(input.externalRef, (ref) => textFault('input.externalRef', ref, 255)),
    textFault('input.action', input.action, 100),
    expectThat(
      'input.attributes',
      JSON.stringify(attributes).length <= ATTRIBUTES_MAX_BYTES,
      `must have at most ${ATTRIBUTES_MAX_BYTES} characters as JSON`,
    ),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const found = await memberToCredit(ledger, acting, { ref: input.member, path: 'input.member' });
  if (isRefusal(found)) return found;
  const { idempotencyKey, ...body } = input;
  const { partnerId, programmeId } = acting;
  const { action: name, occurredAt } = input;
  const action: Action = { partnerId, externalRef: input.externalRef ?? null, action: name, occurredAt, attributes };
  return post(ledger, principal, {
    programmeId,
    memberId: found.memberId,
    operation: 'recordAction',
    idempotencyKey,
    body,
    document: action.externalRef === null ? null : documentOf(partnerId, 'ACTION', action.externalRef),
    link: found.link,
    earns: { partnerId, occurredAt, channel: null, action: name },
    needs: { awards: [{ partnerId, action: name }] },
    plan: (wallet, facts) => planAction(wallet, action, facts),
  });
}
