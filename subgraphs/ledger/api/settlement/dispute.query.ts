import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { readCycles } from '../../app/settlement/read-cycles';
import type { Dispute } from '../../core/settlement/dispute';
import type { LedgerContext } from '../context';
import { StatementDisputeType } from './dispute.type';
import { partyOf } from './settlement.query';
import { SettlementCycleType, SettlementPartyType } from './settlement.type';

/** The two ends of a disputed line, and where its outcome went. */
@Resolver(() => StatementDisputeType)
export class StatementDisputeFields {
  @FieldResolver(() => SettlementPartyType, { description: 'Who is billed.' })
  debtor(@Root() { debtorId }: Dispute): object {
    return partyOf(debtorId);
  }

  @FieldResolver(() => SettlementPartyType, { description: 'Who waits for it.' })
  creditor(@Root() { creditorId }: Dispute): object {
    return partyOf(creditorId);
  }

  @FieldResolver(() => SettlementCycleType, {
    nullable: true,
    description: 'The cycle whose statement has the outcome as a line; null until it is resolved.',
  })
  async postedIn(
    @Root() { postedCycleId }: Dispute,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object | null> {
    return postedCycleId === null ? null : ((await readCycles(ledger, principal, [postedCycleId as never]))[0] ?? null);
  }
}
