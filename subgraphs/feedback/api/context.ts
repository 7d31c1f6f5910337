import { programmeOf, type Principal } from '../../../kernel/context/principal';
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

/** A request reaches the rows of its own programme; the host and those without a credential reach none. */
export function openContext(
  whole: FeedbackSetting,
  cursorSecret: string,
  { principal }: RequestContext,
): FeedbackContext {
  const setting = { ...whole, database: whole.database.within(programmeOf(principal)) };
  return { principal, setting, cursorSecret, loaders: openLoaders(setting, principal) };
}
