import DataLoader from 'dataloader';
import type { Principal } from '../../../../kernel/context/principal';
import type { Ledger } from '../../app/ledger';
import {
  readDisputes,
  readNets,
  readRates,
  readTotals,
  type StoredNet,
  type StoredTotal,
} from '../../app/settlement/read-cycles';
import { readDefaults, type StoredDefault } from '../../app/settlement/declare-default';
import type { LockedRate } from '../../core/settlement/conversion';
import type { Dispute } from '../../core/settlement/dispute';

/** One query each for the totals, nets, disputes, defaults and rates of all cycles an operation names. */
export interface SettlementLoaders {
  readonly totals: DataLoader<string, StoredTotal[]>;
  readonly nets: DataLoader<string, StoredNet[]>;
  readonly disputes: DataLoader<string, Dispute[]>;
  readonly defaults: DataLoader<string, StoredDefault[]>;
  readonly rates: DataLoader<string, (LockedRate & { cycleId: string })[]>;
}

export function openSettlementLoaders(ledger: Ledger, principal: Principal): SettlementLoaders {
  return {
    totals: new DataLoader(async (ids) => byCycle(ids, await readTotals(ledger, principal, ids)), { cache: false }),
    nets: new DataLoader(async (ids) => byCycle(ids, await readNets(ledger, principal, ids)), { cache: false }),
    disputes: new DataLoader(
      async (cycleIds) => byCycle(cycleIds, await readDisputes(ledger, principal, { cycleIds })),
      {
        cache: false,
      },
    ),
    defaults: new DataLoader(
      async (ids) => {
        const all = await readDefaults(ledger, principal, ids);
        return ids.map((id) => all.filter(({ cycleId, postedCycleId }) => cycleId === id || postedCycleId === id));
      },
      { cache: false },
    ),
    rates: new DataLoader(async (ids) => byCycle(ids, await readRates(ledger, principal, ids)), { cache: false }),
  };
}

function byCycle<Row extends { cycleId: string }>(ids: readonly string[], rows: readonly Row[]): Row[][] {
  return ids.map((id) => rows.filter(({ cycleId }) => cycleId === id));
}
