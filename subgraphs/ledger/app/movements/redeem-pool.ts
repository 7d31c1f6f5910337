import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, idempotencyKeyFault, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { invalidInput } from '../../../../kernel/errors/shared-refusals';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { planPoolSpend } from '../../core/movements/pool';
import { walletKeyOf } from '../../core/points/wallet';
import { findPoolPart } from '../../data/points/transaction.store';
import type { Ledger } from '../ledger';
import { actingAs, memberToCharge, shownTo, type ChargedMember } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, readPosted, type Posted } from '../points/post';
import { documentOf } from '../points/posting-command';

/** A pool is a household, not a crowd. */
const MEMBERS_MAX = 10;

export interface RedeemPoolInput {
  readonly idempotencyKey: string;
  readonly externalRef: string;
  /** 1 to 10, each once; the first leads. */
  readonly members: readonly MemberRef[];
  readonly points: bigint;
  readonly occurredAt: Date;
}

/** A pool's spend: the posting of each member who gave something, the lead's first. */
export interface PoolPosted {
  readonly parts: readonly Posted[];
}

/**
 * Redeems points of several members at the acting partner, from each in proportion to what they can spend, whole or not at
 * all. Each member's part is a redemption of their own, and is reversed as one. The partner needs for each member what it
 * needs to redeem of them alone: their confirmed link, or their card.
 */
export async function redeemPool(
  ledger: Ledger,
  principal: Principal,
  input: RedeemPoolInput,
): Promise<PoolPosted | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    wholeFault('input.members', BigInt(input.members.length), { min: 1n, max: BigInt(MEMBERS_MAX) }),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:redeem');
  if (isRefusal(acting)) return acting;
  const members: ChargedMember[] = [];
  for (const ref of input.members) {
    const member = await memberToCharge(ledger, principal, { acting, ref });
    if (isRefusal(member)) return member;
    members.push(member);
  }
  const ids = members.map(({ memberId }) => memberId);
  if (new Set(ids).size < ids.length) return invalidInput('input.members', 'must name each member once');
  const [lead, ...others] = members as [ChargedMember, ...ChargedMember[]];
  const { programmeId, partnerId } = acting;
  const { idempotencyKey, externalRef, occurredAt, ...body } = input;
  const spend = { partnerId, externalRef, points: points(input.points), occurredAt };
  const posted = await post(ledger, principal, {
    programmeId,
    memberId: lead.memberId,
    operation: 'redeemPool',
    idempotencyKey,
    body: { ...body, externalRef, occurredAt },
    document: documentOf(partnerId, 'REDEMPTION', externalRef),
    link: lead.link,
    needs: { lots: true },
    others: others.map(({ memberId }) => memberId),
    otherLinks: others.flatMap(({ link }) => link ?? []),
    plan: (first, facts, rest) => {
      const pool = [first, ...rest].map((wallet, n) => ({ wallet, isSteppedUp: members[n]?.isPresent === true }));
      const plans = planPoolSpend(pool, spend, facts);
      if (isRefusal(plans)) return plans;
      const [own = null, ...theirs] = plans;
      return others.length === 0 ? own : { own, others: theirs };
    },
  });
  if (isRefusal(posted)) return posted;
  const parts = [posted];
  for (const { memberId, isPresent } of others) {
    // Read back, so that a repeat is answered like the first call.
    const place = { key: walletKeyOf(memberId), programmeId };
    const named = { partnerId, externalRef, lead: walletKeyOf(lead.memberId) };
    const seq = await findPoolPart(ledger.database.pool, place, named);
    if (seq === null) continue;
    const part = { transaction: await readPosted(ledger, { programmeId, memberId }, seq), replayed: posted.replayed };
    // The links were there when it was posted; since then each member may have closed theirs.
    parts.push(part.replayed && !isPresent ? await shownTo(ledger, principal, part) : part);
  }
  return { parts };
}
