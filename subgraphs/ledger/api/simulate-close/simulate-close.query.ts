import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { graphFault, type GraphFaultCode } from '../../../../kernel/graph/fault';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import { simulateClose } from '../../app/simulate-close/simulate-close';
import type { LedgerContext } from '../context';
import { SimulatedNetType, TrialTermsInput } from './simulate-close.type';

/** What would be, before anybody agrees to it. */
@Resolver()
export class SimulateCloseQuery {
  @Query(() => [SimulatedNetType], {
    description: 'What a cycle, open or closed, would come to under other terms; nothing is written. Admin, finance.',
  })
  async simulateClose(
    @Arg('cycleId', () => ID, { description: 'The cycle.' }) cycleId: string,
    @Arg('terms', () => [TrialTermsInput], { description: 'What would be agreed instead, by partner.' })
    terms: TrialTermsInput[],
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    const simulation = await simulateClose(ledger, principal, { cycleId, terms });
    if (isRefusal(simulation)) throw graphFault(simulation.code as GraphFaultCode, simulation.message);
    const { currency, nets } = simulation;
    const perMinor = microsPerMinor(currency as CurrencyCode);
    return nets.map(({ partyId, asItIsMicros, simulatedMicros }) => ({
      ...{ party: { isHub: partyId === null, partyId }, asItIsMicros, simulatedMicros },
      difference: { amountMinor: divideHalfEven(simulatedMicros - asItIsMicros, perMinor), currency },
    }));
  }
}
