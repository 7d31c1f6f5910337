import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf, type MemberId, type PartnerId } from '../../../../kernel/values/id';
import type { SettlementState } from '../../core/settlement/cycle';
import type { Contract, RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { readPartnerTotals, readPointFlows } from '../reports/read-reports';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { approveSettlementStep } from './approve-settlement-step';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';
import { readCyclePage, readLines, readNets, readTotals } from './read-cycles';
import type { StepAnswer } from './step';

const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };

const NOW = new Date('2026-03-10T12:00:00Z');
const DAY = 86_400_000;

let database: TestDatabase;
let book: TestBook;
let [bakery, books] = ['' as PartnerId, '' as PartnerId];
let keys = 0;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterEach(async () => {
  await book.close();
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red).toEqual([]);
});
afterAll(() => database.drop());

/** Opens a fresh programme; a point is paid with 0.008013, so that every total leaves something to carry. */
async function begin(change: Partial<RuleBook> = {}, terms: Partial<Contract> = {}): Promise<void> {
  const rules = aRuleBook();
  const contracts = rules.contracts.map((contract) => ({
    ...{ ...contract, reimbursementMicros: 8_013n, feeMicros: 500n, ...terms },
  }));
  book = await TestBook.open(database, { ...rules, contracts, ...change }, NOW);
  [bakery, books] = rules.brands;
}
const ledger = () => ({ database, whole: database, clock: book.clock, book: async () => book.rules });
const as = (kind: 'admin' | 'finance', subject: string): Principal => ({
  kind,
  programmeId: book.rules.programmeId,
  subject,
});
const idempotencyKey = () => `key-${(keys += 1)}`;

type Answer = Awaited<ReturnType<typeof cutOffSettlementCycle>>;
const codeOf = (answer: Answer) => (isRefusal(answer) ? answer.code : answer.proposed ? 'proposed' : 'performed');
function done(answer: Answer): StepAnswer {
  if (isRefusal(answer)) throw new Error(answer.code);
  return answer;
}
const cutOff = (principal = as('admin', 'ada'), at: Date | null = null) =>
  cutOffSettlementCycle(ledger(), principal, { idempotencyKey: idempotencyKey(), at });
const advance = (cycleId: string, to: SettlementState, principal = as('admin', 'ada')) =>
  advanceSettlementCycle(ledger(), principal, { idempotencyKey: idempotencyKey(), cycleId, to });
const approve = (cycleId: string, contentHash: string, principal: Principal) =>
  approveSettlementStep(ledger(), principal, { idempotencyKey: idempotencyKey(), cycleId, contentHash });
async function advanceTo(cycleId: string, last: SettlementState): Promise<void> {
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'] as const) {
    done(await advance(cycleId, to));
    if (to === last) return;
  }
}
async function stateOf(cycleId: string): Promise<string> {
  const { rows } = await database.pool.query<{ state: string; version: string }>(
    'select state, version from settlement_cycle where id = $1',
    [uuidOf(cycleId as never)],
  );
  return `${rows[0]?.state} ${rows[0]?.version}`;
}
const figures = async (cycleId: string, reader: Principal) =>
  (await readTotals({ database }, reader, [cycleId])).map((total) => ({
    pair: `${nameOf(total.debtorId)}>${nameOf(total.creditorId)}`,
    exact: total.exactMicros,
    carryIn: total.carryInMicros,
    billed: total.billedMinor,
    carry: total.carryMicros,
  }));
