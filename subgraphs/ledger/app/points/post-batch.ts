import type { Client } from 'pg';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound, refuseShared } from '../../../../kernel/errors/shared-refusals';
import { traced } from '../../../../kernel/telemetry/trace';
import type { Clock } from '../../../../kernel/values/clock';
import { carryOut, carryOutJointly, type CarriedOut, type JointPlan, type Step } from '../../core/movements/carry-out';
import type { PostingFacts, PostingPlan } from '../../core/points/posting';
import { emptyWallet, type Wallet } from '../../core/points/wallet';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { bookAt } from '../../core/terms-in-force';
import {
  applyAndCommit,
  chained,
  type BatchWrites,
  type DecidedOutcome,
  type DecidedTransaction,
  type PlannedDocument,
  type PlannedTransaction,
} from '../../data/points/apply.store';
import {
  decidedText,
  lockAndLoad,
  type CommandKey,
  type DecidedCommand,
  type LoadedFacts,
  type ProgrammeState,
} from '../../data/points/posting.store';
import { walletText } from '../../data/points/wallet-request';
import type { TermsShelf } from '../../data/points/terms.store';
import type { CapKind } from '../../core/caps/cap-use';
import { openCaps, sharesAhead, type Caps } from './caps';
import { keyOf, requestOf } from './batch-request';
import { Persons } from './earning-facts';
import { loadPersons } from '../../data/points/facts.store';
import {
  linksOf,
  type BatchOutcome,
  type PostingCommand,
  type PostingOutcome,
  type LinkNeeded,
} from './posting-command';

/** Where a batch gets the rule book of a version from. */
export interface BookShelf {
  book(programmeId: PostingCommand['programmeId'], version: bigint): Promise<RuleBook>;
  /** The book last read, without asking; undefined when none was. */
  held(programmeId: PostingCommand['programmeId']): RuleBook | undefined;
}

/** What a batch is posted with. */
export interface BatchSurroundings {
  readonly shelf: BookShelf;
  readonly terms: TermsShelf;
  readonly clock: Clock;
  /** The lane's own share of every cap. */
  readonly shard: number;
  /** Whether all shares are at hand: for a command that its lane's own share did not suffice for, sent alone. */
  readonly allShares: boolean;
}

/**
 * Posts a batch of commands in one transaction: lock and load, decide each in order by its pure rule, write all plans,
 * commit. A refusal is a value and never fails a neighbour; commands on one wallet see each other in order.
 *
 * @param client a connection used by nobody else meanwhile; to be closed when this throws
 * @returns an outcome for each command, in their order; `deferred` for those to be sent again alone with all shares, and for
 *          later ones on the same wallets, so that order per member holds
 * @throws what PostgreSQL threw: then nothing of the batch was written
 */
export async function postBatch(
  client: Client,
  commands: readonly PostingCommand[],
  surroundings: BatchSurroundings,
): Promise<BatchOutcome[]> {
  const { shelf, terms, clock } = surroundings;
  const persons = new Persons();
  // By the rules held, which are nearly always those in force: what these ask is read with the rest.
  const asked = persons.missing(commands, (programmeId) => shelf.held(programmeId));
  const ahead = sharesAhead(commands, { ...surroundings, now: clock.now() });
  const request = requestOf(commands, { shelf, persons: asked, shares: ahead });
  const loaded = await traced({ name: 'lock and load' }, () => lockAndLoad(client, terms, request));
  persons.keep(asked, loaded.persons);
  const wallTime = clock.now();
  const batch = new Batch(loaded, { wallTime, persons });
  for (const [programmeId, state] of loaded.programmes) {
    // One instant decides which terms are in force and is what the postings record.
    const now = state.testNow ?? wallTime;
    const book = bookAt(await shelf.book(programmeId, state.ruleBookVersion), now);
    batch.books.set(programmeId, book);
    const caps = await openCaps(client, commands, {
      programmeId,
      book,
      now,
      ahead,
      shares: loaded.shares,
      ...surroundings,
    });
    if (caps !== null) batch.caps.set(programmeId, caps);
  }
  const missing = persons.missing(commands, (programmeId) => batch.books.get(programmeId));
  if (missing.length > 0) persons.keep(missing, await loadPersons(client, missing));
  const outcomes = commands.map((command) => batch.decide(command));
  await traced({ name: 'apply and commit' }, () => applyAndCommit(client, terms, batch.writes()));
  return outcomes;
}

