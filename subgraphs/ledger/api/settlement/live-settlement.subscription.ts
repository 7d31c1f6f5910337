import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { graphFault } from '../../../../kernel/graph/fault';
import { BigIntScalar, readable } from '../../../../kernel/graph/scalars';
import type { PartnerId } from '../../../../kernel/values/id';
import { cycleToWatch, exposureToWatch } from '../../app/settlement/live-settlement';
import type { StateChange } from '../../app/settlement/live-states';
import { exposureOf } from '../../core/caps/exposure';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { programmeOf } from '../../../../kernel/context/principal';
import type { LedgerContext } from '../context';
import { PartnerExposureChangeType, SettlementCycleChangeType } from './live-settlement.type';

const AFTER = { nullable: true, description: 'The version seen last, to go on from there.' } as const;
const EPOCH = {
  nullable: true,
  description:
    'The epoch it was seen in; without it, in another, or where there is no such version yet, a snapshot comes first.',
} as const;

interface Seen {
  readonly after?: bigint | null;
  readonly epoch?: string | null;
}

const seenBy = ({ after, epoch }: Seen) => ({ after: readable('after', after ?? null), epoch: epoch ?? null });

async function watchCycle(args: Seen & { cycleId: string }, { ledger, principal }: LedgerContext) {
  const key = await cycleToWatch(ledger, principal, args.cycleId);
  if (key === null) throw graphFault('NOT_FOUND', 'No such cycle.');
  return ledger.liveSettlement.cycles.watch({ key, ...seenBy(args) });
}

async function watchExposure(args: Seen & { partnerId: string }, { ledger, principal }: LedgerContext) {
  const key = exposureToWatch(principal, args.partnerId);
  if (key === null) throw graphFault('NOT_FOUND', 'No such partner.');
  return ledger.liveSettlement.exposures.watch({ key, ...seenBy(args) });
}

/** Settlement, live. */
@Resolver()
export class LiveSettlementSubscription {
  @Subscription(() => SettlementCycleChangeType, {
    subscribe: ({ args, context }) => watchCycle(args as { cycleId: string }, context as LedgerContext),
    description: 'First how a cycle stands, then again whenever it has changed. Partner, staff, admin, finance.',
  })
  settlementCycleChanged(
    @Root() change: StateChange<SettlementCycle>,
    @Arg('cycleId', () => ID, { description: 'The cycle.' }) _cycleId: string,
    @Arg('after', () => BigIntScalar, AFTER) _after: bigint | null,
    @Arg('epoch', () => ID, EPOCH) _epoch: string | null,
  ): object {
    return { ...change, cycle: change.value };
  }

  @Subscription(() => PartnerExposureChangeType, {
    subscribe: ({ args, context }) => watchExposure(args as { partnerId: string }, context as LedgerContext),
    description:
      'First what a partner would owe, then again whenever it has changed. The partner, its staff, admin, finance.',
  })
  async partnerExposureChanged(
    @Root() change: StateChange<bigint>,
    @Arg('partnerId', () => ID, { description: 'Whose exposure.' }) partnerId: string,
    @Ctx() { ledger, principal }: LedgerContext,
    @Arg('after', () => BigIntScalar, AFTER) _after: bigint | null,
    @Arg('epoch', () => ID, EPOCH) _epoch: string | null,
  ): Promise<object> {
    const programmeId = programmeOf(principal);
    const book = programmeId === null ? null : await ledger.book(programmeId);
    if (book === null) throw graphFault('NOT_FOUND', 'No such partner.');
    const exposure = exposureOf(change.value, { book, partnerId: partnerId as PartnerId, now: ledger.clock.now() });
    return { ...change, ...exposure, partner: { id: partnerId } };
  }
}
