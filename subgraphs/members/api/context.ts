import { programmeOf, type Principal } from '../../../kernel/context/principal';
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

/** A request reaches the rows of its own programme; the host and those without a credential reach none. */
export function openContext(whole: MembersSetting, { principal }: RequestContext): MembersContext {
  const setting = { ...whole, database: whole.database.within(programmeOf(principal)) };
  return { principal, setting, loaders: openLoaders(setting, principal) };
}
