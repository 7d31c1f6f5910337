import { parseId } from '../../../../kernel/values/id';
import { readCycles } from '../../app/settlement/read-cycles';
import type { SettlementCycle } from '../../core/settlement/cycle';
import type { LedgerContext } from '../context';
import { BuyOutMutation } from './buy-out.mutation';
import { DefaultMutation } from './default.mutation';
import { DisputeMutation } from './dispute.mutation';
import { StatementDisputeFields } from './dispute.query';
import { GuaranteeMutation } from './guarantee.mutation';
import { LiveSettlementSubscription } from './live-settlement.subscription';
import { RunOffMutation } from './run-off.mutation';
import { SettlementMutation } from './settlement.mutation';
import {
  DirectionalTotalFields,
  NetPositionFields,
  SettlementCycleFields,
  SettlementPartyFields,
  SettlementQuery,
} from './settlement.query';

/** Everything of the graph that is about settlement. */
export const settlementResolvers = [
  SettlementQuery,
  SettlementCycleFields,
  DirectionalTotalFields,
  NetPositionFields,
  SettlementPartyFields,
  SettlementMutation,
  DisputeMutation,
  StatementDisputeFields,
  LiveSettlementSubscription,
  BuyOutMutation,
  GuaranteeMutation,
  DefaultMutation,
  RunOffMutation,
] as const;

/** A reference is as good as a query: whoever may not see the cycle gets null. */
export const settlementReferences = {
  SettlementCycle: async (
    { id }: { id: string },
    { ledger, principal }: LedgerContext,
  ): Promise<SettlementCycle | null> => {
    const cycleId = parseId('cyc', id);
    return cycleId === null ? null : ((await readCycles(ledger, principal, [cycleId]))[0] ?? null);
  },
};
