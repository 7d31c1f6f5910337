import type { Client } from 'pg';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound, refuseShared } from '../../../../kernel/errors/shared-refusals';
import type { Clock } from '../../../../kernel/values/clock';
import { applyPlan, type PostingFacts } from '../../core/points/posting';
import { compareWalletKeys, type Wallet } from '../../core/points/wallet';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import {
  applyAndCommit,
  type DecidedOutcome,
  type PlannedDocument,
  type PlannedTransaction,
} from '../../data/points/apply.store';
import {
  commandText,
  lockAndLoad,
  walletText,
  type CommandName,
  type DecidedCommand,
  type LoadedFacts,
  type LoadRequest,
  type ProgrammeState,
} from '../../data/points/posting.store';
import type { PostingCommand, PostingOutcome } from './posting-command';

/** Where a batch gets the rule book of a version from. */
export interface BookShelf {
  book(programmeId: PostingCommand['programmeId'], version: bigint): Promise<RuleBook>;
}

/**
 * Posts a batch of commands in one transaction: lock and load, decide each in order by its pure rule, write all plans,
 * commit. A refusal is a value and never fails a neighbour; commands on one wallet see each other in order.
 *
 * @param client a pipelined connection used by nobody else meanwhile
 * @returns an outcome for each command, in their order
 * @throws what PostgreSQL threw: then nothing of the batch was written
 */
export async function postBatch(
  client: Client,
  commands: readonly PostingCommand[],
  surroundings: { readonly shelf: BookShelf; readonly clock: Clock },
): Promise<PostingOutcome[]> {
  const loaded = await lockAndLoad(client, requestOf(commands));
  const batch = new Batch(loaded, surroundings.clock.now());
  for (const [programmeId, state] of loaded.programmes) {
    batch.books.set(programmeId, await surroundings.shelf.book(programmeId, state.ruleBookVersion));
  }
  const outcomes = commands.map((command) => batch.decide(command));
  await applyAndCommit(client, {
    transactions: batch.transactions,
    outcomes: batch.decidedNow,
    documents: batch.newDocuments,
    wallets: [...batch.touched].map((text) => batch.walletAt(text)),
  });
  return outcomes;
}

function requestOf(commands: readonly PostingCommand[]): LoadRequest {
  const credited = new Set(commands.filter(({ holdSeq }) => holdSeq === null).map(({ key }) => walletText(key)));
  const wallets = new Map(
    commands.map(({ key, programmeId }) => [
      walletText(key),
      { key, programmeId, isNew: credited.has(walletText(key)) },
    ]),
  );
  const withLots = new Map(commands.filter(({ needsLots }) => needsLots).map(({ key }) => [walletText(key), key]));
  return {
    programmeIds: [...new Set(commands.map(({ programmeId }) => programmeId))],
    wallets: [...wallets.values()].sort((a, b) => compareWalletKeys(a.key, b.key)),
    keys: commands.flatMap((command) => nameOf(command) ?? []),
    documents: commands.flatMap(({ document }) => (document === null ? [] : [document.hash])),
    lotsOf: [...withLots.values()],
    holds: commands.flatMap(({ key, holdSeq }) => (holdSeq === null ? [] : [{ key, seq: holdSeq }])),
  };
}

function nameOf({ key, caller, intent }: PostingCommand): CommandName | null {
  return intent === null ? null : { key, caller, operation: intent.operation, idempotencyKey: intent.idempotencyKey };
}

/** The working state of one batch: wallets as the commands before have left them. */
class Batch {
  readonly transactions: PlannedTransaction[] = [];
  readonly decidedNow: DecidedOutcome[] = [];
  readonly newDocuments: PlannedDocument[] = [];
  readonly touched = new Set<string>();
  readonly books = new Map<string, RuleBook>();

  constructor(
    private readonly loaded: LoadedFacts,
    private readonly wallTime: Date,
  ) {}

  walletAt(text: string): Wallet {
    const wallet = this.loaded.wallets.get(text);
    if (wallet === undefined) throw new Error(`postBatch: wallet ${text} was not locked`);
    return wallet;
  }

