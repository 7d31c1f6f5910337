import type { Principal } from '../../../kernel/context/principal';
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

export function openContext(setting: PartnersSetting, cursorSecret: string, request: RequestContext): PartnersContext {
  const { principal } = request;
  return { principal, setting, cursorSecret, loaders: openLoaders(setting, principal) };
}
