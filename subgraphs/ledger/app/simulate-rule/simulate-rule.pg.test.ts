import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf } from '../../../../kernel/values/id';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import type { Ledger } from '../ledger';
import { PURCHASES_MAX, simulateRule } from './simulate-rule';

const NOW = new Date('2026-03-10T12:00:00Z');
const book = aRuleBook();
const [shop] = book.brands;

/** More purchases than are replayed; there are no postings of them, which a count does not look at. */
const FILL = `insert into purchase (bucket, wallet, seq, programme_id, partner_id, external_ref, amount_minor, currency, points,
                      occurred_at)
select 0, gen_random_uuid(), 1, $1, $2, 'r' || n, 100, 'EUR', 1, $3 from generate_series(1, $4::integer) n`;

describe('a stretch with too many purchases', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
  });
  afterAll(() => database.drop());

  it('is refused with how many are replayed, and one purchase fewer is replayed', async () => {
    const ledger = { database, whole: database, book: async () => book } as unknown as Ledger;
    const people = { kind: 'staff', programmeId: book.programmeId, partnerId: shop, subject: 'sten' } as const;
    const ask = (from: Date, to: Date) => simulateRule(ledger, people, { from, to });
    const fill = (count: number) => database.pool.query(FILL, [uuidOf(book.programmeId), uuidOf(shop), NOW, count]);
    await fill(PURCHASES_MAX);
    const after = new Date(NOW.getTime() + 1);
    expect(await ask(NOW, after)).not.toMatchObject({ code: 'LEDGER_SIMULATION_TOO_LARGE' });
    await database.pool.query(FILL, [uuidOf(book.programmeId), uuidOf(newId('ptr')), NOW, 1]);
    expect(await ask(NOW, after)).not.toMatchObject({ code: 'LEDGER_SIMULATION_TOO_LARGE' });
    await fill(1);
    expect(await ask(NOW, after)).toMatchObject({
      code: 'LEDGER_SIMULATION_TOO_LARGE',
      facts: { purchasesMax: PURCHASES_MAX },
    });
    expect(await ask(after, new Date(after.getTime() + 1))).toMatchObject({ purchases: 0 });
  });
});
