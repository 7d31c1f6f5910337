import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { invalidInput } from '../../../../kernel/errors/shared-refusals';
import { graphFault } from '../../../../kernel/graph/fault';
import { findMalformed } from '../../../../kernel/graph/scalars';
import { captureHold } from '../../app/movements/capture-hold';
import { holdPoints } from '../../app/movements/hold-points';
import { recordPurchase, recordPurchases } from '../../app/movements/record-purchase';
import { redeemPoints } from '../../app/movements/redeem-points';
import { redeemPool } from '../../app/movements/redeem-pool';
import { releaseHold } from '../../app/movements/release-hold';
import { setTestClock } from '../../app/time/set-test-clock';
import type { LedgerContext } from '../context';
import {
  CaptureHoldInput,
  HoldPointsInput,
  RecordPurchaseInput,
  RedeemPointsInput,
  RedeemPoolInput,
  ReleaseHoldInput,
  SetTestClockInput,
} from './sale.type';
import {
  answer,
  CaptureHoldResult,
  HoldPointsResult,
  present,
  RecordPurchaseResult,
  RedeemPointsResult,
  RedeemPoolResult,
  ReleaseHoldResult,
  SetTestClockResult,
} from './result.type';
import { showHold, showPurchase, showRedemption, successOf, showPool } from './successes';

/** The most rows of one call. */
const ROWS_MAX = 1_000;

/** What a till and a shop do: sales, redemptions and holds. */
@Resolver()
export class SaleMutation {
  @Mutation(() => RecordPurchaseResult, { description: 'Records a sale and credits what it earns. Partner.' })
  recordPurchase(
    @Arg('input', () => RecordPurchaseInput, { description: 'The sale.' }) input: RecordPurchaseInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RecordPurchaseSuccess', input, async () =>
      successOf(principal, await recordPurchase(ledger, principal, input), showPurchase),
    );
  }

  @Mutation(() => [RecordPurchaseResult], {
    nullable: 'items',
    description: 'Records up to 1,000 sales, in the order given; each has its own outcome, at its own place. Partner.',
  })
  async recordPurchases(
    @Arg('input', () => [RecordPurchaseInput], { description: 'The sales.' }) input: RecordPurchaseInput[],
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    if (input.length > ROWS_MAX) throw graphFault('INVALID_INPUT', `input: must have at most ${ROWS_MAX} rows`);
    const malformed = input.map((row, n) => {
      const found = findMalformed(row, `input[${n}]`);
      return found === null ? null : invalidInput(found.field, found.reason);
    });
    const outcomes = await recordPurchases(ledger, principal, input, malformed);
    return outcomes.map((outcome) => present('RecordPurchaseSuccess', successOf(principal, outcome, showPurchase)));
  }

  @Mutation(() => RedeemPointsResult, { description: 'Spends points at once, whole or not at all. Redeeming partner.' })
  redeemPoints(
    @Arg('input', () => RedeemPointsInput, { description: 'What to spend.' }) input: RedeemPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RedeemPointsSuccess', input, async () =>
      successOf(principal, await redeemPoints(ledger, principal, input), showRedemption),
    );
  }

  @Mutation(() => RedeemPoolResult, {
    description:
      'Spends points of several members at once, of each in proportion to what they can spend. Redeeming partner.',
  })
  redeemPool(
    @Arg('input', () => RedeemPoolInput, { description: 'What to spend, and whose.' }) input: RedeemPoolInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RedeemPoolSuccess', input, async () =>
      showPool(principal, await redeemPool(ledger, principal, input)),
    );
  }

  @Mutation(() => HoldPointsResult, {
    description: 'Sets points aside, out of lots chosen now, until the redemption is finished. Redeeming partner.',
  })
  holdPoints(
    @Arg('input', () => HoldPointsInput, { description: 'What to set aside.' }) input: HoldPointsInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('HoldPointsSuccess', input, async () =>
      successOf(principal, await holdPoints(ledger, principal, input), showHold),
    );
  }

  @Mutation(() => CaptureHoldResult, { description: 'Turns a hold into a redemption. The partner that made it.' })
  captureHold(
    @Arg('input', () => CaptureHoldInput, { description: 'The hold.' }) input: CaptureHoldInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('CaptureHoldSuccess', input, async () =>
      successOf(principal, await captureHold(ledger, principal, input), showRedemption),
    );
  }

  @Mutation(() => ReleaseHoldResult, { description: 'Gives the points of a hold back. The partner that made it.' })
  releaseHold(
    @Arg('input', () => ReleaseHoldInput, { description: 'The hold.' }) input: ReleaseHoldInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ReleaseHoldSuccess', input, async () =>
      successOf(principal, await releaseHold(ledger, principal, input), showHold),
    );
  }

  @Mutation(() => SetTestClockResult, {
    description: 'Moves a sandbox’s clock forward, does all that falls due, then answers. Admin.',
  })
  setTestClock(
    @Arg('input', () => SetTestClockInput, { description: 'The instant.' }) input: SetTestClockInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('SetTestClockSuccess', input, () => setTestClock(ledger, principal, input));
  }
}