/** The working state of one batch: wallets as the commands before have left them. */
class Batch {
  private readonly transactions: PlannedTransaction[] = [];
  private readonly refusals: DecidedOutcome[] = [];
  private readonly newDocuments: PlannedDocument[] = [];
  private readonly touched = new Set<string>();
  readonly books = new Map<string, RuleBook>();
  readonly caps = new Map<string, Caps>();
  private readonly deferred = new Set<string>();

  private readonly wallTime: Date;
  private readonly persons: Persons;

  constructor(
    private readonly loaded: LoadedFacts,
    { wallTime, persons }: { wallTime: Date; persons: Persons },
  ) {
    this.wallTime = wallTime;
    this.persons = persons;
  }

  /** All that was decided, to be written at once. */
  writes(): BatchWrites {
    return {
      transactions: this.transactions,
      refusals: this.refusals,
      documents: this.newDocuments,
      wallets: [...this.touched].map((text) => this.walletAt(text)),
      shares: [...this.caps.values()].flatMap((caps) => caps.changedRows()),
    };
  }

  walletAt(text: string): Wallet {
    const wallet = this.loaded.wallets.get(text);
    if (wallet === undefined) throw new Error(`postBatch: wallet ${text} was not locked`);
    return wallet;
  }

  /**
   * The key first, before any check of links, clock, dates or state: whoever asks again is told what was decided. Then the link: to
   * whom a member is a stranger, nothing about that member is said. Then the document; then the rule.
   */
  decide(command: PostingCommand): BatchOutcome {
    const key = keyOf(command);
    const before = key === null ? undefined : this.loaded.decided.get(decidedText(key));
    const outcome = before === undefined ? this.decideNew(command, key) : this.decideAgain(command, before);
    const state = command.link ? this.loaded.links.get(command.link) : undefined;
    return state !== undefined && isDone(outcome) ? { ...outcome, link: state } : outcome;
  }

  /** A key of a caller who serves several programmes names no posting in any but its own. */
  private decideAgain(command: PostingCommand, before: DecidedCommand): PostingOutcome {
    const wallet = this.loaded.wallets.get(walletText(command.key));
    const isElsewhere = wallet !== undefined && wallet.programmeId !== command.programmeId;
    return isElsewhere ? refused(notFound('member')) : replayOf(before, command);
  }

  private decideNew(command: PostingCommand, key: CommandKey | null): BatchOutcome {
    if (linksOf(command).some((link) => !this.loaded.links.has(link))) return { kind: 'stranger' };
    const wallet = this.loaded.wallets.get(walletText(command.key)) ?? notYetOpened(command);
    if (wallet === null) return refused(notFound('member, lot or hold'));
    const wallets = [wallet, ...command.others.map(({ key: other }) => this.walletAt(walletText(other)))];
    // A member's UUID names one wallet of one programme; another tenant's caller is told what a stranger is told.
    if (wallets.some(({ programmeId }) => programmeId !== command.programmeId)) return refused(notFound('member'));
    if (wallets.some((one) => this.deferred.has(walletText(one.key)))) return this.defer(wallets);
    const outcome = this.decideFresh(command, wallet, wallets.slice(1));
    if (outcome.kind === 'deferred') return { ...outcome, ...this.defer(wallets) };
    if (key !== null) this.remember(command, key, outcome);
    return outcome;
  }

  private defer(wallets: readonly Wallet[]): BatchOutcome {
    for (const { key } of wallets) this.deferred.add(walletText(key));
    return { kind: 'deferred' };
  }

