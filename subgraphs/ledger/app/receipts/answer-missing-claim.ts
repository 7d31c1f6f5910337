import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import { expectThat, firstFault, idempotencyKeyFault, ifGiven, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { claimedPurchase, whyNotAnswered, type MissingClaim } from '../../core/receipts/receipt';
import { loadProgrammeNow } from '../../data/programme.store';
import { beginCrediting, closeClaim, findClaim, lockClaim } from '../../data/receipts/missing-claim.store';
import type { Ledger } from '../ledger';
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
): Promise<Replayable<{ claim: MissingClaim }> | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat('input.reason', input.accept || input.reason != null, 'must say why the claim is rejected'),
    ifGiven(input.reason, (reason) => textFault('input.reason', reason, 500)),
  );
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const { programmeId, partnerId } = acting;
  const id = parseId('mpc', input.claimId);
  if (id === null) return notFound('claim');
  const { idempotencyKey: key, ...body } = input;
  const decided = await inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'answerMissingClaim', key, body }, async () => {
      const claim = await lockClaim(tx, programmeId, id);
      if (claim === null || claim.partnerId !== partnerId) return notFound('claim');
      const closed = whyNotAnswered(claim, input.accept);
      if (closed !== null) return closed;
      const at = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      if (input.accept) await beginCrediting(tx, id);
      else await closeClaim(tx, id, { state: 'REJECTED', reason: input.reason ?? null, at });
      return { claim };
    }),
  );
  if (isRefusal(decided)) return decided;
  // Accepted is decided, and credited after that: the same call again finishes what an interruption left.
  const notNow = input.accept ? await creditClaim(ledger, decided.claim, claimedPurchase(decided.claim)) : null;
  if (notNow !== null) return notNow;
  return { ...decided, claim: (await findClaim(ledger.database.pool, programmeId, id)) ?? decided.claim };
}