/** Until some connection waits for an advisory lock. */
async function untilWaiting(): Promise<void> {
  for (;;) {
    const { rowCount } = await database.pool.query(
      `select from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
    );
    if (rowCount !== 0) return;
  }
}
const nameOf = (party: PartnerId | null) => (party === null ? 'hub' : party === bakery ? 'bakery' : 'books');
const byPair = (a: { pair: string }, b: { pair: string }) => (a.pair < b.pair ? -1 : 1);

describe('with a single approver', () => {
  it('leads a month to nets that sum to zero, lines to totals, and the carry into the next month', async () => {
    await begin();
    const [ann, ben]: [MemberId, MemberId] = [newId('mem'), newId('mem')];
    await book.buy(ann, bakery, 100n);
    await book.buy(ben, books, 50n);
    await book.redeem(ann, books, 3n);
    await book.redeem(ann, books, 4n);
    await book.redeem(ann, bakery, 10n);
    const holdSeq = await book.hold(ben, bakery, 20n);
    await book.capture(ben, bakery, { holdSeq, amount: 15n });
    const { cycleId } = done(await cutOff());
    await advanceTo(cycleId, 'NETTED');
    expect(await stateOf(cycleId)).toBe('NETTED 6');

    const totals = await figures(cycleId, as('finance', 'fay'));
    expect(totals.sort(byPair)).toEqual([
      { pair: 'bakery>books', exact: 56_091n, carryIn: 0n, billed: 6n, carry: -3_909n },
      { pair: 'bakery>hub', exact: 50_000n, carryIn: 0n, billed: 5n, carry: 0n },
      { pair: 'books>bakery', exact: 120_195n, carryIn: 0n, billed: 12n, carry: 195n },
      { pair: 'books>hub', exact: 25_000n, carryIn: 0n, billed: 2n, carry: 5_000n },
    ]);
    const nets = await readNets({ database }, as('admin', 'ada'), [cycleId]);
    expect(new Map(nets.map(({ partyId, netMinor }) => [nameOf(partyId), netMinor]))).toEqual(
      new Map([
        ['bakery', 1n],
        ['books', -8n],
        ['hub', 7n],
      ]),
    );
    const stored = await readTotals({ database }, as('admin', 'ada'), [cycleId]);
    const owed = stored.find(({ debtorId, creditorId }) => debtorId === bakery && creditorId === books);
    const lines = await readLines({ database, secrets }, as('admin', 'ada'), {
      total: owed as never,
      afterN: 0,
      limit: 10,
    });
    expect(lines.map(({ micros, billedMinor }) => [micros, billedMinor])).toEqual([
      [24_039n, 3n],
      [32_052n, 3n],
    ]);

    await book.buy(ann, bakery, 1n);
    const next = done(await cutOff());
    await advanceTo(next.cycleId, 'DRAFT');
    expect((await figures(next.cycleId, as('admin', 'ada'))).sort(byPair)).toEqual([
      { pair: 'bakery>books', exact: 0n, carryIn: -3_909n, billed: 0n, carry: -3_909n },
      { pair: 'bakery>hub', exact: 500n, carryIn: 0n, billed: 0n, carry: 500n },
      { pair: 'books>bakery', exact: 0n, carryIn: 195n, billed: 0n, carry: 195n },
      { pair: 'books>hub', exact: 0n, carryIn: 5_000n, billed: 0n, carry: 5_000n },
    ]);
  });

  it('shows a partner its own pairs and net, and a stranger nothing', async () => {
    await begin();
    const ann = newId('mem');
    await book.buy(ann, bakery, 100n);
    await book.redeem(ann, books, 50n);
    const { cycleId } = done(await cutOff());
    await advanceTo(cycleId, 'NETTED');
    const { programmeId } = book.rules;
    const till = (scopes: string[]): Principal => ({
      kind: 'partner',
      programmeId,
      partnerId: books,
      keyId: 'k',
      scopes,
    });
    const clerk: Principal = { kind: 'staff', programmeId, partnerId: books, subject: 'cleo' };
    for (const reader of [till(['statements:read']), clerk]) {
      expect((await figures(cycleId, reader)).map(({ pair }) => pair)).toEqual(['bakery>books']);
      expect((await readNets({ database }, reader, [cycleId])).map(({ partyId }) => partyId)).toEqual([books]);
    }
    const foreign: Principal = { kind: 'admin', programmeId: newId('prg'), subject: 'ada' };
    const member: Principal = { kind: 'member', programmeId, memberId: ann };
    for (const reader of [till([]), member, foreign]) {
      expect(await readCyclePage({ database }, reader, { beforeNumber: 99, limit: 9 })).toEqual([]);
      expect(await readTotals({ database }, reader, [cycleId])).toEqual([]);
      expect(await readNets({ database }, reader, [cycleId])).toEqual([]);
    }
    expect(codeOf(await advance(cycleId, 'DRAFT', foreign))).toBe('NOT_FOUND');
  });

  it('puts every posting on one side of the cut, and opens the next cycle where the last one ends', async () => {
    await begin();
    const ann = newId('mem');
    await book.buy(ann, bakery, 10n);
    const { cycleId } = done(await cutOff());
    await book.buy(ann, bakery, 20n);
    const [open, cut] = await readCyclePage({ database }, as('admin', 'ada'), { beforeNumber: 99, limit: 9 });
    expect(cut).toMatchObject({ id: cycleId, state: 'CUT_OFF', cutOffAt: NOW, number: 1 });
    expect(open).toMatchObject({ state: 'OPEN', opensAt: NOW, cutOffAt: null, number: 2 });
    const { rows } = await database.pool.query(
      'select points::int, cycle_id = $1 as before from journal_transaction where programme_id = $2 order by seq',
      [uuidOf(cycleId as never), uuidOf(book.rules.programmeId)],
    );
    expect(rows).toEqual([
      { points: 10, before: true },
      { points: 20, before: false },
    ]);
  });

  it('refuses a cut-off to come, and one before what was recorded, but not one of an instant before the founding', async () => {
    await begin({ opensAt: new Date(NOW.getTime() + DAY) });
    await book.buy(newId('mem'), bakery, 10n);
    expect(codeOf(await cutOff(as('admin', 'ada'), new Date(NOW.getTime() + 1)))).toBe('LEDGER_CUT_OFF_NOT_NOW');
    expect(codeOf(await cutOff(as('admin', 'ada'), new Date(NOW.getTime() - 1)))).toBe('LEDGER_CUT_OFF_NOT_NOW');
    expect(codeOf(await cutOff(as('admin', 'ada'), NOW))).toBe('performed');
  });

  it('takes steps in their order only, and draws a cycle up only after the one before', async () => {
    await begin();
    const first = done(await cutOff()).cycleId;
    const second = done(await cutOff()).cycleId;
    for (const to of ['ISSUED', 'CUT_OFF', 'OPEN', 'INSTRUCTED'] as const) {
      expect(codeOf(await advance(first, to))).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    }
    expect(codeOf(await advance(second, 'DRAFT'))).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    await advanceTo(first, 'ISSUED');
    // Its lines may still be disputed, so what it carries over is not final.
    expect(codeOf(await advance(second, 'DRAFT'))).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    expect(codeOf(await advance(first, 'AGREED'))).toBe('performed');
    expect(codeOf(await advance(second, 'DRAFT'))).toBe('performed');
    expect(codeOf(await advance(newId('cyc'), 'DRAFT'))).toBe('NOT_FOUND');
  });

  it('waits for the dispute window before silence is agreement', async () => {
    await begin({ disputeWindowDays: 2 });
    await book.buy(newId('mem'), bakery, 10n);
    const { cycleId } = done(await cutOff());
    await advanceTo(cycleId, 'ISSUED');
    book.clock.set(new Date(NOW.getTime() + 2 * DAY - 1));
    expect(codeOf(await advance(cycleId, 'AGREED'))).toBe('LEDGER_DISPUTE_WINDOW_OPEN');
    book.clock.set(new Date(NOW.getTime() + 2 * DAY));
    expect(codeOf(await advance(cycleId, 'AGREED'))).toBe('performed');
  });

  it('waits for postings under way when it cuts off, and for none of them in any other step', async () => {
    await begin();
    const till = await database.pool.connect();
    try {
      const { cycleId } = done(await cutOff());
      await till.query('begin');
      await till.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [book.rules.programmeId]);
      expect(codeOf(await advance(cycleId, 'DRAFT'))).toBe('performed');
      let isCut = false;
      const cutting = cutOff().then((answer) => {
        isCut = true;
        return answer;
      });
      await untilWaiting();
      expect(isCut).toBe(false);
      await till.query('commit');
      expect(codeOf(await cutting)).toBe('performed');
    } finally {
      till.release();
    }
  });

  it('is blocked by a claim that is not its points at the agreed price', async () => {
    await begin();
    const ann = newId('mem');
    await book.buy(ann, bakery, 100n);
    await book.redeem(ann, books, 50n);
    const { cycleId } = done(await cutOff());
    const spoil = (by: string) =>
      database.asOwner(`alter table claim disable trigger user;
        update claim set micros = micros ${by} where kind = 'REDEMPTION' and cycle_id = '${uuidOf(cycleId as never)}';
        alter table claim enable trigger user`);
    await spoil('+ 1');
    expect(codeOf(await advance(cycleId, 'DRAFT'))).toBe('LEDGER_TRIAL_CHECK_FAILED');
    expect(await stateOf(cycleId)).toBe('CUT_OFF 2');
    await spoil('- 1');
    expect(codeOf(await advance(cycleId, 'DRAFT'))).toBe('performed');
  });

  it('is not blocked by a part paid in advance that comes to less than a micro-unit, and so to no claim', async () => {
    // 3 points of 0.000728 at 1 of 10,000: 0.2184 micro-units of the prefund.
    await begin({}, { settlementModel: 'HYBRID', prefundBps: 1, reimbursementMicros: 728n });
    const ann = newId('mem');
    await book.buy(ann, bakery, 100n);
    await book.redeem(ann, bakery, 3n);
    const { cycleId } = done(await cutOff());
    expect(codeOf(await advance(cycleId, 'DRAFT'))).toBe('performed');
  });

  it('is blocked by a posting whose points do not sum to zero, which it names', async () => {
    await begin();
    const ann = newId('mem');
    await book.buy(ann, bakery, 100n);
    await book.redeem(ann, books, 50n);
    const { cycleId } = done(await cutOff());
    const spoil = (by: string) =>
      database.asOwner(`alter table journal_transaction disable trigger user;
        update journal_transaction set available_after = available_after ${by} where wallet = '${uuidOf(ann)}' and seq = 1;
        alter table journal_transaction enable trigger user`);
    await spoil('+ 1');
    const answer = await advance(cycleId, 'DRAFT');
    expect(codeOf(answer)).toBe('LEDGER_TRIAL_CHECK_FAILED');
    const finding = (version: bigint) => ({ what: 'POINTS', memberId: ann, version });
    expect(answer).toMatchObject({ facts: { findings: [finding(1n), finding(2n)] } });
    await spoil('- 1');
    expect(codeOf(await advance(cycleId, 'DRAFT'))).toBe('performed');
  });

  it('takes a repeated step once, also when two send it at once', async () => {
    await begin();
    const input = { idempotencyKey: idempotencyKey(), at: null };
    const answers = await Promise.all([1, 2, 3].map(() => cutOffSettlementCycle(ledger(), as('admin', 'ada'), input)));
    const first = done(answers.find((answer) => !isRefusal(answer)) as Answer);
    for (const answer of answers) {
      if (isRefusal(answer)) expect(answer.code).toBe('IDEMPOTENCY_IN_PROGRESS');
      else expect(answer.cycleId).toBe(first.cycleId);
    }
    const again = await cutOffSettlementCycle(ledger(), as('admin', 'ada'), input);
    expect(again).toEqual({ ...first, replayed: true });
    const other = await cutOffSettlementCycle(ledger(), as('admin', 'ada'), { ...input, at: NOW });
    expect(codeOf(other)).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('reports who spent whose points and what every partner issued, own brand included', async () => {
    await begin({ pointsValidityDays: 1 });
    const [ann, ben] = [newId('mem'), newId('mem')];
    await book.buy(ann, bakery, 100n);
    await book.buy(ben, bakery, 7n);
    await book.redeem(ann, books, 3n);
    await book.redeem(ann, bakery, 10n);
    await book.hold(ann, books, 5n);
    book.clock.set(new Date(NOW.getTime() + 3 * DAY));
    await book.expire(ben);
    const { cycleId } = done(await cutOff());
    const desk = ledger();
    expect(await readPointFlows(desk, as('finance', 'fay'), cycleId)).toMatchObject({
      flows: expect.arrayContaining([
        { issuerId: bakery, redeemerId: bakery, points: 10n, micros: 80_130n },
        { issuerId: bakery, redeemerId: books, points: 3n, micros: 24_039n },
      ]),
    });
    const report = await readPartnerTotals(desk, as('admin', 'ada'), cycleId);
    const row = {
      purchases: 2n,
      distinctMembers: 2n,
      amountMinor: 10_700n,
      issued: 107n,
      expired: 7n,
      outstanding: 87n,
    };
    expect(report).toMatchObject({ totals: expect.arrayContaining([{ partnerId: bakery, ...row }]) });
    expect((report as { totals: unknown[] }).totals).toHaveLength(2);
    const clerk: Principal = { kind: 'staff', programmeId: book.rules.programmeId, partnerId: books, subject: 'cleo' };
    expect(await readPointFlows(desk, clerk, cycleId)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('with two approvers', () => {
  it('performs a step only when another person approves exactly what was proposed', async () => {
    await begin({ singleApprover: false });
    await book.buy(newId('mem'), bakery, 10n);
    const answer = await cutOff();
    expect(codeOf(answer)).toBe('proposed');
    const { cycleId, contentHash } = done(answer);
    expect(await stateOf(cycleId)).toBe('OPEN 1');
    // What happens between a proposal and its approval is still in the cycle: the cut is made when it is approved.
    book.clock.set(new Date(NOW.getTime() + 1_000));
    await book.buy(newId('mem'), bakery, 10n);
    expect(codeOf(await approve(cycleId, contentHash, as('admin', 'ada')))).toBe('LEDGER_SELF_APPROVAL');
    expect(codeOf(await approve(cycleId, contentHash, as('finance', 'ada')))).toBe('LEDGER_SELF_APPROVAL');
    expect(codeOf(await approve(cycleId, 'f'.repeat(64), as('finance', 'fay')))).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    expect(codeOf(await approve(cycleId, contentHash, as('finance', 'fay')))).toBe('performed');
    expect(await stateOf(cycleId)).toBe('CUT_OFF 2');
    expect(await approve(cycleId, contentHash, as('finance', 'fay'))).toMatchObject({
      code: 'LEDGER_CYCLE_STEP_NOT_ALLOWED',
      message: 'Nothing is proposed for the cycle; it is CUT_OFF.',
    });
  });

  it('lets finance approve and not propose, and partners neither', async () => {
    await begin({ singleApprover: false });
    const clerk: Principal = { kind: 'staff', programmeId: book.rules.programmeId, partnerId: books, subject: 'cleo' };
    expect(codeOf(await cutOff(as('finance', 'fay')))).toBe('FORBIDDEN');
    expect(codeOf(await cutOff(clerk))).toBe('FORBIDDEN');
    expect(codeOf(await approve(newId('cyc'), 'x', clerk))).toBe('FORBIDDEN');
  });

  it('remembers who proposed and who approved each step', async () => {
    await begin({ singleApprover: false });
    const { cycleId, contentHash } = done(await cutOff());
    await approve(cycleId, contentHash, as('admin', 'eve'));
    const { rows } = await database.pool.query(
      'select to_state, proposed_by, approved_by from cycle_step where cycle_id = $1',
      [uuidOf(cycleId as never)],
    );
    expect(rows).toEqual([{ to_state: 'CUT_OFF', proposed_by: 'ada', approved_by: 'eve' }]);
  });

  it('is needed in a live programme, whatever the rule book says', async () => {
    await begin({ isSandbox: false, singleApprover: true });
    expect(codeOf(await cutOff())).toBe('proposed');
  });
});
