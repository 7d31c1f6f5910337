import type { Principal } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import type { FeedbackSetting } from '../app/setting';
import { openLoaders, type FeedbackLoaders } from './invitation.loader';

/** What every resolver of this subgraph is given. */
export interface FeedbackContext {
  readonly principal: Principal;
  readonly setting: FeedbackSetting;
  /** Signs the cursors of lists. */
  readonly cursorSecret: string;
  /** Fresh for each request: what one caller may see is never kept for the next. */
  readonly loaders: FeedbackLoaders;
}

export function openContext(
  setting: FeedbackSetting,
  cursorSecret: string,
  { principal }: RequestContext,
): FeedbackContext {
  return { principal, setting, cursorSecret, loaders: openLoaders(setting, principal) };
}
