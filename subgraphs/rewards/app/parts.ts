import type { Database } from '../../../kernel/db/database';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Clock } from '../../../kernel/values/clock';
import type { IdentitySeal } from '../data/identity-seal';
import type { Ledger } from './ledger';
import type { OrderSteps } from './order-steps';

/** What the use cases of this subgraph work with; made once by main.ts. */
export interface RewardsParts {
  readonly database: Database;
  readonly clock: Clock;
  /** The commands of the ledger an order gives. */
  readonly ledger: Ledger;
  /** Keeps the identity of an order that waits for its hold. */
  readonly seal: IdentitySeal;
  /** The steps of an order in our own database. */
  readonly orders: OrderSteps;
  /** Takes over what partners has announced up to now; for those who meet a partner they do not know. */
  readonly catchUpPartners: () => Promise<void>;
  /** Says that an event was written. */
  readonly announced: () => void;
  readonly log: Logger;
}
