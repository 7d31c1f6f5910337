import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { planExpiry } from '../core/points/expiry';
import { planCapture, planHold, planRelease } from '../core/points/hold';
import { applyPlan, type PostingFacts, type PostingPlan } from '../core/points/posting';
import { planPurchase } from '../core/points/purchase';
import { planRedemption } from '../core/points/redemption';
import { walletKeyOf, type Wallet } from '../core/points/wallet';
import type { RuleBook } from '../core/rule-book';
import { applyAndCommit, type PlannedDocument } from '../data/points/apply.store';
import { lockAndLoad, walletText } from '../data/points/posting.store';
import { saveRuleBook } from '../data/programme.store';
import { announcementOf } from './book';

type Plan = (wallet: Wallet, facts: PostingFacts) => PostingPlan | Refusal | null;
type Kind = PlannedDocument['kind'];

/**
 * A programme's book that is posted to by the real rules and stores, one transaction at a time and without lanes: for
 * tests of what is done with a book, not of how it is written.
 */
export class TestBook {
  private documents = 0;

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
    const client = new Client({ connectionString: database.url, pipeline: true } as ConstructorParameters<
      typeof Client
    >[0]);
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
    return this.post(memberId, (wallet, facts) => planPurchase(wallet, sale, facts), [
      partnerId,
      'PURCHASE',
      externalRef,
    ]);
  }

  redeem(memberId: MemberId, partnerId: PartnerId, amount: bigint): Promise<bigint> {
    const externalRef = this.nextRef();
    const occurredAt = this.clock.now();
    const redemption = { partnerId, externalRef, points: points(amount), occurredAt, expectedVersion: null };
    return this.post(memberId, (wallet, facts) => planRedemption(wallet, redemption, facts), [
      partnerId,
      'REDEMPTION',
      externalRef,
    ]);
  }

  /** @returns the hold's seq */
  hold(memberId: MemberId, partnerId: PartnerId, amount: bigint): Promise<bigint> {
    const expiresAt = new Date(this.clock.now().getTime() + 600_000);
    return this.post(memberId, (wallet, facts) =>
      planHold(wallet, { partnerId, points: points(amount), expiresAt }, facts),
    );
  }

  capture(
    memberId: MemberId,
    partnerId: PartnerId,
    { holdSeq, amount }: { holdSeq: bigint; amount: bigint },
  ): Promise<bigint> {
    const capture = { holdSeq, partnerId, points: points(amount), externalRef: this.nextRef() };
    return this.post(
      memberId,
      (wallet, facts) => planCapture(wallet, capture, facts),
      [partnerId, 'REDEMPTION', capture.externalRef],
      holdSeq,
    );
  }

  release(memberId: MemberId, partnerId: PartnerId, holdSeq: bigint): Promise<bigint> {
    return this.post(memberId, (wallet, facts) => planRelease(wallet, { holdSeq, partnerId }, facts), null, holdSeq);
  }

  expire(memberId: MemberId): Promise<bigint> {
    return this.post(memberId, planExpiry);
  }

  private nextRef(): string {
    this.documents += 1;
    return `doc-${this.documents}`;
  }

  private async post(
    memberId: MemberId,
    plan: Plan,
    document: readonly [PartnerId, Kind, string] | null = null,
    holdSeq: bigint | null = null,
  ): Promise<bigint> {
    const key = walletKeyOf(memberId);
    const { programmeId, currency } = this.rules;
    const { wallets, programmes } = await lockAndLoad(this.client, {
      programmeIds: [programmeId],
      wallets: [{ key, programmeId, isNew: true }],
      keys: [],
      documents: [],
      lotsOf: [key],
      holds: holdSeq === null ? [] : [{ key, seq: holdSeq }],
    });
    const before = wallets.get(walletText(key));
    const state = programmes.get(programmeId);
    if (before === undefined || state === undefined) throw new Error('TestBook: the programme is not in the database');
    const facts = { programmeId, book: this.rules, now: state.testNow ?? this.clock.now() };
    const planned = plan(before, facts);
    if (planned === null || isRefusal(planned)) throw new Error(`TestBook: ${planned?.code ?? 'nothing to do'}`);
    const after = applyPlan(before, planned, facts);
    const { openCycleId: cycleId, ruleBookVersion } = state;
    const posted = { programmeId, currency, cycleId, ruleBookVersion, caller: 'test', recordedAt: facts.now };
    await applyAndCommit(this.client, {
      transactions: [{ ...posted, before, after, plan: planned }],
      outcomes: [],
      documents: document === null ? [] : [this.documentOf(document, after)],
      wallets: [after],
    });
    return after.seq;
  }

  private documentOf(
    [partnerId, kind, externalRef]: readonly [PartnerId, Kind, string],
    wallet: Wallet,
  ): PlannedDocument {
    const hash = createHash('sha256').update([partnerId, kind, externalRef].join('\n')).digest();
    return { hash, programmeId: this.rules.programmeId, partnerId, kind, externalRef, wallet };
  }
}
