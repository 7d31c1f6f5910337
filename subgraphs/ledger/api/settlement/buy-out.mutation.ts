import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import {
  approveBuyOut,
  buyOutLots,
  type ApproveBuyOutInput as Approve,
  type BuyOutLotsInput as Propose,
} from '../../app/settlement/buy-out-lots';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';
import { CycleContentChanged } from './settlement.type';

@InputType('BuyOutLotsInput', {
  description: 'An issuer that pays at issuance now, for what it has outstanding as well.',
})
export class BuyOutLotsInput implements Propose {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The issuer; its contract in force pays at issuance.' })
  partnerId!: string;
  @Field(() => Int, { description: 'The part agreed never to be spent, in basis points: 0 to 10,000.' })
  agreedBreakageBps!: number;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@InputType('ApproveBuyOutInput', { description: 'A proposed buy-out to perform, or to go on with.' })
export class ApproveBuyOutInput implements Approve {
  @Field(() => String, {
    description: 'The caller’s own name for this intent; the same approval goes on where the last one stopped.',
  })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The buy-out.' })
  buyOutId!: string;
  @Field(() => String, { description: 'The content hash the proposal answered.' })
  contentHash!: string;
}

@ObjectType('BuyOutSuccess', { description: 'The buy-out was proposed, or accounts were bought out.' })
class BuyOutSuccess {
  @Field(() => ID, { description: 'The buy-out.' })
  buyOutId!: string;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => Boolean, { description: 'Whether it still waits for approval.' })
  proposed!: boolean;
  @Field(() => Boolean, {
    description: 'Whether no spendable lot is left to buy out; if not, send the approval again.',
  })
  isDone!: boolean;
  @Field(() => Int, { description: 'Accounts bought out by this call.' })
  accounts!: number;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const BuyOutResult = defineResult('BuyOutResult', BuyOutSuccess, [
  ProgrammeNotReady,
  CycleContentChanged,
  SelfApproval,
  defineRefusalType('BuyOutNotAgreed', 'The partner’s contract in force does not pay at issuance.'),
]);

/** An issuer's change of model, for what it has outstanding. */
@Resolver()
export class BuyOutMutation {
  @Mutation(() => BuyOutResult, { description: 'Proposes to buy out an issuer’s outstanding points. Admin.' })
  buyOutLots(
    @Arg('input', () => BuyOutLotsInput, { description: 'The buy-out.' }) input: BuyOutLotsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('BuyOutSuccess', input, () => buyOutLots(ledger, principal, input));
  }

  @Mutation(() => BuyOutResult, { description: 'Performs a buy-out somebody else proposed. Finance, another admin.' })
  approveBuyOut(
    @Arg('input', () => ApproveBuyOutInput, { description: 'The approval.' }) input: ApproveBuyOutInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('BuyOutSuccess', input, async () => {
      const outcome = await approveBuyOut(ledger, principal, input);
      return isRefusal(outcome) ? outcome : { ...outcome, replayed: false };
    });
  }
}
