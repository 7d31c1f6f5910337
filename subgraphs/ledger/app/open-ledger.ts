import { JobQueue } from '../../../kernel/db/jobs/job-queue';
import { Consumer, type EventReaction } from '../../../kernel/events/consumer';
import type { EventFeed } from '../../../kernel/events/event';
import type { SubgraphSurroundings } from '../../../kernel/graph/subgraph';
import { openLog } from '../../../kernel/telemetry/log';
import { askMembersBy } from './ask-members';
import { tellDepartureBy } from './tell-partners';
import type { Ledger } from './ledger';
import { DUE_BATCH, DUE_LOCK_WAIT_MS_MAX, dueJobs } from './time/due-jobs';
import { LiveAccounts } from './points/live-accounts';
import { reportFailedConditions } from './points/failed-conditions';
import { MemberDirectory } from './points/member-directory';
import { PostingLanes, type LanesOptions } from './points/posting-lanes';
import { RuleBooks } from './rule-books';
import { loadEpoch } from '../data/programme.store';
import { TermsShelf } from '../data/points/terms.store';
import { openFeed } from './feed/open-feed';
import { readRuleBook } from './read-rule-book';
import { openLiveFreezes } from './verify/live-freezes';
import { openLiveSettlement } from './settlement/live-settlement';
import { VINTAGES_ROLLED_UP } from '../data/reports/vintage-roll-up.store';
import { CLAIMS_ROLLED_UP } from '../data/settlement/roll-up.store';
import { rollUpRounds } from './settlement/roll-up';
import { VerificationRounds } from './verify/rounds';

/** The ledger with its lanes, its live accounts, the feeds it follows and the one it is. */
export interface RunningLedger {
  readonly ledger: Ledger;
  readonly feed: EventFeed;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** How the ledger runs, and what it does on hearing of an event, by type. */
export interface LedgerOptions {
  /** Posting lanes, each a connection of its own. */
  readonly lanes: number;
  /** The most commands one transaction carries. */
  readonly batchMax: number;
  readonly reactions: Readonly<Record<string, EventReaction>>;
}

/** Puts the ledger's parts together. */
export async function openLedger(
  { database, peers, secrets, clock }: SubgraphSurroundings,
  options: LedgerOptions,
): Promise<RunningLedger> {
  const log = openLog('ledger');
  const { pool } = database;
  const { url } = database.dataSource.options as { url: string };
  const epoch = await loadEpoch(pool);
  const live = new LiveAccounts(pool, epoch);
  const liveSettlement = openLiveSettlement(pool, epoch);
  const liveFreezes = openLiveFreezes(pool, epoch);
  const feed = openFeed({ pool, url, live, log });
  const books = new RuleBooks(pool, readRuleBook, clock);
  const lanesOptions: Omit<LanesOptions, 'lanes' | 'batchMax'> = {
    url,
    shelf: books,
    terms: new TermsShelf(),
    clock,
    log,
    onPosted: (outcomes) => {
      for (const outcome of outcomes) {
        if (outcome.kind !== 'posted') continue;
        for (const one of outcome.all) live.posted(one);
        reportFailedConditions(outcome.own, log);
      }
      feed.posted();
    },
  };
  const lanes = new PostingLanes({ ...lanesOptions, lanes: options.lanes, batchMax: options.batchMax });
  // What is due has a lane of its own: a till never queues behind it, and it never waits long for a till's lock.
  const dueLanes = new PostingLanes({
    ...lanesOptions,
    lanes: 1,
    firstShard: options.lanes + 1,
    batchMax: DUE_BATCH,
    lockWaitMsMax: DUE_LOCK_WAIT_MS_MAX,
  });
  const follow = (feedName: 'partners' | 'members') =>
    new Consumer({ feedName, feed: peers.feed(feedName), database, reactions: options.reactions, log });
  const [partners, members] = [follow('partners'), follow('members')];
  const ledger: Ledger = {
    database,
    whole: database,
    clock,
    secrets,
    lanes,
    live,
    liveSettlement,
    liveFreezes,
    directory: new MemberDirectory(database, secrets.identity, askMembersBy(peers.link('members'))),
    tellDeparture: tellDepartureBy(peers.link('partners'), log),
    book: (programmeId) => books.current(programmeId),
    catchUpRules: () => partners.catchUp(),
  };
  const jobs = new JobQueue({ url, log, ...dueJobs({ ...ledger, lanes: dueLanes }, log) });
  const rounds = new VerificationRounds({ database, log });
  const rollUps = [CLAIMS_ROLLED_UP, VINTAGES_ROLLED_UP].map((what) => rollUpRounds(database, log, what));
  return {
    ledger,
    feed: feed.feed,
    start: async () => {
      feed.start();
      partners.start();
      members.start();
      jobs.start();
      rounds.start();
      for (const one of rollUps) one.start();
    },
    stop: async () => {
      await rounds.stop();
      await Promise.all(rollUps.map((one) => one.stop()));
      await jobs.stop();
      await Promise.all([partners.stop(), members.stop()]);
      live.close();
      await Promise.all([liveSettlement.cycles.close(), liveSettlement.exposures.close(), liveFreezes.close()]);
      await Promise.all([lanes.close(), dueLanes.close()]);
      await feed.stop();
    },
  };
}
