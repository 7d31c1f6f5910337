import { inTransaction } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import type { Clock } from '../../../../kernel/values/clock';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planPurchase } from '../../core/movements/purchase';
import type { RuleBook, TermsChange } from '../../core/rule-book';
import { termsVersionOf } from '../../core/terms-in-force';
import { ledgerDatabase } from '../../data/database';
import { TermsShelf } from '../../data/points/terms.store';
import { saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { documentOf, earningOf, intentOf, NO_NEEDS, walletOf, type PostingCommand } from './posting-command';
import { PostingLanes } from './posting-lanes';
import type { BookShelf } from './post-batch';

const START = new Date('2026-03-10T12:00:00Z');
const TAKES_EFFECT = new Date(START.getTime() + 50);
const MEMBERS = 6;
const PURCHASES = 300;

/** Every look is a millisecond later: terms take effect amid the batches, wherever somebody looks. */
class RunningClock implements Clock {
  private looks = 0;
  now(): Date {
    this.looks += 1;
    return new Date(START.getTime() + this.looks);
  }
}

/** What one purchase was posted by, as the journal and its lots tell. */
interface Posted {
  readonly recordedAt: Date;
  readonly ruleBookVersion: bigint;
  readonly points: bigint;
  readonly validityDays: number;
}

/** Old: a tier's multiplier of 1 and 10 days. New: a multiplier of 3 and 100 days; both are terms. */
const tiersTimes = (multiplierBps: number) => [{ code: 'BASE', name: 'Base', threshold: points(0n), multiplierBps }];
const OLD = { points: 10n, validityDays: 10 };
const NEW = { points: 30n, validityDays: 100 };

describe('terms that take effect while purchases post', () => {
  const founding = aRuleBook({ pointsValidityDays: OLD.validityDays, tiers: tiersTimes(10_000), timeZone: 'UTC' });
  const { faceValueMicros, expiry, arrearsLimitPoints, stepUpAbovePoints } = founding;
  const change: TermsChange = {
    ...{ version: 2, takesEffectAt: TAKES_EFFECT, ruleBookVersion: 1n },
    terms: {
      ...{ faceValueMicros, expiry, arrearsLimitPoints, stepUpAbovePoints },
      ...{ pointsValidityDays: NEW.validityDays, tiers: tiersTimes(30_000) },
    },
  };
  const book: RuleBook = { ...founding, termsChanges: [change] };
  let database: TestDatabase;

  beforeEach(async () => {
    database = await openTestDatabase(ledgerDatabase);
    const { programmeId, version, isSandbox, currency, opensAt } = book;
    const payload = announcementOf(book);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
  });
  afterEach(() => database.drop());

  const purchaseOf = (memberId: MemberId, ref: string): PostingCommand => {
    const [partnerId] = founding.brands;
    const sale = { partnerId, externalRef: ref, amountMinor: 1_000n, currency: 'EUR', occurredAt: START };
    const purchase = { ...sale, branch: null, channel: null, lines: null };
    return {
      ...walletOf(memberId),
      ...{ programmeId: book.programmeId, caller: 'test', others: [], opensWallet: true },
      intent: intentOf('test', { operation: 'test', idempotencyKey: ref, body: ref }),
      document: documentOf(partnerId, 'PURCHASE', ref),
      needs: { ...NO_NEEDS, lots: true },
      earns: earningOf(purchase),
      plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
    };
  };

  /** Posts a crowd of purchases across the instant. */
  async function race(shelf: BookShelf): Promise<Posted[]> {
    const lanes = new PostingLanes({
      ...{ url: database.url, lanes: 2, batchMax: 3, shelf, terms: new TermsShelf(), clock: new RunningClock() },
      ...{ log: openLog('test', 'silent'), onPosted: () => undefined },
    });
    const members = Array.from({ length: MEMBERS }, () => newId('mem'));
    await Promise.all(
      Array.from({ length: PURCHASES }, (_, n) => lanes.post(purchaseOf(members[n % MEMBERS]!, `sale-${n}`))),
    );
    await lanes.close();
    const { rows } = await database.pool.query<{ recorded_at: Date; version: string; points: string; days: number }>(
      `/* test.posted */ select t.recorded_at, t.rule_book_version as version, l.quantity as points,
              extract(day from l.expires_at - date_trunc('day', l.earned_at at time zone 'UTC') at time zone 'UTC')::int - 1 as days
         from journal_transaction t join lot l using (bucket, wallet, seq)`,
    );
    return rows.map((row) => ({
      ...{ recordedAt: row.recorded_at, ruleBookVersion: BigInt(row.version) },
      ...{ points: BigInt(row.points), validityDays: row.days },
    }));
  }

  /** Postings that are not wholly by the version they name. */
  const mixed = (posted: readonly Posted[]) =>
    posted.filter((one) => {
      const expected = termsVersionOf(one, [change]) === 1 ? OLD : NEW;
      return one.points !== expected.points || one.validityDays !== expected.validityDays;
    });

  it('are of one version for every purchase: the one in force when it was recorded', async () => {
    const posted = await race({ book: async () => book, held: () => book });
    expect(posted).toHaveLength(PURCHASES);
    expect(mixed(posted)).toEqual([]);
    const byNew = posted.filter(({ points: earned }) => earned === NEW.points).length;
    expect(byNew).toBeGreaterThan(0);
    expect(byNew).toBeLessThan(PURCHASES);
  });

  it('would be caught half by old and half by new: a book whose terms change one by one', async () => {
    // Negative control: the multiplier is replaced at its instant, the validity only when the next book is read.
    let looks = 0;
    const halfway: RuleBook = { ...founding, tiers: tiersTimes(30_000) };
    const shelf: BookShelf = {
      book: async () => {
        looks += 1;
        if (looks < 20) return founding;
        return looks < 40 ? halfway : { ...founding, ...change.terms };
      },
      held: () => founding,
    };
    expect(mixed(await race(shelf)).length).toBeGreaterThan(0);
  });

  it('would be caught by terms of another instant than the one that is recorded', async () => {
    // Negative control: as a batch that asks the clock for its terms, and again for what it records.
    const late: TermsChange = { ...change, takesEffectAt: new Date(TAKES_EFFECT.getTime() - 40) };
    const posted = await race({ book: async () => ({ ...founding, termsChanges: [late] }), held: () => founding });
    expect(mixed(posted).length).toBeGreaterThan(0);
  });
});
