import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { indicatorsOf, netFlows, type CoalitionIndicators, type NetFlow } from '../../core/reports/coalition';
import type { Ledger } from '../ledger';
import { readNets, readTotals } from '../settlement/read-cycles';
import { readPointFlows } from './read-reports';

/** How much of a coalition there is in a cycle: burn at other brands, who owes whom on balance, and what netting saves. */
export async function readCoalition(
  ledger: Pick<Ledger, 'database' | 'whole' | 'book'>,
  principal: Principal,
  cycleId: string,
): Promise<{ currency: string; indicators: CoalitionIndicators; flows: NetFlow[] } | Refusal> {
  const burns = await readPointFlows(ledger, principal, cycleId);
  if (isRefusal(burns)) return burns;
  const totals = await readTotals(ledger, principal, [cycleId]);
  const nets = await readNets(ledger, principal, [cycleId]);
  const billedMinors = totals.map(({ billedMinor }) => billedMinor);
  const netMinors = nets.map(({ netMinor }) => netMinor);
  return {
    currency: burns.currency,
    indicators: indicatorsOf({ burns: burns.flows, billedMinors, netMinors }),
    flows: netFlows(burns.flows),
  };
}
