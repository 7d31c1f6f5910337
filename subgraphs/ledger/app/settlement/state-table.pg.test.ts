import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf, type Id } from '../../../../kernel/values/id';
import { SETTLEMENT_STATES, type SettlementState } from '../../core/settlement/cycle';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';

const rules = aRuleBook();
let database: TestDatabase;
let book: TestBook;
let cycleId: string;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, new Date('2026-03-10T12:00:00Z'));
  // Points and no dues: what nobody pays is settled by hand, so that every step can be taken by advancing.
  await book.buy(newId('mem'), rules.brands[0], 10n);
});
afterAll(async () => {
  await book.close();
  await database.drop();
});

const admin: Principal = { kind: 'admin', programmeId: rules.programmeId, subject: 'ada' };
const ledger = () => ({ database, whole: database, clock: book.clock, book: async () => book.rules });
async function outcomeOf(to: SettlementState): Promise<string> {
  const answer = await advanceSettlementCycle(ledger(), admin, { idempotencyKey: newId('req'), cycleId, to });
  return isRefusal(answer) ? answer.code : 'performed';
}
async function stored(): Promise<unknown> {
  const { rows } = await database.pool.query(
    `select c.state, c.version, (select count(*) from settlement_entry e where e.cycle_id = c.id) as entries,
            (select count(*) from net_position n where n.cycle_id = c.id) as nets
       from settlement_cycle c where c.id = $1`,
    [uuidOf(cycleId as Id<'cyc'>)],
  );
  return rows[0];
}

it('takes a cycle from each state to the next one only, and changes nothing when it is asked for any other', async () => {
  const cut = await cutOffSettlementCycle(ledger(), admin, { idempotencyKey: newId('req'), at: null });
  if (isRefusal(cut)) throw new Error(cut.code);
  ({ cycleId } = cut);
  const outcomes: Record<string, string[]> = {};
  for (const [place, state] of SETTLEMENT_STATES.entries()) {
    if (state === 'OPEN') continue;
    const next = SETTLEMENT_STATES[place + 1];
    expect(await stored()).toMatchObject({ state });
    for (const to of SETTLEMENT_STATES) {
      if (to === next) continue;
      const before = await stored();
      expect({ state, to, outcome: await outcomeOf(to) }).toEqual({
        state,
        to,
        outcome: 'LEDGER_CYCLE_STEP_NOT_ALLOWED',
      });
      expect(await stored()).toEqual(before);
    }
    outcomes[state] = next === undefined ? [] : [next, await outcomeOf(next)];
  }
  expect(outcomes).toEqual({
    CUT_OFF: ['DRAFT', 'performed'],
    DRAFT: ['ISSUED', 'performed'],
    ISSUED: ['AGREED', 'performed'],
    AGREED: ['NETTED', 'performed'],
    NETTED: ['INSTRUCTED', 'performed'],
    INSTRUCTED: ['SETTLED', 'performed'],
    SETTLED: ['LOCKED', 'performed'],
    LOCKED: [],
  });
});

it('advances an open cycle to nothing: it is cut off, by a step of its own', async () => {
  const { rows } = await database.pool.query<{ id: string }>("select id from settlement_cycle where state = 'OPEN'");
  cycleId = `cyc_${(rows[0]?.id ?? '').replaceAll('-', '')}`;
  for (const to of SETTLEMENT_STATES) expect(await outcomeOf(to)).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
  expect(await stored()).toMatchObject({ state: 'OPEN' });
});
