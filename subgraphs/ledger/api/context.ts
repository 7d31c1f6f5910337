import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import type { Ledger } from '../app/ledger';
import { openLoaders, type LedgerLoaders } from './points/account.loader';
import { openSettlementLoaders, type SettlementLoaders } from './settlement/settlement.loader';

/** What every resolver of this subgraph is given. */
export interface LedgerContext {
  readonly principal: Principal;
  /** Told to the client with every fault; names this call in the log. */
  readonly requestId: string;
  readonly ledger: Ledger;
  /** Fresh for each request: what one caller may see is never kept for the next. */
  readonly loaders: LedgerLoaders & SettlementLoaders;
}

/** A request reaches the rows of its own programme; the host and those without a credential reach none. */
export function openContext(whole: Ledger, { principal, requestId }: RequestContext): LedgerContext {
  const ledger = { ...whole, database: whole.database.within(programmeOf(principal)) };
  const loaders = { ...openLoaders(ledger, principal), ...openSettlementLoaders(ledger, principal) };
  return { principal, requestId, ledger, loaders };
}
