import type { Database } from '../../../kernel/db/database';
import type { HubSecrets } from '../../../kernel/graph/subgraph';
import type { Clock } from '../../../kernel/values/clock';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import type { LiveAccounts } from './points/live-accounts';
import type { LiveSettlement } from './settlement/live-settlement';
import type { LiveFreezes } from './verify/live-freezes';
import type { TellDeparture } from './tell-partners';
import type { MemberDirectory } from './points/member-directory';
import type { PostingLanes } from './points/posting-lanes';

/** What the ledger's use cases work with; made once by the composition of this subgraph. */
export interface Ledger {
  /** What the caller's programme reaches, held by row-level security; everything where no request is served. */
  readonly database: Database;
  /**
   * The book of every programme: for what is done behind all requests, for steps of settlement, which roll up, and for reports that
   * walk a whole journal, where row security would look up the wallet of each row. Each such use is listed in whole-book.test.ts.
   */
  readonly whole: Database;
  readonly clock: Clock;
  readonly secrets: HubSecrets;
  readonly lanes: PostingLanes;
  readonly directory: MemberDirectory;
  readonly live: LiveAccounts;
  readonly liveSettlement: LiveSettlement;
  readonly liveFreezes: LiveFreezes;
  /** The programme's rules as held now; asks the feed once when there are none. */
  book(programmeId: ProgrammeId): Promise<RuleBook | null>;
  /** Tells partners that a leaving partner's points have run off. */
  readonly tellDeparture: TellDeparture;
  /** Reads what partners has announced and we have not taken over yet. */
  catchUpRules(): Promise<void>;
}
