import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { approveDefaultOf, declareDefault, type DefaultAnswer } from '../../app/settlement/declare-default';
import { readCycles } from '../../app/settlement/read-cycles';
import type { SettlementCycle } from '../../core/settlement/cycle';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import {
  ApproveDefaultInput,
  DeclareDefaultInput,
  DefaultResult,
  defaultView,
  PartnerDefaultType,
} from './default.type';
import { SettlementCycleType } from './settlement.type';

async function withCycle(
  { ledger, principal }: LedgerContext,
  outcome: Outcome<DefaultAnswer & { replayed: boolean }>,
): Promise<object> {
  if (isRefusal(outcome)) return outcome;
  return { ...outcome, cycle: (await readCycles(ledger, principal, [outcome.cycleId as never]))[0] };
}

/** Partners that do not pay. */
@Resolver(() => SettlementCycleType)
export class DefaultMutation {
  @Mutation(() => DefaultResult, {
    description: 'Declares that a partner did not pay, and proposes who pays instead. Admin.',
  })
  declareDefault(
    @Arg('input', () => DeclareDefaultInput, { description: 'The payment.' }) input: DeclareDefaultInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('DefaultSuccess', input, async () =>
      withCycle(context, await declareDefault(ledger, principal, input)),
    );
  }

  @Mutation(() => DefaultResult, { description: 'Performs a default another declared. Finance, another admin.' })
  approveDefault(
    @Arg('input', () => ApproveDefaultInput, { description: 'The approval.' }) input: ApproveDefaultInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('DefaultSuccess', input, async () =>
      withCycle(context, await approveDefaultOf(ledger, principal, input)),
    );
  }

  @FieldResolver(() => [PartnerDefaultType], {
    description: 'Payments of it that were not made, and those of others whose shares count in its payments.',
  })
  async defaults(@Root() { id, currency }: SettlementCycle, @Ctx() { loaders }: LedgerContext): Promise<object[]> {
    return (await loaders.defaults.load(id)).map((one) => defaultView(one, currency));
  }
}
