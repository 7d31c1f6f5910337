import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import type { SettlementState } from '../../core/settlement/cycle';
import { refuse } from '../../core/refusals';
import { leavingRoom } from './leave-room';
import { rollUpInSteps } from './roll-up';
import { cycleFor, inStep, proposeOrPerform, type SettlementLedger, type StepAnswer } from './step';

export interface AdvanceSettlementCycleInput {
  readonly idempotencyKey: string;
  readonly cycleId: string;
  readonly to: SettlementState;
}

/** Takes a cycle that was cut off to its next state; performed at once or proposed, as the programme says. */
export async function advanceSettlementCycle(
  ledger: SettlementLedger,
  principal: Principal,
  input: AdvanceSettlementCycleInput,
): Promise<Outcome<StepAnswer & { replayed: boolean }>> {
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes steps of a cycle.');
  const { programmeId } = principal;
  const { idempotencyKey, cycleId, to } = input;
  const id = parseId('cyc', cycleId);
  if (id === null) return notFound('settlement cycle');
  if (to === 'CUT_OFF')
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', 'An open cycle is cut off by cutOffSettlementCycle.');
  const command = {
    principal,
    programmeId,
    operation: 'advanceSettlementCycle',
    idempotencyKey,
    body: { cycleId, to },
    stopsPostings: async () => false,
  };
  return leavingRoom(async () => {
    // What waits is rolled up before the cycle is locked, so that drawing up has next to nothing left to do.
    if (to === 'DRAFT') await rollUpInSteps(ledger.whole);
    return inStep(ledger, command, async (tx, { book, now }) => {
      const cycle = await cycleFor(tx, programmeId, id);
      if (isRefusal(cycle)) return cycle;
      return proposeOrPerform(tx, { cycle, to, cutOffAt: null, terms: null, book, now }, principal.subject);
    });
  });
}
