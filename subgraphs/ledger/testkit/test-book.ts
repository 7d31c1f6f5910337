import { Client } from 'pg';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal } from '../../../kernel/errors/refusal';
import type { TestDatabase } from '../../../kernel/testkit/database';
import { digest } from '../../../kernel/values/canonical';
import { FixedClock } from '../../../kernel/values/clock';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { carryOut, type PostingRule } from '../core/movements/carry-out';
import { planCapture, planHold, planRelease } from '../core/movements/hold';
import { planPurchase } from '../core/movements/purchase';
import { planRedemption } from '../core/movements/redemption';
import { walletKeyOf } from '../core/points/wallet';
import type { MoneyBeside } from '../core/points/posting';
import type { RuleBook } from '../core/rule-book';
import { applyAndCommit, chained, type PlannedDocument, type PlannedTransaction } from '../data/points/apply.store';
import { lockAndLoad } from '../data/points/posting.store';
import { TermsShelf } from '../data/points/terms.store';
import { NO_NEEDS, walletText, type Needs } from '../data/points/wallet-request';
import { saveRuleBook } from '../data/programme.store';
import { announcementOf } from './book';

type Document = readonly [PartnerId, PlannedDocument['kind'], string];

/**
 * A programme's book that is posted to by the real rules and stores, one transaction at a time and without lanes: for
 * tests of what is done with a book, not of how it is written.
 */
export class TestBook {
  private documents = 0;
  private readonly terms = new TermsShelf();

  private constructor(
    private readonly client: Client,
    readonly rules: RuleBook,
    readonly clock: FixedClock,
  ) {}

  /** Opens the programme of a rule book in a database. */
  static async open(database: TestDatabase, rules: RuleBook, now: Date): Promise<TestBook> {
    const { programmeId, version, isSandbox, currency, opensAt } = rules;
    const payload = announcementOf(rules);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return new TestBook(client, rules, new FixedClock(now));
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** A purchase at a partner of so many whole major units. */
  buy(memberId: MemberId, partnerId: PartnerId, amount: bigint): Promise<bigint> {
    const externalRef = this.nextRef();
    const purchase = { partnerId, externalRef, amountMinor: amount * 100n, currency: this.rules.currency };
    const sale = { ...purchase, occurredAt: this.clock.now(), branch: null, channel: null, lines: null };
    return this.post(memberId, (wallet, facts) => planPurchase(wallet, sale, facts), {
      document: [partnerId, 'PURCHASE', externalRef],
    });
  }

  redeem(memberId: MemberId, partnerId: PartnerId, amount: bigint, money?: MoneyBeside): Promise<bigint> {
    const externalRef = this.nextRef();
    const occurredAt = this.clock.now();
    const spend = { kind: 'REDEEM', partnerId, externalRef, points: points(amount), occurredAt } as const;
    const redemption = { ...spend, money: money ?? null, expectedVersion: null, isSteppedUp: false };
    return this.post(memberId, (wallet, facts) => planRedemption(wallet, redemption, facts), {
      document: [partnerId, 'REDEMPTION', externalRef],
    });
  }

  /** @returns the hold's seq */
  hold(memberId: MemberId, partnerId: PartnerId, amount: bigint): Promise<bigint> {
    const expiresAt = new Date(this.clock.now().getTime() + 600_000);
    return this.post(memberId, (wallet, facts) =>
      planHold(wallet, { partnerId, points: points(amount), expiresAt, isSteppedUp: false }, facts),
    );
  }

  capture(
    memberId: MemberId,
    partnerId: PartnerId,
    { holdSeq, amount }: { holdSeq: bigint; amount: bigint },
  ): Promise<bigint> {
    const capture = { holdSeq, partnerId, points: points(amount), externalRef: this.nextRef() };
    return this.post(memberId, (wallet, facts) => planCapture(wallet, capture, facts), {
      document: [partnerId, 'REDEMPTION', capture.externalRef],
      needs: { holds: [holdSeq] },
    });
  }

  release(memberId: MemberId, partnerId: PartnerId, holdSeq: bigint): Promise<bigint> {
    return this.post(memberId, (wallet, facts) => planRelease(wallet, { holdSeq, partnerId }, facts), {
      needs: { holds: [holdSeq] },
    });
  }

  expire(memberId: MemberId): Promise<bigint> {
    return this.post(memberId, () => null);
  }

  /**
   * Posts by any rule, with what is due before it and follows from it.
   *
   * @returns the version the rule itself made
   */
  async post(
    memberId: MemberId,
    rule: PostingRule,
    { document, needs }: { document?: Document; needs?: Partial<Needs> } = {},
  ): Promise<bigint> {
    const key = walletKeyOf(memberId);
    const { programmeId, currency } = this.rules;
    const asked = { ...NO_NEEDS, lots: true, pendingLots: true, ...needs };
    const { wallets, programmes } = await lockAndLoad(this.client, this.terms, {
      programmeIds: [programmeId],
      wallets: [{ key, programmeId, isNew: true, opensFor: [], needs: asked }],
      keys: [],
      documents: [],
      links: [],
      persons: [],
      shares: [],
    });
    const before = wallets.get(walletText(key));
    const state = programmes.get(programmeId);
    if (before === undefined || state === undefined) throw new Error('TestBook: the programme is not in the database');
    const facts = { programmeId, book: this.rules, now: state.testNow ?? this.clock.now() };
    const carried = carryOut(before, rule, facts);
    if (carried === null || isRefusal(carried)) throw new Error(`TestBook: ${carried?.code ?? 'nothing to do'}`);
    const { openCycleId: cycleId, ruleBookVersion } = state;
    const posted = { programmeId, currency, cycleId, ruleBookVersion, caller: 'test', recordedAt: facts.now };
    const transactions: PlannedTransaction[] = [];
    for (const { before: was, plan, after, follows } of carried.steps) {
      const previous = transactions.at(-1)?.after.chain ?? before.chain;
      const causeSeq = follows ? carried.own.after.seq : null;
      transactions.push(chained({ ...posted, before: was, plan, after, causeSeq, intent: null }, previous));
    }
    const { seq } = carried.own.after;
    await applyAndCommit(this.client, this.terms, {
      transactions,
      refusals: [],
      shares: [],
      documents: document === undefined ? [] : [this.documentOf(document, { key, seq })],
      wallets: transactions.slice(-1).map((last) => last.after),
    });
    return seq;
  }

  private nextRef(): string {
    this.documents += 1;
    return `doc-${this.documents}`;
  }

  private documentOf(
    [partnerId, kind, externalRef]: Document,
    at: Pick<PlannedDocument, 'key' | 'seq'>,
  ): PlannedDocument {
    const hash = digest([partnerId, kind, externalRef].join('\n')).slice(0, 32);
    return { hash, programmeId: this.rules.programmeId, partnerId, kind, externalRef, ...at };
  }
}
