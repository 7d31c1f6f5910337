import type { Database } from '../../../kernel/db/database';
import type { Clock } from '../../../kernel/values/clock';

/** What the use cases of this subgraph work with. */
export interface FeedbackSetting {
  readonly database: Database;
  readonly clock: Clock;
  /** Told after a commit that announced something, so that waiting readers look at once. */
  announced(): void;
}
