import { Arg, Ctx, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import { graphFault } from '../../../../kernel/graph/fault';
import { BigIntScalar, readable } from '../../../../kernel/graph/scalars';
import { parseId } from '../../../../kernel/values/id';
import type { LiveChange, WatchRequest } from '../../app/points/live-accounts';
import { readTierAt } from '../../app/points/read-account';
import { watchAccount } from '../../app/points/watch-account';
import type { LedgerContext } from '../context';
import { BalanceChangeType, TierChangeType } from './live.type';
import { statementEntry } from './statement-entry';

const MEMBER_ID = { description: 'Whose account; the reader must be allowed to read it.' };
const AFTER = { nullable: true, description: 'The version seen last, to go on from there.' } as const;
const EPOCH = {
  nullable: true,
  description:
    'The epoch it was seen in; without it, in another, or where there is no such version yet, a snapshot comes first.',
} as const;

interface LiveArguments {
  readonly memberId: string;
  readonly after?: bigint | null;
  readonly epoch?: string | null;
}

/** The live view of an account, for whoever may read it. */
async function watch(args: LiveArguments, { ledger, principal }: LedgerContext, only: WatchRequest['only']) {
  const memberId = parseId('mem', args.memberId);
  const after = readable('after', args.after ?? null);
  const wanted = { after, epoch: args.epoch ?? null, only };
  const stream = memberId === null ? null : await watchAccount(ledger, principal, { memberId, ...wanted });
  if (stream === null) throw graphFault('NOT_FOUND', 'No such account.');
  return stream;
}

/** Accounts, live. */
@Resolver()
export class LiveSubscription {
  @Directive('@tag(name: "state")')
  @Subscription(() => BalanceChangeType, {
    subscribe: ({ args, context }) => watch(args as LiveArguments, context as LedgerContext, 'all'),
    description: 'First how the account stands, then every change of it, in order.',
  })
  balanceChanged(
    @Root() change: LiveChange,
    @Arg('memberId', () => ID, MEMBER_ID) _memberId: string,
    @Arg('after', () => BigIntScalar, AFTER) _after: bigint | null,
    @Arg('epoch', () => ID, EPOCH) _epoch: string | null,
  ): object {
    const { memberId, programmeId, version, balances, line, isSnapshot } = change;
    return {
      ...change,
      member: { id: memberId },
      account: { memberId, programmeId, version, ...balances },
      cause: isSnapshot || line === null ? null : statementEntry(line),
    };
  }

  @Subscription(() => TierChangeType, {
    subscribe: ({ args, context }) => watch(args as LiveArguments, context as LedgerContext, 'tier'),
    description: 'First where the member stands on the ladder, then every move.',
  })
  async tierChanged(
    @Root() change: LiveChange,
    @Ctx() { ledger }: LedgerContext,
    @Arg('memberId', () => ID, MEMBER_ID) _memberId: string,
    @Arg('after', () => BigIntScalar, AFTER) _after: bigint | null,
    @Arg('epoch', () => ID, EPOCH) _epoch: string | null,
  ): Promise<object> {
    const { version, isSnapshot, tierBefore, memberId } = change;
    const [from, to] = await Promise.all([
      isSnapshot || tierBefore === null ? null : readTierAt(ledger, change, version - 1n),
      readTierAt(ledger, change, version),
    ]);
    return { ...change, member: { id: memberId }, from, to };
  }
}
