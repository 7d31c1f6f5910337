import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { agreeStatement } from '../../app/settlement/agree-statement';
import { disputeStatementLine } from '../../app/settlement/dispute-statement-line';
import { readCycles, readDisputes, readLine } from '../../app/settlement/read-cycles';
import { approveDispute, resolveDispute, type ResolutionAnswer } from '../../app/settlement/resolve-dispute';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import {
  AgreeStatementInput,
  AgreeStatementResult,
  ApproveDisputeInput,
  DisputeStatementLineInput,
  DisputeStatementLineResult,
  disputeView,
  ResolveDisputeInput,
  ResolveDisputeResult,
} from './dispute.type';
import { lineView } from './settlement.query';

/** The dispute of an outcome, as it is now. */
async function withDispute(
  { ledger, principal }: LedgerContext,
  outcome: Outcome<ResolutionAnswer & { replayed: boolean }>,
): Promise<object> {
  if (isRefusal(outcome)) return outcome;
  const [dispute] = await readDisputes(ledger, principal, { ids: [outcome.disputeId as never] });
  return { ...outcome, dispute: dispute === undefined ? null : disputeView(dispute) };
}

/** What partners answer to their statements, and what the operator answers to that. */
@Resolver()
export class DisputeMutation {
  @Mutation(() => DisputeStatementLineResult, {
    description:
      'Disputes a line billed to the caller, or owed to it by the operator, within the window. Partner with statements:answer, staff.',
  })
  disputeStatementLine(
    @Arg('input', () => DisputeStatementLineInput, { description: 'The line.' }) input: DisputeStatementLineInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('DisputeStatementLineSuccess', input, async () => {
      const outcome = await disputeStatementLine(ledger, principal, input);
      if (isRefusal(outcome)) return outcome;
      const line = await readLine(ledger, principal, outcome.lineId);
      return { ...outcome, line: line === null ? null : lineView(line) };
    });
  }

  @Mutation(() => AgreeStatementResult, {
    description: 'Agrees to a statement as it stands, before the window ends. Partner with statements:answer, staff.',
  })
  agreeStatement(
    @Arg('input', () => AgreeStatementInput, { description: 'The statement.' }) input: AgreeStatementInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('AgreeStatementSuccess', input, async () => {
      const outcome = await agreeStatement(ledger, principal, input);
      if (isRefusal(outcome)) return outcome;
      return { ...outcome, cycle: (await readCycles(ledger, principal, [outcome.cycleId as never]))[0] };
    });
  }

  @Mutation(() => ResolveDisputeResult, { description: 'Says how a dispute ends, in the open cycle. Admin.' })
  resolveDispute(
    @Arg('input', () => ResolveDisputeInput, { description: 'The outcome.' }) input: ResolveDisputeInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('ResolveDisputeSuccess', input, async () =>
      withDispute(context, await resolveDispute(ledger, principal, input)),
    );
  }

  @Mutation(() => ResolveDisputeResult, { description: 'Approves and posts an outcome. Finance, another admin.' })
  approveDispute(
    @Arg('input', () => ApproveDisputeInput, { description: 'The approval.' }) input: ApproveDisputeInput,
    @Ctx() context: LedgerContext,
  ): Promise<object> {
    const { ledger, principal } = context;
    return answer('ResolveDisputeSuccess', input, async () =>
      withDispute(context, await approveDispute(ledger, principal, input)),
    );
  }
}
