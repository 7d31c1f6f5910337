import type { Principal } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import type { MembersSetting } from '../app/setting';
import { openLoaders, type MembersLoaders } from './member.loader';

/** What every resolver of this subgraph is given. */
export interface MembersContext {
  readonly principal: Principal;
  readonly setting: MembersSetting;
  /** Fresh for each request: what one caller may see is never kept for the next. */
  readonly loaders: MembersLoaders;
}

export function openContext(setting: MembersSetting, { principal }: RequestContext): MembersContext {
  return { principal, setting, loaders: openLoaders(setting, principal) };
}
