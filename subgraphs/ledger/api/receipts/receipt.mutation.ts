import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { answerMissingClaim } from '../../app/receipts/answer-missing-claim';
import { claimMissingPoints } from '../../app/receipts/claim-missing-points';
import { claimReceipt } from '../../app/receipts/claim-receipt';
import { recordUnclaimedSale } from '../../app/receipts/record-unclaimed-sale';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { showPurchase, successOf } from '../movements/successes';
import {
  AnswerMissingClaimInput,
  ClaimMissingPointsInput,
  ClaimReceiptInput,
  ClaimReceiptResult,
  MissingClaimResult,
  RecordUnclaimedSaleInput,
  RecordUnclaimedSaleResult,
} from './receipt.type';

/** Points that did not come by themselves. */
@Resolver()
export class ReceiptMutation {
  @Mutation(() => RecordUnclaimedSaleResult, {
    description: 'Keeps a sale whose buyer is not known, to be claimed with its receipt. Partner.',
  })
  recordUnclaimedSale(
    @Arg('input', () => RecordUnclaimedSaleInput, { description: 'The sale.' }) input: RecordUnclaimedSaleInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RecordUnclaimedSaleSuccess', input, () => recordUnclaimedSale(ledger, principal, input));
  }

  @Mutation(() => ClaimReceiptResult, { description: 'Claims the points of a receipt nobody has claimed. Member.' })
  claimReceipt(
    @Arg('input', () => ClaimReceiptInput, { description: 'The receipt.' }) input: ClaimReceiptInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ClaimReceiptSuccess', input, async () =>
      successOf(principal, await claimReceipt(ledger, principal, input), showPurchase),
    );
  }

  @Mutation(() => MissingClaimResult, {
    description: 'Claims that a purchase earned nothing; its partner answers in time or pays. Member.',
  })
  claimMissingPoints(
    @Arg('input', () => ClaimMissingPointsInput, { description: 'The purchase.' }) input: ClaimMissingPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('MissingClaimSuccess', input, () => claimMissingPoints(ledger, principal, input));
  }

  @Mutation(() => MissingClaimResult, { description: 'Answers a claim of missing points. Its partner.' })
  answerMissingClaim(
    @Arg('input', () => AnswerMissingClaimInput, { description: 'The answer.' }) input: AnswerMissingClaimInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('MissingClaimSuccess', input, () => answerMissingClaim(ledger, principal, input));
  }
}
