import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { previewPurchase } from '../../app/movements/record-purchase';
import { previewRedemption } from '../../app/movements/redeem-points';
import type { LedgerContext } from '../context';
import { answer, RecordPurchaseResult, RedeemPointsResult } from './result.type';
import { RecordPurchaseInput, RedeemPointsInput } from './sale.type';
import { showPurchase, showRedemption, successOf } from './successes';

/** Dry runs: what a command would answer now, refusals included, and nothing is written. */
@Resolver()
export class PreviewQuery {
  @Query(() => RecordPurchaseResult, {
    description:
      'What recordPurchase would answer at this instant; nothing is written, the key is not used up, and lots are numbered as ' +
      'they would be. Partner.',
  })
  previewPurchase(
    @Arg('input', () => RecordPurchaseInput, { description: 'The sale.' }) input: RecordPurchaseInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RecordPurchaseSuccess', input, async () =>
      successOf(principal, await previewPurchase(ledger, principal, input), showPurchase),
    );
  }

  @Query(() => RedeemPointsResult, {
    description:
      'What redeemPoints would answer at this instant; nothing is written and the key is not used up. Redeeming partner.',
  })
  previewRedemption(
    @Arg('input', () => RedeemPointsInput, { description: 'What to spend.' }) input: RedeemPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RedeemPointsSuccess', input, async () =>
      successOf(principal, await previewRedemption(ledger, principal, input), showRedemption),
    );
  }
}
