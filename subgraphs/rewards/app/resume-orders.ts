import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal } from '../../../kernel/errors/refusal';
import { newId } from '../../../kernel/values/id';
import { resumeAt } from '../core/order';
import { claimUnfinished, type UnfinishedOrder } from '../data/reward-order.store';
import { fulfilOrder } from './fulfil-order';
import type { RewardsParts } from './parts';

const BATCH = 20;
/** Nobody waits for a resumed order, so the ledger gets more time than a till would give it. */
const PATIENCE_MS = 10_000;

/**
 * Takes up the orders that were left unfinished, by a crash of ours or by a ledger that did not answer, and brings each
 * to its end; one that cannot end yet is left for a later round.
 *
 * @returns how many were taken up
 */
export async function resumeOrders(parts: RewardsParts): Promise<number> {
  const now = parts.clock.now();
  const unfinished = await inTransaction(parts.database, (tx) =>
    claimUnfinished(tx, { now, limit: BATCH, resumeAt: (attempts) => resumeAt(now, attempts) }),
  );
  for (const order of unfinished) await resume(parts, order);
  return unfinished.length;
}

/** One order's failure must not keep the others waiting. */
async function resume(parts: RewardsParts, order: UnfinishedOrder): Promise<void> {
  const requestId = newId('req');
  try {
    const ended = await fulfilOrder(parts, order, { requestId, deadlineAt: new Date(Date.now() + PATIENCE_MS) });
    const state = isRefusal(ended) ? 'UNFINISHED' : ended.state;
    parts.log.warn({ event: 'order.resumed', requestId, orderId: order.id, state });
  } catch (error) {
    parts.log.error({ event: 'order.not_resumed', requestId, orderId: order.id, err: error });
  }
}
