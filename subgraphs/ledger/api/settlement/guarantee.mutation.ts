import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import {
  approveGuaranteePayment,
  readGuarantees,
  recordGuaranteePayment,
  type GuaranteeAnswer,
} from '../../app/settlement/guarantee-payments';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import {
  ApproveGuaranteePaymentInput,
  GuaranteePaymentResult,
  GuaranteeType,
  RecordGuaranteePaymentInput,
} from './guarantee.type';

async function guaranteesFor({ ledger, principal }: LedgerContext): Promise<object[]> {
  return (await readGuarantees(ledger, principal)).map(({ fund, partnerId, heldMinor, currency }) => ({
    ...{ fund, partner: partnerId === null ? null : { id: partnerId } },
    held: { amountMinor: heldMinor, currency },
  }));
}

async function withGuarantees(
  context: LedgerContext,
  outcome: Outcome<GuaranteeAnswer & { replayed: boolean }>,
): Promise<object> {
  return isRefusal(outcome) ? outcome : { ...outcome, guarantees: await guaranteesFor(context) };
}

/** What is held against partners that do not pay. */
@Resolver()
export class GuaranteeMutation {
  @Query(() => [GuaranteeType], {
    description: 'Deposits and the default fund. Admin, finance: all; partner, staff: the own deposit and the fund.',
  })
  guarantees(@Ctx() context: LedgerContext): Promise<object[]> {
    return guaranteesFor(context);
  }

  @Mutation(() => GuaranteePaymentResult, { description: 'Records a payment into or out of a guarantee. Admin.' })
  recordGuaranteePayment(
    @Arg('input', () => RecordGuaranteePaymentInput, { description: 'The payment.' })
    input: RecordGuaranteePaymentInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('GuaranteePaymentSuccess', input, async () =>
      withGuarantees(context, await recordGuaranteePayment(ledger, principal, input)),
    );
  }

  @Mutation(() => GuaranteePaymentResult, { description: 'Posts a payment another recorded. Finance, another admin.' })
  approveGuaranteePayment(
    @Arg('input', () => ApproveGuaranteePaymentInput, { description: 'The approval.' })
    input: ApproveGuaranteePaymentInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('GuaranteePaymentSuccess', input, async () =>
      withGuarantees(context, await approveGuaranteePayment(ledger, principal, input)),
    );
  }
}