  private decideFresh(command: PostingCommand, wallet: Wallet, others: readonly Wallet[]): BatchOutcome {
    const state = this.loaded.programmes.get(command.programmeId);
    const book = this.books.get(command.programmeId);
    if (state === undefined || book === undefined) {
      return refused(refuse('LEDGER_PROGRAMME_NOT_READY', 'The programme has not reached the ledger yet.'));
    }
    if (linksOf(command).some((link) => this.isClosed(link))) {
      return refused(refuse('LEDGER_MEMBER_NOT_CONFIRMED', 'The member has not confirmed the link to this partner.'));
    }
    if ([wallet, ...others].some(({ isFrozen }) => isFrozen)) {
      return refused(refuse('LEDGER_ACCOUNT_FROZEN', 'Posting to this account is stopped until its book was checked.'));
    }
    const { document } = command;
    if (document !== null && this.loaded.documents.has(document.hash)) {
      const message = `${document.kind.toLowerCase()} ${document.externalRef} was recorded before.`;
      return refused(refuse('LEDGER_DOCUMENT_ALREADY_RECORDED', message));
    }
    const { programmeId } = command;
    const spent = new Set<string>();
    const now = state.testNow ?? this.wallTime;
    const facts: PostingFacts = { programmeId, book, now, person: this.persons.of(command), spent };
    const caps = this.caps.get(programmeId);
    for (;;) {
      const carried = this.carryOut(command, { wallet, others }, facts);
      if (carried === null) return { kind: 'nothing' };
      if (isRefusal(carried)) return refused(carried);
      const steps = carried.flatMap((one) => one.steps);
      if (command.earns === undefined) expectNoRules(steps);
      const capped = (command.isPreview === true ? caps?.check(steps) : caps?.take(steps)) ?? null;
      if (capped === 'ask-all') return { kind: 'deferred' };
      if (capped !== null && 'unopened' in capped) return { kind: 'deferred', unopened: capped.unopened };
      if (capped === null) return this.done(command, carried, { facts, state });
      if (!('spentBudget' in capped)) return refused(capped);
      // Without the campaign whose budget does not hold it the purchase is decided anew: one campaign less each time round.
      spent.add(lastBudgeted(steps, capped.spentBudget));
    }
  }

  private isClosed(link: LinkNeeded): boolean {
    return link.toSpend && !link.cardPresented && this.loaded.links.get(link) !== 'OPEN';
  }

  private done(command: PostingCommand, carried: readonly CarriedOut[], context: Context): PostingOutcome {
    return command.isPreview === true ? previewOf(command, carried, context) : this.record(command, carried, context);
  }

  /** The command's own wallet first, then the others. */
  private carryOut(
    { plan }: PostingCommand,
    { wallet, others }: { wallet: Wallet; others: readonly Wallet[] },
    facts: PostingFacts,
  ): CarriedOut[] | Refusal | null {
    if (others.length === 0) {
      const carried = carryOut(wallet, (standing) => plan(standing, facts, []) as PostingPlan | Refusal | null, facts);
      return carried === null || isRefusal(carried) ? carried : [carried];
    }
    const wallets = [wallet, ...others];
    return carryOutJointly(wallets, (own, standing) => plan(own, facts, standing) as JointPlan | Refusal | null, facts);
  }

  private record(
    command: PostingCommand,
    carried: readonly CarriedOut[],
    { facts, state }: { facts: PostingFacts; state: ProgrammeState },
  ): PostingOutcome {
    const first = this.transactions.length;
    let own: PlannedTransaction | undefined;
    for (const { steps, own: ownStep } of carried) {
      for (const step of steps) {
        const isOwn = own === undefined && step === ownStep && step.after.key.wallet === command.key.wallet;
        const previous = this.walletAt(walletText(step.before.key)).chain;
        const decided = decidedOf({ step, cause: ownStep, isOwn }, command, { facts, state });
        const transaction = chained(decided, previous);
        if (isOwn) own = transaction;
        this.keep(transaction);
      }
    }
    if (own === undefined) throw new Error('postBatch: a command posted nothing to its own wallet');
    // A rule that does nothing takes no document, also where points that were due expired in its stead.
    if (command.document !== null && own.plan.kind !== 'EXPIRY') {
      const { programmeId, document, key } = command;
      const { hash, partnerId, kind, externalRef } = document;
      this.newDocuments.push({ hash, programmeId, partnerId, kind, externalRef, key, seq: own.after.seq });
      this.loaded.documents.add(document.hash);
    }
    return { kind: 'posted', own, all: this.transactions.slice(first) };
  }

