import DataLoader from 'dataloader';
import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { MemberId, ProgrammeId } from '../../../../kernel/values/id';
import type { Ledger } from '../../app/ledger';
import {
  readAccounts,
  readLots,
  type AccountReading,
  type LotName,
  type LotReading,
} from '../../app/points/read-account';
import { presentOf, type Present } from '../../app/points/read-value';

/** One query for all accounts an operation names, and one for all lots its draws name. */
export interface LedgerLoaders {
  /** Null for members whose account the caller may not read. */
  readonly account: DataLoader<MemberId, AccountReading | null>;
  /** For lots named by a posting the caller was answered; it authorises nobody. */
  readonly lot: DataLoader<LotName, LotReading | null>;
  /** The programme of any number of accounts, looked at once; null before it has reached the ledger. */
  readonly present: DataLoader<ProgrammeId, Present | null>;
}

/** They gather, they do not keep: one context serves a whole subscription, and balances change under it. */
export function openLoaders(ledger: Ledger, principal: Principal): LedgerLoaders {
  const programmeId = programmeOf(principal);
  return {
    account: new DataLoader((ids) => readAccounts(ledger, principal, ids), { cache: false }),
    lot: new DataLoader(
      async (names) => (programmeId === null ? names.map(() => null) : readLots(ledger, programmeId, names)),
      { cache: false },
    ),
    present: new DataLoader(
      async (ids) => {
        const presents = new Map([...new Set(ids)].map((id) => [id, presentOf(ledger, id)]));
        return Promise.all(ids.map(async (id) => (await presents.get(id)) ?? null));
      },
      { cache: false },
    ),
  };
}
