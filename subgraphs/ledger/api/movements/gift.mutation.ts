import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { donatePoints } from '../../app/movements/donate-points';
import { postAccrual } from '../../app/movements/post-accrual';
import { recordAction } from '../../app/movements/record-action';
import { transferPoints } from '../../app/movements/transfer-points';
import type { LedgerContext } from '../context';
import { DonatePointsInput, PostAccrualInput, RecordActionInput, TransferPointsInput } from './correction.type';
import { answer, DonatePointsResult, PostAccrualResult, RecordActionResult, TransferPointsResult } from './result.type';
import { showAccrual, showEarned, showRedemption, successOf } from './successes';

/** Points that come without a purchase, or go without one. */
@Resolver()
export class GiftMutation {
  @Mutation(() => RecordActionResult, {
    description: 'Records what a member did and credits what its rule gives. Partner.',
  })
  recordAction(
    @Arg('input', () => RecordActionInput, { description: 'What the member did.' }) input: RecordActionInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RecordActionSuccess', input, async () =>
      successOf(principal, await recordAction(ledger, principal, input), showEarned),
    );
  }

  @Mutation(() => PostAccrualResult, {
    description: 'Gives points directly. Admin; partner with the scope accrual:direct, at its own cost.',
  })
  postAccrual(
    @Arg('input', () => PostAccrualInput, { description: 'What to give.' }) input: PostAccrualInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('PostAccrualSuccess', input, async () =>
      successOf(principal, await postAccrual(ledger, principal, input), showAccrual),
    );
  }

  @Mutation(() => TransferPointsResult, {
    description: 'Gives points to another member; they keep their issuer and expiry. Member.',
  })
  transferPoints(
    @Arg('input', () => TransferPointsInput, { description: 'What to give, and to whom.' }) input: TransferPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('TransferPointsSuccess', input, async () =>
      successOf(principal, await transferPoints(ledger, principal, input), () => ({})),
    );
  }

  @Mutation(() => DonatePointsResult, {
    description: 'Gives points to a charity; the redemption is the receipt. Member.',
  })
  donatePoints(
    @Arg('input', () => DonatePointsInput, { description: 'What to give, and to whom.' }) input: DonatePointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('DonatePointsSuccess', input, async () =>
      successOf(principal, await donatePoints(ledger, principal, input), showRedemption),
    );
  }
}
