import type { Principal } from '../../../../kernel/context/principal';
import { expectThat, firstFault, idempotencyKeyFault, ifGiven, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { claimedPurchase, whyNotAnswered, type MissingClaim } from '../../core/receipts/receipt';
import { closeClaim, findClaim } from '../../data/receipts/missing-claim.store';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';
import { actingAs } from '../points/acting';
import { creditClaim } from './settle-claim';

export interface AnswerMissingClaimInput {
  readonly idempotencyKey: string;
  readonly claimId: string;
  readonly accept: boolean;
  /** Why not; needed for a rejection. */
  readonly reason?: string | null;
}

/** Answers a claim of missing points: accepted it is credited as the purchase it claims, rejected it says why. Partner. */
export async function answerMissingClaim(
  ledger: Ledger,
  principal: Principal,
  input: AnswerMissingClaimInput,
): Promise<{ claim: MissingClaim; replayed: boolean } | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat('input.reason', input.accept || input.reason != null, 'must say why the claim is rejected'),
    ifGiven(input.reason, (reason) => textFault('input.reason', reason, 500)),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const { programmeId, partnerId } = acting;
  const { pool } = ledger.database;
  const id = parseId('mpc', input.claimId);
  const claim = id === null ? null : await findClaim(pool, programmeId, id);
  if (claim === null || claim.partnerId !== partnerId) return notFound('claim');
  // An answer is its own key: the same answer again finds the claim closed that way.
  if (isAnsweredSo(claim, input.accept)) return { claim, replayed: true };
  const closed = whyNotAnswered(claim, input.accept);
  if (closed !== null) return closed;
  if (input.accept) {
    const notNow = await creditClaim(ledger, claim, claimedPurchase(claim));
    if (notNow !== null) return notNow;
  } else {
    const at = await programmeNow(ledger, programmeId);
    await closeClaim(pool, claim.id, { state: 'REJECTED', reason: input.reason ?? null, at });
  }
  const now = (await findClaim(pool, programmeId, claim.id)) ?? claim;
  // Somebody else closed it first, or is about to, the other way.
  const overtaken = isAnsweredSo(now, input.accept) ? null : whyNotAnswered(now, input.accept);
  return overtaken ?? { claim: now, replayed: false };
}

/** What an acceptance leads to is CREDITED, or REFUSED where the ledger would not post it. */
function isAnsweredSo({ state }: MissingClaim, accept: boolean): boolean {
  return accept ? state === 'CREDITED' || state === 'REFUSED' : state === 'REJECTED';
}
