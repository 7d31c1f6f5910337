import { Client } from 'pg';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { TestDatabase } from '../../../kernel/testkit/database';
import { digest } from '../../../kernel/values/canonical';
import { carryOut, carryOutPlan, type Step } from '../core/movements/carry-out';
import type { PostingFacts, PostingPlan } from '../core/points/posting';
import { compareWalletKeys, walletKeyOf, type Wallet } from '../core/points/wallet';
import type { RuleBook } from '../core/rule-book';
import { applyAndCommit, chained, type DecidedTransaction, type PlannedTransaction } from '../data/points/apply.store';
import { lockAndLoad, type LoadedFacts } from '../data/points/posting.store';
import { TermsShelf } from '../data/points/terms.store';
import { NO_NEEDS, walletText } from '../data/points/wallet-request';
import type { Asked } from './asked';

/** A decision taken from what was read, and not yet written. */
type Decision = { readonly steps: readonly Step[] } | { readonly refusal: Refusal };
type Intent = DecidedTransaction['intent'];

/**
 * A broken ledger, for negative controls: the same rules and the same stores, but each command is decided from wallets read
 * before the lock, and then written whatever has happened since. It never looks for receipts, and for a key before the lock.
 *
 * Its writes need the guards of the database out of the way (`dropGuards`): they refuse most of them.
 */
export class RecklessBook {
  private readonly terms = new TermsShelf();

  private client: Client;

  private constructor(
    private readonly url: string,
    private readonly rules: RuleBook,
    private readonly now: Date,
  ) {
    this.client = new Client({ connectionString: url });
  }

  static async open(database: TestDatabase, rules: RuleBook, now: Date): Promise<RecklessBook> {
    const book = new RecklessBook(database.url, rules, now);
    await book.client.connect();
    return book;
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /**
   * All read before any writes: what a crowd does when nobody waits for anybody.
   *
   * @param intent what each of them is kept as; null: nobody's wish
   * @returns what each was told: posted, the code of a refusal, or what the database said to its write
   */
  async race(crowd: readonly Asked[], intent: Intent = null): Promise<string[]> {
    const decisions: (Decision | { readonly bug: string })[] = [];
    // In a book it has spoilt before, a rule may find what can never be, and throw.
    for (const asked of crowd) decisions.push(await this.decide(asked).catch((error) => ({ bug: String(error) })));
    const told: string[] = [];
    for (const decision of decisions) {
      if ('steps' in decision) told.push(await this.tryToWrite(decision.steps, intent));
      else told.push('bug' in decision ? decision.bug : decision.refusal.code);
    }
    return told;
  }

  /** All look for one key before any writes; what they then do is decided as it should be. @returns as `race`, or replayed */
  async raceUnderKey(crowd: readonly Asked[], key: string): Promise<string[]> {
    const intent = { hash: digest(key).slice(0, 32), bodyHash: digest(key) };
    const known: boolean[] = [];
    for (const asked of crowd) {
      known.push((await this.load(asked, intent)).decided.size > 0);
      await this.client.query('rollback');
    }
    const told: string[] = [];
    for (const [n, asked] of crowd.entries())
      told.push(...(known[n] === true ? ['replayed'] : await this.race([asked], intent)));
    return told;
  }

  private async tryToWrite(steps: readonly Step[], intent: Intent): Promise<string> {
    try {
      await this.write(steps, intent);
      return 'posted';
    } catch (error) {
      // A connection on which a flush has failed is of no further use.
      await this.client.end();
      this.client = new Client({ connectionString: this.url });
      await this.client.connect();
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async decide(asked: Asked): Promise<Decision> {
    const { memberId, others = [], plan } = asked;
    const { wallets } = await this.load(asked);
    await this.client.query('rollback');
    const facts: PostingFacts = { programmeId: this.rules.programmeId, book: this.rules, now: this.now };
    const [own, ...rest] = [memberId, ...others].map((one) => wallets.get(walletText(walletKeyOf(one))) as Wallet);
    if (own === undefined) throw new Error('RecklessBook: nobody was asked');
    if (rest.length === 0) {
      const carried = carryOut(own, (wallet) => plan(wallet, facts, []) as PostingPlan | Refusal | null, facts);
      if (carried === null) return { steps: [] };
      return isRefusal(carried) ? { refusal: carried } : { steps: carried.steps };
    }
    const joint = plan(own, facts, rest);
    if (joint === null || !('own' in joint)) return joint === null ? { steps: [] } : { refusal: joint as Refusal };
    const steps: Step[] = [];
    for (const [n, one] of [joint.own, ...joint.others].entries()) {
      const carried = one === null ? null : carryOutPlan([own, ...rest][n] as Wallet, one, facts);
      if (isRefusal(carried)) return { refusal: carried };
      steps.push(...(carried?.steps ?? []));
    }
    return { steps };
  }

  /** Writes at the next free version whatever was decided; balances and lots as they were worked out then. */
  private async write(steps: readonly Step[], intent: Intent): Promise<void> {
    const members = [...new Set(steps.map(({ after }) => after.memberId))];
    const [memberId, ...others] = members;
    if (memberId === undefined) return;
    const loaded = await this.load({ memberId, others, plan: () => null });
    const state = loaded.programmes.get(this.rules.programmeId);
    if (state === undefined) throw new Error('RecklessBook: the programme is not in the database');
    const last = new Map<string, Wallet>(loaded.wallets);
    const transactions: PlannedTransaction[] = [];
    for (const { before, plan, after } of steps) {
      const text = walletText(after.key);
      const standing = last.get(text) as Wallet;
      const asked = after.memberId === memberId ? intent : null;
      const posted = { causeSeq: null, intent: asked, caller: 'reckless', recordedAt: this.now, currency: 'EUR' };
      const cycle = { cycleId: state.openCycleId, ruleBookVersion: state.ruleBookVersion };
      const unlinked = { ...after, seq: standing.seq + 1n };
      const { programmeId } = this.rules;
      const linked = chained({ before, plan, after: unlinked, programmeId, ...cycle, ...posted }, standing.chain);
      transactions.push(linked);
      last.set(text, linked.after);
    }
    await applyAndCommit(this.client, this.terms, {
      transactions,
      refusals: [],
      documents: [],
      shares: [],
      wallets: members.map((member) => last.get(walletText(walletKeyOf(member))) as Wallet),
    });
  }

  private load({ memberId, others = [], needs }: Asked, intent: Intent = null): Promise<LoadedFacts> {
    const { programmeId } = this.rules;
    const wallets = [memberId, ...others].map((member, n) => ({
      key: walletKeyOf(member),
      programmeId,
      isNew: true,
      opensFor: [],
      needs: { ...NO_NEEDS, lots: true, ...(n === 0 ? needs : {}) },
    }));
    return lockAndLoad(this.client, this.terms, {
      programmeIds: [programmeId],
      wallets: wallets.sort((a, b) => compareWalletKeys(a.key, b.key)),
      keys: intent === null ? [] : [{ key: walletKeyOf(memberId), hash: intent.hash }],
      documents: [],
      links: [],
      persons: [],
      shares: [],
    });
  }
}

/** Lets a broken ledger write what the database would refuse: balances that are not their entries, and one intent twice. */
export async function dropGuards(database: TestDatabase): Promise<void> {
  await database.asOwner(`alter table journal_transaction disable trigger journal_transaction_balanced;
    alter table wallet disable trigger wallet_is_posted;
    drop index journal_transaction_command`);
}
