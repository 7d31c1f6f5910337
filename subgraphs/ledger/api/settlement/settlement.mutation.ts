import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import type { Id } from '../../../../kernel/values/id';
import { advanceSettlementCycle } from '../../app/settlement/advance-settlement-cycle';
import { approveSettlementStep } from '../../app/settlement/approve-settlement-step';
import { cutOffSettlementCycle } from '../../app/settlement/cut-off-settlement-cycle';
import { readCycles } from '../../app/settlement/read-cycles';
import type { StepAnswer } from '../../app/settlement/step';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import {
  AdvanceSettlementCycleInput,
  ApproveSettlementStepInput,
  CutOffSettlementCycleInput,
  SettlementStepResult,
} from './settlement.type';

const STEP = 'SettlementStepSuccess';

/** The cycle of a step, as it is now, beside what the step answered. */
async function withCycle(
  { ledger, principal }: LedgerContext,
  outcome: Outcome<StepAnswer & { replayed: boolean }>,
): Promise<object> {
  if (isRefusal(outcome)) return outcome;
  const [cycle] = await readCycles(ledger, principal, [outcome.cycleId as Id<'cyc'>]);
  return { ...outcome, cycle };
}

/** Closing a month, step by step. */
@Resolver()
export class SettlementMutation {
  @Mutation(() => SettlementStepResult, {
    description: 'Closes the open cycle to new entries and opens the next. Admin.',
  })
  cutOffSettlementCycle(
    @Arg('input', () => CutOffSettlementCycleInput, { description: 'When.' }) input: CutOffSettlementCycleInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer(STEP, input, async () => withCycle(context, await cutOffSettlementCycle(ledger, principal, input)));
  }

  @Mutation(() => SettlementStepResult, { description: 'Takes a cycle to the state that follows. Admin.' })
  advanceSettlementCycle(
    @Arg('input', () => AdvanceSettlementCycleInput, { description: 'The step.' }) input: AdvanceSettlementCycleInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer(STEP, input, async () => withCycle(context, await advanceSettlementCycle(ledger, principal, input)));
  }

  @Mutation(() => SettlementStepResult, {
    description: 'Performs a step somebody else proposed. Finance, another admin.',
  })
  approveSettlementStep(
    @Arg('input', () => ApproveSettlementStepInput, { description: 'The approval.' }) input: ApproveSettlementStepInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer(STEP, input, async () => withCycle(context, await approveSettlementStep(ledger, principal, input)));
  }
}
