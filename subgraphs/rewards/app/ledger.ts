import type { Principal } from '../../../kernel/context/principal';
import type { SubgraphLink } from '../../../kernel/graph/link';
import type { Logger } from '../../../kernel/telemetry/log';
import type { MemberId } from '../../../kernel/values/id';
import type { IdentityKindName } from '../../../kernel/values/identity';
import type { LedgerAnswer, LedgerRefusal } from '../core/ledger-answer';
import { commandKey, type Order } from '../core/order';

/** A member, by id or as the partner's till identified them; the graph's MemberRefInput. */
export type MemberRef =
  { readonly id: MemberId } | { readonly identity: { readonly kind: IdentityKindName; readonly value: string } };

/** Whose patience a command uses up. */
export interface Call {
  readonly requestId: string;
  readonly deadlineAt: Date;
}

/** The three commands an order gives the ledger. Each may be repeated: its idempotency key comes from the order's id. */
export interface Ledger {
  hold(order: Order, member: MemberRef, call: Call): Promise<LedgerAnswer<{ holdId: string; memberId: MemberId }>>;
  capture(order: Order, call: Call): Promise<LedgerAnswer<{ redemptionId: string }>>;
  release(order: Order, call: Call): Promise<LedgerAnswer<object>>;
}

const REFUSAL_FIELDS = '... on Refusal { code message retryable } ... on InsufficientPoints { missingPoints }';
const HOLD = `mutation RewardsHold($input: HoldPointsInput!) {
  answer: holdPoints(input: $input) { __typename ... on HoldPointsSuccess { hold { id } account { memberId } } ${REFUSAL_FIELDS} }
}`;
// Asked of the ledger alone, whose captureHold and releaseHold refuse for other facts than too few points.
const CAPTURE = `mutation RewardsCapture($input: CaptureHoldInput!) {
  answer: captureHold(input: $input) {
    __typename ... on CaptureHoldSuccess { redemption { id } } ... on Refusal { code message retryable }
  }
}`;
const RELEASE = `mutation RewardsRelease($input: ReleaseHoldInput!) {
  answer: releaseHold(input: $input) { __typename ... on ReleaseHoldSuccess { hold { id } } ... on Refusal { code message retryable } }
}`;

/** The ledger's public mutations as this subgraph uses them, over whatever link the composition gives. */
export function ledgerOver(link: SubgraphLink, log: Logger): Ledger {
  const send = <Success extends object>(order: Order, query: string, input: object, call: Call) =>
    answerOf<Success>(link, { query, variables: { input }, context: { ...call, principal: actingFor(order) } }, log);
  return {
    async hold(order, member, call) {
      const { id, pricePoints, holdExpiresAt } = order;
      const input = {
        idempotencyKey: commandKey(id, 'hold'),
        member,
        points: `${pricePoints}`,
        expiresAt: holdExpiresAt.toISOString(),
      };
      const answer = await send<{ hold: { id: string }; account: { memberId: MemberId } }>(order, HOLD, input, call);
      if (answer.kind !== 'done') return answer;
      return { kind: 'done', value: { holdId: answer.value.hold.id, memberId: answer.value.account.memberId } };
    },
    async capture(order, call) {
      const input = { idempotencyKey: commandKey(order.id, 'capture'), holdId: order.holdId, externalRef: order.id };
      const answer = await send<{ redemption: { id: string } }>(order, CAPTURE, input, call);
      return answer.kind === 'done' ? { kind: 'done', value: { redemptionId: answer.value.redemption.id } } : answer;
    },
    release(order, call) {
      return send(order, RELEASE, { idempotencyKey: commandKey(order.id, 'release'), holdId: order.holdId }, call);
    },
  };
}

/**
 * Us, acting for the redeemer, and for the member only when the member's own token placed the order. It depends on the
 * order alone: the ledger's idempotency keys are per caller, so a repeat must come from the same one.
 */
function actingFor(order: Order): Principal {
  const { programmeId, partnerId, memberId, placedBy } = order;
  const member = placedBy === 'MEMBER' && memberId !== null ? { memberId } : {};
  return { kind: 'service', name: 'rewards', programmeId, actingFor: { partnerId, ...member } };
}

/** A transport fault, a masked error and silence all mean the same: the command may or may not have had its effect. */
async function answerOf<Success extends object>(
  link: SubgraphLink,
  request: Parameters<SubgraphLink['execute']>[0],
  log: Logger,
): Promise<LedgerAnswer<Success>> {
  const { requestId, deadlineAt } = request.context;
  try {
    const result = await before(deadlineAt, link.execute(request));
    const answer = (result.data as { answer?: Success & Partial<LedgerRefusal> } | null | undefined)?.answer;
    if (answer == null) {
      log.warn({ event: 'ledger.not_answering', requestId, errors: result.errors?.map(({ message }) => message) });
      return { kind: 'unknown' };
    }
    const { code, message = '', retryable = false, missingPoints } = answer;
    if (code === undefined) return { kind: 'done', value: answer };
    return { kind: 'refused', refusal: { code, message, retryable, missingPoints } };
  } catch (error) {
    log.warn({ event: 'ledger.not_reached', requestId, err: error });
    return { kind: 'unknown' };
  }
}

/** The work's result, or an error when the deadline comes first; the work itself is not undone by that. */
async function before<T>(deadlineAt: Date, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error('The ledger did not answer in time.')),
      Math.max(deadlineAt.getTime() - Date.now(), 0),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
