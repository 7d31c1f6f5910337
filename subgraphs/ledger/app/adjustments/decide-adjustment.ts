import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import { adjustmentRule, whyNotDecided, type Adjustment } from '../../core/adjustments/adjustment';
import {
  decideAdjustment,
  findAdjustment,
  lockAdjustment,
  settleAdjustment,
} from '../../data/adjustments/adjustment.store';
import { loadProgrammeNow } from '../../data/programme.store';
import { currentBook } from '../current-book';
import { isGift } from '../../data/points/gift.store';
import type { Ledger } from '../ledger';
import { intentOf, NO_NEEDS, walletOf } from '../points/posting-command';

export interface DecideAdjustmentInput {
  readonly idempotencyKey: string;
  readonly adjustmentId: string;
  /** What was looked at: the approval counts for this content and no other. */
  readonly contentHash: string;
}

/** The adjustment as the decision left it. */
export type Decided = Replayable<{ adjustment: Adjustment }>;

/**
 * Approves an adjustment another person proposed, and posts it. Interrupted between the two it is approved and not yet
 * posted; whoever approved it asks again, and it is posted, once, because the posting's key is the adjustment's id.
 */
export async function approveAdjustment(
  ledger: Ledger,
  principal: Principal,
  input: DecideAdjustmentInput,
): Promise<Decided | Refusal> {
  const decided = await decide(ledger, principal, { input, state: 'APPROVED' });
  if (isRefusal(decided)) return decided;
  const { programmeId, id } = decided.adjustment;
  const adjustment = await read(ledger, programmeId, id);
  if (!isUnposted(adjustment)) return { ...decided, adjustment };
  await postApproved(ledger, adjustment, callerOf(principal));
  return { ...decided, adjustment: await read(ledger, programmeId, id) };
}

/** Rejects an adjustment; its proposer may withdraw it so as well. */
export function rejectAdjustment(
  ledger: Ledger,
  principal: Principal,
  input: DecideAdjustmentInput,
): Promise<Decided | Refusal> {
  return decide(ledger, principal, { input, state: 'REJECTED' });
}

async function decide(
  ledger: Ledger,
  principal: Principal,
  { input, state }: { input: DecideAdjustmentInput; state: 'APPROVED' | 'REJECTED' },
): Promise<Decided | Refusal> {
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.contentHash', input.contentHash, 64),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only a finance approver or another admin of the programme decides about adjustments.');
  }
  const { programmeId, subject: person } = principal;
  const id = parseId('adj', input.adjustmentId);
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  if (id === null) return notFound('adjustment');
  const mayApproveOwn = state === 'REJECTED' || (book.isSandbox && book.singleApprover);
  const { idempotencyKey: key, ...body } = input;
  const operation = state === 'APPROVED' ? 'approveAdjustment' : 'rejectAdjustment';
  return inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation, key, body }, async () => {
      const adjustment = await lockAdjustment(tx, programmeId, id);
      if (adjustment === null) return notFound('adjustment');
      // The key of a call that was interrupted may be lost; its approver finishes it by any other.
      const isUnfinished = state === 'APPROVED' && isUnposted(adjustment) && adjustment.decidedBy === person;
      if (isUnfinished && adjustment.contentHash === input.contentHash) return { adjustment };
      const refusal = whyNotDecided(adjustment, { person, contentHash: input.contentHash, mayApproveOwn });
      if (refusal !== null) return refusal;
      const at = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      await decideAdjustment(tx, id, { state, by: person, at });
      return { adjustment: { ...adjustment, state, decidedBy: person, decidedAt: at } };
    }),
  );
}

const isUnposted = ({ state, postedSeq }: Adjustment) => state === 'APPROVED' && postedSeq === null;

async function postApproved(ledger: Ledger, adjustment: Adjustment, caller: string): Promise<void> {
  const { id, programmeId, memberId, lotSeq, contentHash } = adjustment;
  const takes = lotSeq === null ? {} : { lots: true, pendingLots: true, pastLots: [lotSeq] };
  const isGiven = lotSeq !== null && (await isGift(ledger.database.pool, { memberId, lotSeq }));
  const outcome = await ledger.lanes.post({
    ...walletOf(memberId),
    programmeId,
    caller,
    intent: intentOf('adjustment', { operation: 'approveAdjustment', idempotencyKey: id, body: contentHash }),
    document: null,
    needs: { ...NO_NEEDS, ...takes },
    others: [],
    opensWallet: lotSeq === null,
    plan: adjustmentRule(adjustment, { isGift: isGiven }),
  });
  if (outcome.kind === 'refused') {
    if (outcome.refusal.retryable) return;
    await settleAdjustment(ledger.database.pool, id, { postedSeq: null, refusedCode: outcome.refusal.code });
    return;
  }
  const postedSeq =
    outcome.kind === 'posted' ? outcome.own.after.seq : outcome.kind === 'replayed' ? outcome.seq : null;
  await settleAdjustment(ledger.database.pool, id, { postedSeq, refusedCode: null });
}

async function read(ledger: Ledger, programmeId: ProgrammeId, id: Id<'adj'>): Promise<Adjustment> {
  const adjustment = await findAdjustment(ledger.database.pool, programmeId, id);
  if (adjustment === null) throw new Error(`approveAdjustment: ${id} has gone`);
  return adjustment;
}
