import { Consumer, type EventReaction } from '../../../kernel/events/consumer';
import type { EventFeed } from '../../../kernel/events/event';
import type { SubgraphSurroundings } from '../../../kernel/graph/subgraph';
import { openLog } from '../../../kernel/telemetry/log';
import { idFromUuid } from '../../../kernel/values/id';
import { askMembersBy } from './ask-members';
import type { Ledger } from './ledger';
import { doDueWork } from './time/due-work';
import { LiveAccounts } from './points/live-accounts';
import { MemberDirectory } from './points/member-directory';
import { PostingLanes } from './points/posting-lanes';
import { RuleBooks } from './rule-books';
import { loadEpoch, programmesOnWallTime } from '../data/programme.store';
import { TermsShelf } from '../data/points/terms.store';
import { openFeed } from './feed/open-feed';
import { readRuleBook } from './read-rule-book';
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
  readonly sweepEveryMs: number;
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
  const live = new LiveAccounts(pool, await loadEpoch(pool));
  const feed = openFeed({ pool, url, live, log });
  const books = new RuleBooks(pool, readRuleBook);
  const lanes = new PostingLanes({
    url,
    lanes: options.lanes,
    batchMax: options.batchMax,
    shelf: books,
    terms: new TermsShelf(),
    clock,
    log,
    onPosted: (outcomes) => {
      for (const outcome of outcomes) if (outcome.kind === 'posted') for (const one of outcome.all) live.posted(one);
      feed.posted();
    },
  });
  const follow = (feedName: 'partners' | 'members') =>
    new Consumer({ feedName, feed: peers.feed(feedName), database, reactions: options.reactions, log });
  const [partners, members] = [follow('partners'), follow('members')];
  const ledger: Ledger = {
    database,
    clock,
    secrets,
    lanes,
    live,
    directory: new MemberDirectory(database, secrets.identity, askMembersBy(peers.link('members'))),
    book: (programmeId) => books.current(programmeId),
    catchUpRules: () => partners.catchUp(),
  };
  const sweeper = new Sweeper(ledger, options.sweepEveryMs, (error) => log.warn({ event: 'due.failed', err: error }));
  const rounds = new VerificationRounds({ database, log });
  return {
    ledger,
    feed: feed.feed,
    start: async () => {
      feed.start();
      partners.start();
      members.start();
      sweeper.start();
      rounds.start();
    },
    stop: async () => {
      await rounds.stop();
      await sweeper.stop();
      await Promise.all([partners.stop(), members.stop()]);
      live.close();
      await lanes.close();
      await feed.stop();
    },
  };
}

/** Does what is due where the wall's time rules; a sandbox with a test clock waits for its clock. */
class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly ledger: Ledger,
    private readonly everyMs: number,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(() => this.sweep()).catch(this.onFailure);
    }, this.everyMs).unref();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    for (const uuid of await programmesOnWallTime(this.ledger.database.pool)) {
      await doDueWork(this.ledger, idFromUuid('prg', uuid), { now: this.ledger.clock.now() });
    }
  }
}
