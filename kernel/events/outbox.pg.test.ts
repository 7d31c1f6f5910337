import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { DatabaseDefinition } from '../db/database';
import { inTransaction } from '../db/transaction';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { newId } from '../values/id';
import type { FeedPosition } from './event';
import { appendEvents, OUTBOX_DDL, OutboxFeed } from './outbox';

/** An outbox whose next number is 9,998. */
class CreateOutbox1700000000000 implements MigrationInterface {
  name = 'CreateOutbox1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${OUTBOX_DDL} alter sequence outbox_seq_seq restart with 9998;`);
  }

  async down(): Promise<void> {}
}
const definition: DatabaseDefinition = {
  name: 'out',
  rows: [],
  migrations: [CreateOutbox1700000000000],
  appendOnly: [],
};

const PATIENCE_MS = 20_000;
const programmeId = newId('prg');

/** Aggregates announced, read two at a time; it waits for them, because another suite's transaction holds the feed back. */
async function readAll(feed: OutboxFeed, count: number): Promise<string[]> {
  const found: string[] = [];
  const until = Date.now() + PATIENCE_MS;
  for (let after: FeedPosition | null = null; found.length < count && Date.now() < until;) {
    const items = await feed.read(after, 2, 500);
    found.push(...items.map(({ event }) => event.aggregateId));
    after = items.at(-1)?.position ?? after;
    // A feed that goes past events has nothing more to give at its end.
    if (items.length === 0 && after !== null) break;
  }
  return found;
}

describe('the feed over an outbox', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(definition);
  });
  afterAll(() => database.drop());

  it('gives every event of a transaction whose numbers gain a digit, in order and page by page', async () => {
    const names = Array.from({ length: 6 }, (_, n) => `jar-${n}`);
    const events = names.map((aggregateId) => ({ type: 'test.jar.filled.v1', programmeId, aggregateId, payload: {} }));
    await inTransaction(database, (tx) => appendEvents(tx, 'test', events, new Date('2026-03-01T00:00:00Z')));
    expect(await readAll(new OutboxFeed(database), names.length)).toEqual(names);
  });
});
