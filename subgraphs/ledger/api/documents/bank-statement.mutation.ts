import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { importBankStatement } from '../../app/documents/import-bank-statement';
import { readCycles } from '../../app/settlement/read-cycles';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { ImportBankStatementInput, ImportBankStatementResult } from './bank-statement.type';

/** What the bank says of payments. */
@Resolver()
export class BankStatementMutation {
  @Mutation(() => ImportBankStatementResult, {
    description: 'Reads a statement of the operator’s bank; payments it confirms are settled. Admin, finance.',
  })
  importBankStatement(
    @Arg('input', () => ImportBankStatementInput, { description: 'The statement.' }) input: ImportBankStatementInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('ImportBankStatementSuccess', input, async () => {
      const outcome = await importBankStatement(ledger, principal, input);
      if (isRefusal(outcome)) return outcome;
      return { ...outcome, settledCycles: await readCycles(ledger, principal, outcome.settledCycleIds) };
    });
  }
}