  private keep(transaction: PlannedTransaction): void {
    this.transactions.push(transaction);
    const text = walletText(transaction.after.key);
    this.touched.add(text);
    this.loaded.wallets.set(text, transaction.after);
    this.persons.bought(transaction);
  }

  /** Keeps what was decided from facts under the lock; a retryable refusal decides nothing. */
  private remember({ intent }: PostingCommand, key: CommandKey, outcome: PostingOutcome): void {
    if (intent === null || (outcome.kind !== 'posted' && outcome.kind !== 'refused')) return;
    const { bodyHash } = intent;
    if (outcome.kind === 'posted') {
      this.loaded.decided.set(decidedText(key), { bodyHash, seq: outcome.own.after.seq, refusal: null });
      return;
    }
    if (outcome.refusal.retryable) return;
    this.refusals.push({ ...key, bodyHash, refusal: outcome.refusal });
    this.loaded.decided.set(decidedText(key), { bodyHash, seq: null, refusal: storedShape(outcome.refusal) });
  }
}

/** Rules decided without what is read for them would give points out of budgets that nobody counts. */
function expectNoRules(steps: readonly Step[]): void {
  if (steps.every(({ plan }) => plan.explained === undefined)) return;
  throw new Error('postBatch: rules reward a command that does not say what it earns for');
}

/** Of the campaigns that spend from a budget, the one that gives way: the last. */
function lastBudgeted(steps: readonly Step[], kind: CapKind): string {
  const spending = steps.flatMap(({ plan }) => plan.budgeted ?? []);
  const last = spending.findLast(({ counters }) => counters.some((counter) => counter.kind === kind));
  if (last === undefined) throw new Error(`postBatch: nothing spends from ${kind}`);
  return last.campaignId;
}

interface Context {
  readonly facts: PostingFacts;
  readonly state: ProgrammeState;
}

/** A step as it is written. Field by field: an object copied into another for every command costs more than the rest. */
function decidedOf(
  { step, cause, isOwn }: { step: Step; cause: Step; isOwn: boolean },
  { intent, programmeId, caller }: PostingCommand,
  { facts, state }: Context,
): DecidedTransaction {
  return {
    before: step.before,
    plan: step.plan,
    after: step.after,
    causeSeq: step.follows ? cause.after.seq : null,
    intent: isOwn ? intent : null,
    programmeId,
    currency: facts.book.currency,
    cycleId: state.openCycleId,
    // The book that was applied: it may be a later one than the projection held when the batch was locked.
    ruleBookVersion: facts.book.version,
    caller,
    recordedAt: facts.now,
  };
}

/** What would be written, on no chain. */
function previewOf(command: PostingCommand, carried: readonly CarriedOut[], context: Context): PostingOutcome {
  const all = carried.flatMap(({ steps, own: cause }) =>
    steps.map((step) => chained(decidedOf({ step, cause, isOwn: step === cause }, command, context), null)),
  );
  const own = all.find(({ plan }) => plan === carried[0]?.own.plan);
  if (own === undefined) throw new Error('postBatch: a preview came to nothing');
  return { kind: 'posted', own, all, isPreview: true };
}

/** A preview makes no wallet: an account nothing was posted to is looked at as it would be made. */
function notYetOpened({ key, memberId, programmeId, opensWallet, isPreview }: PostingCommand): Wallet | null {
  return opensWallet && isPreview === true ? emptyWallet(key, memberId, programmeId) : null;
}

const isDone = (outcome: BatchOutcome) => outcome.kind === 'posted' || outcome.kind === 'replayed';

const refused = (refusal: Refusal): PostingOutcome => ({ kind: 'refused', refusal });

function replayOf(before: DecidedCommand, { intent }: PostingCommand): PostingOutcome {
  if (intent === null || before.bodyHash !== intent.bodyHash) {
    return refused(refuseShared('IDEMPOTENCY_MISMATCH', 'This key was used before with another body.'));
  }
  if (before.seq !== null) return { kind: 'replayed', seq: before.seq };
  return refused({ ...(before.refusal as Refusal), replayed: true });
}

/** A refusal as it comes back from its row: whole numbers as text. */
function storedShape(refusal: Refusal): unknown {
  return JSON.parse(
    JSON.stringify(refusal, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}
