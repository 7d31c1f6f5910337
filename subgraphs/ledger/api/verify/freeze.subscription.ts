import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { graphFault } from '../../../../kernel/graph/fault';
import { BigIntScalar, readable } from '../../../../kernel/graph/scalars';
import type { StateChange } from '../../app/settlement/live-states';
import { freezesToWatch } from '../../app/verify/live-freezes';
import type { StandingFreezes } from '../../core/verify/account-freeze';
import type { LedgerContext } from '../context';
import { AccountFreezesChangeType } from './freeze.type';

interface Seen {
  readonly after?: bigint | null;
  readonly epoch?: string | null;
}

function watchFreezes({ after, epoch }: Seen, { ledger, principal }: LedgerContext) {
  const key = freezesToWatch(principal);
  if (key === null) throw graphFault('NOT_FOUND', 'No accounts to watch.');
  return ledger.liveFreezes.watch({ key, after: readable('after', after ?? null), epoch: epoch ?? null });
}

/** Stops, live. */
@Resolver()
export class FreezeSubscription {
  @Subscription(() => AccountFreezesChangeType, {
    subscribe: ({ args, context }) => watchFreezes(args as Seen, context as LedgerContext),
    description: 'First which accounts are stopped, then again whenever that has changed. Admin, finance.',
  })
  accountFreezesChanged(
    @Root() change: StateChange<StandingFreezes>,
    @Arg('after', () => BigIntScalar, { nullable: true, description: 'The version seen last, to go on from there.' })
    _after: bigint | null,
    @Arg('epoch', () => ID, {
      nullable: true,
      description:
        'The epoch it was seen in; without it, in another, or where there is no such version yet, a snapshot comes first.',
    })
    _epoch: string | null,
  ): object {
    return { ...change, ...change.value };
  }
}
