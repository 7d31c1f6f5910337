import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import type { PartnersSetting } from '../app/setting';
import { openLoaders, type PartnersLoaders } from './partner.loader';

/** What every resolver of this subgraph is given. */
export interface PartnersContext {
  readonly principal: Principal;
  readonly setting: PartnersSetting;
  /** Signs list cursors. */
  readonly cursorSecret: string;
  /** Fresh for each request: what one caller may see is never kept for the next. */
  readonly loaders: PartnersLoaders;
}

/**
 * A request reaches the rows of its own programme. The host founds programmes and finds them by key, so it alone reaches all; those
 * without a credential reach none.
 */
export function openContext(whole: PartnersSetting, cursorSecret: string, request: RequestContext): PartnersContext {
  const { principal } = request;
  const database = principal.kind === 'host' ? whole.database : whole.database.within(programmeOf(principal));
  const setting = { ...whole, database };
  return { principal, setting, cursorSecret, loaders: openLoaders(setting, principal) };
}
