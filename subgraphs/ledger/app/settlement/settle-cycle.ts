import type { Tx } from '../../../../kernel/db/transaction';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { refuse } from '../../core/refusals';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { forgetProposedStep } from '../../data/settlement/cycle.store';
import { perform, type Step } from './step';

/**
 * Makes an instructed cycle settled because the bank says so: its statement is the approval. In the caller's transaction, which has
 * the cycle locked.
 *
 * @returns LEDGER_CYCLE_STEP_NOT_ALLOWED for a cycle that is not INSTRUCTED; null when done
 */
export async function settleCycle(
  tx: Tx,
  cycle: SettlementCycle,
  { book, now }: Pick<Step, 'book' | 'now'>,
): Promise<Refusal | null> {
  if (cycle.state !== 'INSTRUCTED') {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `A cycle that is ${cycle.state} has no payments to confirm.`);
  }
  await forgetProposedStep(tx, cycle.id);
  return perform(tx, { cycle, to: 'SETTLED', cutOffAt: null, terms: null, book, now });
}
