import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { extendExpiry, reinstatePoints } from '../../app/movements/change-expiry';
import { clawBackPoints } from '../../app/movements/claw-back-points';
import { returnPurchase } from '../../app/movements/return-purchase';
import { reverseRedemption } from '../../app/movements/reverse-redemption';
import { cancelPending, releasePending } from '../../app/movements/settle-pending';
import type { LedgerContext } from '../context';
import {
  ClawBackPointsInput,
  ExtendExpiryInput,
  PendingInput,
  ReinstatePointsInput,
  ReturnPurchaseInput,
  ReverseRedemptionInput,
} from './correction.type';
import {
  answer,
  ClawBackPointsResult,
  ExtendExpiryResult,
  PendingResult,
  ReinstatePointsResult,
  ReturnPurchaseResult,
  ReverseRedemptionResult,
} from './result.type';
import { showLot, showReversal, showTakenBack, successOf } from './successes';

/** What undoes or corrects what was posted. Nothing is ever changed: each is a posting of its own. */
@Resolver()
export class CorrectionMutation {
  @Mutation(() => ReturnPurchaseResult, {
    description: 'Takes a purchase back, whole or in part, and what it earned with it. Partner.',
  })
  returnPurchase(
    @Arg('input', () => ReturnPurchaseInput, { description: 'What came back.' }) input: ReturnPurchaseInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ReturnPurchaseSuccess', input, async () =>
      successOf(principal, await returnPurchase(ledger, principal, input), showTakenBack),
    );
  }

  @Mutation(() => ReverseRedemptionResult, {
    description: 'Undoes a redemption, whole or in part: what was drawn last comes back first. Redeemer, admin.',
  })
  reverseRedemption(
    @Arg('input', () => ReverseRedemptionInput, { description: 'The redemption.' }) input: ReverseRedemptionInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ReverseRedemptionSuccess', input, async () =>
      showReversal(ledger, principal, await reverseRedemption(ledger, principal, input)),
    );
  }

  @Mutation(() => PendingResult, { description: 'Makes pending points of a lot spendable. Issuer, admin.' })
  releasePending(
    @Arg('input', () => PendingInput, { description: 'The lot.' }) input: PendingInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('PendingSuccess', input, async () =>
      showLot(ledger, principal, { outcome: await releasePending(ledger, principal, input), lotId: input.lotId }),
    );
  }

  @Mutation(() => PendingResult, { description: 'Takes pending points back before they are spendable. Issuer, admin.' })
  cancelPending(
    @Arg('input', () => PendingInput, { description: 'The lot.' }) input: PendingInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('PendingSuccess', input, async () =>
      showLot(ledger, principal, { outcome: await cancelPending(ledger, principal, input), lotId: input.lotId }),
    );
  }

  @Mutation(() => ClawBackPointsResult, {
    description:
      'Takes points of one lot back, the one they were earned in; what is spent or given is owed from then on. Issuer with ' +
      'accrual:direct, admin.',
  })
  clawBackPoints(
    @Arg('input', () => ClawBackPointsInput, { description: 'What to take back.' }) input: ClawBackPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ClawBackPointsSuccess', input, async () =>
      successOf(principal, await clawBackPoints(ledger, principal, input), showTakenBack),
    );
  }

  @Mutation(() => ExtendExpiryResult, { description: 'Lets what is left of a lot live longer. Admin.' })
  extendExpiry(
    @Arg('input', () => ExtendExpiryInput, { description: 'The lot and its new expiry.' }) input: ExtendExpiryInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ExtendExpirySuccess', input, async () =>
      showLot(ledger, principal, { outcome: await extendExpiry(ledger, principal, input), lotId: input.lotId }),
    );
  }

  @Mutation(() => ReinstatePointsResult, { description: 'Gives expired points back. Admin.' })
  reinstatePoints(
    @Arg('input', () => ReinstatePointsInput, { description: 'What to give back.' }) input: ReinstatePointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ReinstatePointsSuccess', input, async () =>
      showLot(ledger, principal, { outcome: await reinstatePoints(ledger, principal, input), lotId: input.lotId }),
    );
  }
}
