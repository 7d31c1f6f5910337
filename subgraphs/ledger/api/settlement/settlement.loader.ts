import DataLoader from 'dataloader';
import type { Principal } from '../../../../kernel/context/principal';
import type { Ledger } from '../../app/ledger';
import { readNets, readTotals, type StoredNet, type StoredTotal } from '../../app/settlement/read-cycles';

/** One query for the totals of all cycles an operation names, and one for their nets. */
export interface SettlementLoaders {
  readonly totals: DataLoader<string, StoredTotal[]>;
  readonly nets: DataLoader<string, StoredNet[]>;
}

export function openSettlementLoaders(ledger: Ledger, principal: Principal): SettlementLoaders {
  return {
    totals: new DataLoader(async (ids) => byCycle(ids, await readTotals(ledger, principal, ids)), { cache: false }),
    nets: new DataLoader(async (ids) => byCycle(ids, await readNets(ledger, principal, ids)), { cache: false }),
  };
}

function byCycle<Row extends { cycleId: string }>(ids: readonly string[], rows: readonly Row[]): Row[][] {
  return ids.map((id) => rows.filter(({ cycleId }) => cycleId === id));
}
