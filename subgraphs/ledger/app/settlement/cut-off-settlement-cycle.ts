import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import { cycleFor, inStep, proposeOrPerform, type SettlementLedger, type StepAnswer } from './step';

export interface CutOffSettlementCycleInput {
  readonly idempotencyKey: string;
  /** Null: the moment it is performed, by the programme's clock. */
  readonly at?: Date | null;
}

/** Closes the open cycle to new entries and opens the next; what comes later belongs to that one. */
export async function cutOffSettlementCycle(
  ledger: SettlementLedger,
  principal: Principal,
  input: CutOffSettlementCycleInput,
): Promise<Outcome<StepAnswer & { replayed: boolean }>> {
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes steps of a cycle.');
  const { programmeId } = principal;
  const { idempotencyKey, at = null } = input;
  const command = {
    principal,
    programmeId,
    operation: 'cutOffSettlementCycle',
    idempotencyKey,
    body: { at },
    stopsPostings: async () => true,
  };
  return inStep(ledger, command, async (tx, { book, now }) => {
    const cycle = await cycleFor(tx, programmeId, null);
    if (isRefusal(cycle)) return cycle;
    return proposeOrPerform(tx, { cycle, to: 'CUT_OFF', cutOffAt: at, book, now }, principal.subject);
  });
}
