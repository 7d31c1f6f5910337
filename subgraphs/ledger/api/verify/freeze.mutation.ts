import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { graphFault } from '../../../../kernel/graph/fault';
import { BigIntScalar } from '../../../../kernel/graph/scalars';
import { readFreezes, unfreezeAccount } from '../../app/verify/unfreeze-account';
import type { AccountFreeze } from '../../core/verify/account-freeze';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { AccountFreezeType, UnfreezeAccountInput, UnfreezeAccountResult } from './freeze.type';

const FIRST_MAX = 100;

/** Stops, as the programme's desk reads them. */
@Resolver(() => AccountFreezeType)
export class FreezeQuery {
  @Query(() => [AccountFreezeType], {
    description: 'Accounts on which a check stopped posting, newest first. Admin, finance; nothing to others.',
  })
  accountFreezes(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('standing', () => Boolean, { nullable: true, description: 'Only those that stand, or only those that ended.' })
    standing: boolean | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<AccountFreeze[]> {
    if (first < 1 || first > FIRST_MAX) throw graphFault('INVALID_INPUT', `first: must be 1 to ${FIRST_MAX}`);
    return readFreezes(ledger, principal, { standing: standing ?? null, limit: first });
  }

  @FieldResolver(() => BigIntScalar, { nullable: true, description: 'The account’s version whose rows were changed.' })
  version(@Root() { seq }: AccountFreeze): bigint | null {
    return seq;
  }
}

/** Ending a stop. */
@Resolver()
export class FreezeMutation {
  @Mutation(() => UnfreezeAccountResult, {
    description: 'Allows posting on an account again after a person looked at what was found. Admin.',
  })
  unfreezeAccount(
    @Arg('input', () => UnfreezeAccountInput, { description: 'The decision.' }) input: UnfreezeAccountInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('UnfreezeAccountSuccess', input, () => unfreezeAccount(ledger, principal, input));
  }
}
