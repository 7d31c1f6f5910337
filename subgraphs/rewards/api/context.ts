import { programmeOf } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import { CursorCodec } from '../../../kernel/graph/connection';
import type { RewardsParts } from '../app/parts';
import { openLoaders, type RewardsLoaders } from './reward.loader';

export interface RewardsSetting extends RewardsParts {
  /** Signs list cursors. */
  readonly cursorSecret: string;
}

/** What every resolver of this subgraph is given. */
export interface RewardsContext {
  readonly request: RequestContext;
  readonly setting: RewardsSetting;
  /** Fresh for each request: what one caller may see is never kept for the next. */
  readonly loaders: RewardsLoaders;
  readonly cursors: Readonly<Record<'catalogue' | 'forMember' | 'vouchers', CursorCodec>>;
}

/** A request reaches the rows of its own programme; the host and those without a credential reach none. */
export function openContext(whole: RewardsSetting, request: RequestContext): RewardsContext {
  const setting = { ...whole, database: whole.database.within(programmeOf(request.principal)) };
  const codec = (list: string) => new CursorCodec(setting.cursorSecret, `rewards.${list}`);
  return {
    request,
    setting,
    loaders: openLoaders(setting, request.principal),
    cursors: { catalogue: codec('catalogue'), forMember: codec('forMember'), vouchers: codec('vouchers') },
  };
}
