import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { approveAdjustment, rejectAdjustment } from '../../app/adjustments/decide-adjustment';
import { proposeAdjustment } from '../../app/adjustments/propose-adjustment';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { AdjustmentResult, DecideAdjustmentInput, ProposeAdjustmentInput } from './adjustment.type';

const SUCCESS = 'AdjustmentSuccess';

/** Corrections by two persons. */
@Resolver()
export class AdjustmentMutation {
  @Mutation(() => AdjustmentResult, { description: 'Proposes a correction of a member’s points. Admin.' })
  proposeAdjustment(
    @Arg('input', () => ProposeAdjustmentInput, { description: 'The correction.' }) input: ProposeAdjustmentInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer(SUCCESS, input, () => proposeAdjustment(ledger, principal, input));
  }

  @Mutation(() => AdjustmentResult, { description: 'Approves and posts a correction. Finance, another admin.' })
  approveAdjustment(
    @Arg('input', () => DecideAdjustmentInput, { description: 'The approval.' }) input: DecideAdjustmentInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer(SUCCESS, input, () => approveAdjustment(ledger, principal, input));
  }

  @Mutation(() => AdjustmentResult, { description: 'Turns a correction down, or withdraws it. Finance, admin.' })
  rejectAdjustment(
    @Arg('input', () => DecideAdjustmentInput, { description: 'The rejection.' }) input: DecideAdjustmentInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer(SUCCESS, input, () => rejectAdjustment(ledger, principal, input));
  }
}