  /** Key first, before any check of clock, dates or state; then the document; then the rule. */
  decide(command: PostingCommand): PostingOutcome {
    const wallet = this.loaded.wallets.get(walletText(command.key));
    if (wallet === undefined) return { kind: 'refused', refusal: notFound('hold') };
    // A member's UUID names one wallet of one programme; another tenant's caller is told what a stranger is told.
    if (wallet.programmeId !== command.programmeId) return { kind: 'refused', refusal: notFound('member') };
    const name = nameOf(command);
    const before = name === null ? undefined : this.loaded.decided.get(commandText(name));
    if (before !== undefined) return replayOf(before, command);
    const decided = this.decideFresh(command, wallet);
    if (name !== null && decided.kind !== 'nothing') this.remember(command, name, decided);
    return decided;
  }

  private decideFresh(command: PostingCommand, wallet: Wallet): PostingOutcome {
    const state = this.loaded.programmes.get(command.programmeId);
    const book = this.books.get(command.programmeId);
    if (state === undefined || book === undefined) {
      return {
        kind: 'refused',
        refusal: refuse('LEDGER_PROGRAMME_NOT_READY', 'The programme has not reached the ledger yet.'),
      };
    }
    const { document } = command;
    if (document !== null && this.loaded.documents.has(document.hash.toString('hex'))) {
      const message = `${document.kind.toLowerCase()} ${document.externalRef} was recorded before.`;
      return { kind: 'refused', refusal: refuse('LEDGER_DOCUMENT_ALREADY_RECORDED', message) };
    }
    const facts: PostingFacts = { programmeId: command.programmeId, book, now: state.testNow ?? this.wallTime };
    const plan = command.plan(wallet, facts);
    if (plan === null) return { kind: 'nothing' };
    if (isRefusal(plan)) return { kind: 'refused', refusal: plan };
    const after = applyPlan(wallet, plan, facts);
    const transaction = this.record(command, { wallet, after, plan, facts, state });
    return { kind: 'posted', transaction };
  }

  private record(
    command: PostingCommand,
    posted: Pick<PlannedTransaction, 'after' | 'plan'> & { wallet: Wallet; facts: PostingFacts; state: ProgrammeState },
  ): PlannedTransaction {
    const { wallet, after, plan, facts, state } = posted;
    const transaction: PlannedTransaction = {
      before: wallet,
      after,
      plan,
      programmeId: command.programmeId,
      currency: facts.book.currency,
      cycleId: state.openCycleId,
      ruleBookVersion: state.ruleBookVersion,
      caller: command.caller,
      recordedAt: facts.now,
    };
    this.transactions.push(transaction);
    this.touched.add(walletText(command.key));
    this.loaded.wallets.set(walletText(command.key), after);
    if (command.document !== null) {
      this.newDocuments.push({ ...command.document, programmeId: command.programmeId, wallet: after });
      this.loaded.documents.add(command.document.hash.toString('hex'));
    }
    return transaction;
  }

  /** Keeps what was decided from facts under the lock; a retryable refusal decides nothing. */
  private remember(command: PostingCommand, name: CommandName, outcome: PostingOutcome): void {
    if (command.intent === null || (outcome.kind === 'refused' && outcome.refusal.retryable)) return;
    const decided: DecidedOutcome = {
      name,
      bodyHash: command.intent.bodyHash,
      seq: outcome.kind === 'posted' ? outcome.transaction.after.seq : null,
      outcome: outcome.kind === 'refused' ? outcome.refusal : null,
    };
    this.decidedNow.push(decided);
    this.loaded.decided.set(commandText(name), { ...decided, outcome: storedShape(decided.outcome) });
  }
}

function replayOf(before: DecidedCommand, { intent }: PostingCommand): PostingOutcome {
  if (intent === null || !before.bodyHash.equals(intent.bodyHash)) {
    return {
      kind: 'refused',
      refusal: refuseShared('IDEMPOTENCY_MISMATCH', 'This key was used before with another body.'),
    };
  }
  if (before.seq !== null) return { kind: 'replayed', seq: before.seq };
  return { kind: 'refused', refusal: { ...(before.outcome as Refusal), replayed: true } };
}

/** A refusal as it comes back from its row: whole numbers as text. */
function storedShape(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}
