import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { approveRunOff, beginRunOff, endRunOff, readRunOffs, type RunOffAnswer } from '../../app/settlement/run-off';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import {
  ApproveRunOffInput,
  BeginRunOffInput,
  EndRunOffInput,
  RunOffResult,
  RunOffType,
  runOffView,
} from './run-off.type';

async function withRunOff(
  { ledger, principal }: LedgerContext,
  outcome: Outcome<RunOffAnswer & { replayed: boolean }>,
): Promise<object> {
  if (isRefusal(outcome)) return outcome;
  const found = (await readRunOffs(ledger, principal)).find(({ id }) => id === outcome.runOffId);
  return { ...outcome, runOff: found === undefined ? null : runOffView(found) };
}

/** Partners that leave, and their points that run off. */
@Resolver()
export class RunOffMutation {
  @Query(() => [RunOffType], {
    description: 'Run-offs of leaving partners, as they stand. Admin, finance: all; partner, staff: the own one.',
  })
  async runOffs(@Ctx() { ledger, principal }: LedgerContext): Promise<object[]> {
    return (await readRunOffs(ledger, principal)).map(runOffView);
  }

  @Mutation(() => RunOffResult, { description: 'Proposes a leaving partner’s run-off and its deposit. Admin.' })
  beginRunOff(
    @Arg('input', () => BeginRunOffInput, { description: 'The partner.' }) input: BeginRunOffInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('RunOffSuccess', input, async () => withRunOff(context, await beginRunOff(ledger, principal, input)));
  }

  @Mutation(() => RunOffResult, {
    description: 'Proposes the end of a run-off: what is left of the deposit goes back. Admin.',
  })
  endRunOff(
    @Arg('input', () => EndRunOffInput, { description: 'The run-off.' }) input: EndRunOffInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('RunOffSuccess', input, async () => withRunOff(context, await endRunOff(ledger, principal, input)));
  }

  @Mutation(() => RunOffResult, {
    description:
      'Approves what another proposed of a run-off; at its end the partner has left. Finance, another admin.',
  })
  approveRunOff(
    @Arg('input', () => ApproveRunOffInput, { description: 'The approval.' }) input: ApproveRunOffInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('RunOffSuccess', input, async () =>
      withRunOff(context, await approveRunOff(ledger, principal, input)),
    );
  }
}
