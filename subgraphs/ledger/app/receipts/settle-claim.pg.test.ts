import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { newId } from '../../../../kernel/values/id';
import type { MissingClaim } from '../../core/receipts/receipt';
import { ledgerDatabase } from '../../data/database';
import { findDocument } from '../../data/points/document.store';
import { TermsShelf } from '../../data/points/terms.store';
import { findClaim, insertClaim } from '../../data/receipts/missing-claim.store';
import { aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { documentHash, NO_NEEDS, type PostingCommand } from '../points/posting-command';
import { PostingLanes } from '../points/posting-lanes';
import { settleLateClaims } from './settle-claim';

const NOW = new Date('2026-03-10T12:00:00Z');
const LATE = new Date('2026-04-25T00:00:00Z');

const sweepOf = (command: PostingCommand): PostingCommand => ({
  ...{ ...command, intent: null, document: null, plan: () => null },
  needs: { ...NO_NEEDS, lots: true },
});

describe('a late claim of a purchase that earns nothing', () => {
  const rules = aRuleBook({ pointsValidityDays: 10 });
  const [bakery] = rules.brands;
  const { programmeId } = rules;
  let database: TestDatabase;
  let book: TestBook;
  let lanes: PostingLanes;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    book = await TestBook.open(database, rules, NOW);
    lanes = new PostingLanes({
      ...{ url: database.url, lanes: 1, batchMax: 10, terms: new TermsShelf(), clock: book.clock },
      shelf: { book: async () => rules, held: () => rules },
      log: openLog('test', 'silent'),
      onPosted: () => undefined,
    });
  });
  afterAll(async () => {
    await lanes.close();
    await book.close();
    await database.drop();
  });

  it('ends so though points of the member expire in its posting, also when it was interrupted before it was closed', async () => {
    const memberId = newId('mem');
    await book.buy(memberId, bakery, 10n);
    const claim: MissingClaim = {
      ...{ id: newId('mpc'), programmeId, memberId, partnerId: bakery, externalRef: 'small' },
      ...{ amountMinor: 99n, currency: 'EUR', occurredAt: NOW, openedAt: NOW, answerBy: LATE },
      ...{ state: 'OPEN', reason: null, closedAt: null, settlesAs: null },
    };
    await inTransaction(database, (tx) => insertClaim(tx, claim));
    book.clock.set(LATE);
    // Another command of the same batch has the member's lots loaded for both.
    const post: PostingLanes['post'] = async (command) => {
      const [outcome] = await Promise.all([lanes.post(command), lanes.post(sweepOf(command))]);
      return outcome;
    };
    const ledger = { database, lanes: { post } as PostingLanes, clock: book.clock };
    const ended = async () => {
      await settleLateClaims(ledger, programmeId, LATE);
      return (await findClaim(database.pool, programmeId, claim.id))?.state;
    };
    expect(await ended()).toBe('EARNED_NOTHING');
    const kinds = await database.pool.query(
      'select kind from journal_transaction where programme_id is not null order by seq',
    );
    expect(kinds.rows).toEqual([{ kind: 'EARN' }, { kind: 'EXPIRY' }]);
    // The receipt earned nothing, so its number is free for the sale that its partner reports after all.
    const hash = documentHash(bakery, 'PURCHASE', claim.externalRef);
    expect(await findDocument(database.pool, { hash, programmeId })).toBeNull();
    await database.asOwner("update missing_claim set state = 'OPEN', closed_at = null");
    expect(await ended()).toBe('EARNED_NOTHING');
  });
});
