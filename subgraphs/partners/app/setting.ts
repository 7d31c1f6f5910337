import type { Database } from '../../../kernel/db/database';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Clock } from '../../../kernel/values/clock';

/** What the use cases of this subgraph work with. */
export interface PartnersSetting {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told after a commit that announced something, so that waiting readers look at once. */
  announced(): void;
}
