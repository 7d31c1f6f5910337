import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf } from '../../../../kernel/values/id';
import { SETTLEMENT_STATES, type SettlementState } from '../../core/settlement/cycle';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { approveSettlementStep } from './approve-settlement-step';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';

const NOW = new Date('2026-03-10T12:00:00Z');
/** Points and no dues: nothing waits for a bank, so that every step is taken by two persons alone. */
const rules = aRuleBook({ singleApprover: false, disputeWindowDays: 0 });

let database: TestDatabase;
let book: TestBook;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, NOW);
  await book.buy(newId('mem'), rules.brands[0], 10n);
});
afterAll(async () => {
  await book.close();
  await database.drop();
});

const as = (kind: 'admin' | 'finance', subject: string): Principal => ({
  kind,
  programmeId: rules.programmeId,
  subject,
});
const ada = as('admin', 'ada');
const ledger = () => ({ database, whole: database, clock: book.clock, book: async () => book.rules });

type Answer = Awaited<ReturnType<typeof advanceSettlementCycle>>;
type Done = Exclude<Answer, Refusal>;
function done(answer: Answer): Done {
  if (isRefusal(answer)) throw new Error(answer.code);
  return answer;
}
const codeOf = (answer: Answer) => (isRefusal(answer) ? answer.code : answer.proposed ? 'proposed' : 'performed');

/** The cycle, its steps and whatever a step writes, counted. */
async function stored(cycleId: string): Promise<{ state: SettlementState; version: string }> {
  const { rows } = await database.pool.query<{ state: SettlementState; version: string }>(
    `select c.state, c.version, (select count(*) from settlement_entry e where e.cycle_id = c.id) as entries,
            (select count(*) from net_position n where n.cycle_id = c.id) as nets,
            (select count(*) from cycle_step s where s.cycle_id = c.id and s.approved_by is not null) as steps,
            (select count(*) from settlement_cycle o where o.programme_id = c.programme_id) as cycles
       from settlement_cycle c where c.id = $1`,
    [uuidOf(cycleId as never)],
  );
  return rows[0]!;
}

it('takes two persons for every step from OPEN to LOCKED, and takes each once however often it is sent', async () => {
  let cycleId = '';
  const taken: string[] = [];
  for (const to of SETTLEMENT_STATES.slice(1)) {
    const proposal = { idempotencyKey: `propose ${to}`, cycleId, to };
    const propose = () =>
      to === 'CUT_OFF'
        ? cutOffSettlementCycle(ledger(), ada, { idempotencyKey: proposal.idempotencyKey })
        : advanceSettlementCycle(ledger(), ada, proposal);
    const first = done(await propose());
    ({ cycleId } = first);
    const { contentHash } = first;
    const before = await stored(cycleId);
    expect(first.proposed).toBe(true);
    expect(await propose()).toEqual({ ...first, replayed: true });

    const approve = (who: Principal, hash: string, idempotencyKey: string = newId('req')) =>
      approveSettlementStep(ledger(), who, { idempotencyKey, cycleId, contentHash: hash });
    for (const [who, hash, code] of [
      [ada, contentHash, 'LEDGER_SELF_APPROVAL'],
      [as('finance', 'ada'), contentHash, 'LEDGER_SELF_APPROVAL'],
      [as('finance', 'fay'), 'f'.repeat(64), 'LEDGER_CYCLE_CONTENT_CHANGED'],
    ] as const)
      expect({ to, code: codeOf(await approve(who, hash)) }).toEqual({ to, code });
    expect(await stored(cycleId)).toEqual(before);

    const key = `approve ${to}`;
    const performed = done(await approve(as('finance', 'fay'), contentHash, key));
    expect({ to, proposed: performed.proposed }).toEqual({ to, proposed: false });
    const after = await stored(cycleId);
    expect(after.state).toBe(to);
    expect(await approve(as('finance', 'fay'), contentHash, key)).toEqual({ ...performed, replayed: true });
    expect(codeOf(await approve(as('finance', 'fay'), contentHash))).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    expect(await propose()).toEqual({ ...first, replayed: true });
    expect(await stored(cycleId)).toEqual(after);
    taken.push(to);
  }
  expect(taken).toEqual(['CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED']);
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red).toEqual([]);
});
