import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { idFromUuid, uuidOf } from '../../../../kernel/values/id';
import { ledgerDatabase } from '../../data/database';
import { claimsThatAreNotTheirPoints } from '../../data/settlement/trial-sql';
import { announce, commandOf, laneOptions } from '../../testkit/lane-book';
import { midnight, workedExample, type ExampleEvent } from '../../testkit/worked-example';
import { PostingLanes } from '../points/posting-lanes';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';
import { readLines, readNets, readTotals } from './read-cycles';

const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };

const example = workedExample();
const { rules, nameOf } = example;
const ada: Principal = { kind: 'admin', programmeId: rules.programmeId, subject: 'ada' };

describe('the worked example of settlement, through the stores', () => {
  const clock = new FixedClock(rules.opensAt);
  const seqs = new Map<string, bigint>();
  const lots = new Map<string, string>();
  let database: TestDatabase;
  let lanes: PostingLanes;
  let cycleId = '';

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    await announce(database, rules);
    lanes = new PostingLanes(laneOptions(database, rules, clock));
    for (const event of example.opening) await post(event);
    await close('03-01');
    for (const event of example.events) await post(event);
    cycleId = await close('04-01');
  });
  afterAll(async () => {
    await lanes.close();
    await database.drop();
  });

  async function post(event: ExampleEvent): Promise<void> {
    clock.set(event.at);
    const asked = event.ask((name) => seqs.get(name) ?? 0n);
    const outcome = await lanes.post(commandOf(asked, rules, event.name));
    if (outcome.kind !== 'posted') throw new Error(`${event.name}: ${outcome.kind}`);
    seqs.set(event.name, outcome.own.after.seq);
    const issued = outcome.all.flatMap(({ after, plan }) =>
      plan.issued.map(({ lotSeq }) => `${after.key.wallet} ${lotSeq}`),
    );
    issued.forEach((lot, n) => lots.set(lot, event.lots[n] ?? '?'));
  }

  /** Ends the cycle at 00:00 of a day and leads it as far as the nets. */
  async function close(day: string): Promise<string> {
    clock.set(midnight(day));
    const ledger = { database, whole: database, clock, book: async () => rules };
    const cut = await cutOffSettlementCycle(ledger, ada, { idempotencyKey: `cut ${day}`, at: null });
    if (isRefusal(cut)) throw new Error(cut.code);
    for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'] as const) {
      const idempotencyKey = `${to} ${day}`;
      const step = await advanceSettlementCycle(ledger, ada, { idempotencyKey, cycleId: cut.cycleId, to });
      if (isRefusal(step)) throw new Error(`${to}: ${step.message}`);
    }
    return cut.cycleId;
  }

  const eventOf = (wallet: string, seq: bigint) => {
    const found = example.events.find(({ name, ask }) => {
      const { memberId } = ask((other) => seqs.get(other) ?? 0n);
      return uuidOf(memberId) === wallet && seqs.get(name) === seq;
    });
    return found?.name;
  };

  it.each([
    ['A>C', 8_155_200n, 816n, -4_800n, ['L4 97', 'L1 719']],
    ['B>C', 1_444_800n, 144n, 4_800n, ['L4 144']],
    ['B>A', 2_400_000n, 240n, 0n, ['L2 319', 'L2 81', 'L2 -160']],
    ['H>A', 12_792_000n, 1_279n, 2_000n, ['L3 1200', 'L5 79']],
    ['A>H', 460_200n, 46n, 200n, ['L1 50', 'L4 6', 'L1 -10']],
    ['H>B', 2_720_000n, 272n, 0n, ['L6 40', 'L3 232']],
    ['B>H', 340_300n, 34n, 300n, ['L4 9', 'L2 25']],
    ['C>H', 20_400_000n, 2_040n, 0n, ['L3 1700', 'L5 340']],
    ['H>C', 480_000n, 48n, 0n, ['LC0 48']],
  ])('bills %s exactly', async (pair, exact, billed, carry, lines) => {
    const totals = await readTotals({ database }, ada, [cycleId]);
    expect(totals).toHaveLength(9);
    const total = totals.find(({ debtorId, creditorId }) => `${nameOf(debtorId)}>${nameOf(creditorId)}` === pair);
    if (total === undefined) throw new Error(`${pair} is not billed`);
    const { exactMicros, carryInMicros, billedMinor, carryMicros } = total;
    expect([exactMicros, carryInMicros, billedMinor, carryMicros]).toEqual([exact, 0n, billed, carry]);
    const read = await readLines({ database, secrets }, ada, { total, afterN: 0, limit: 10 });
    expect(read.map(({ wallet, lotSeq, billedMinor: minor }) => `${lots.get(`${wallet} ${lotSeq}`)} ${minor}`)).toEqual(
      lines,
    );
  });

  it('leads from a line of a statement back to its event', async () => {
    const totals = await readTotals({ database }, ada, [cycleId]);
    const total = totals.find(({ debtorId, creditorId }) => `${nameOf(debtorId)}>${nameOf(creditorId)}` === 'B>A');
    const read = await readLines({ database, secrets }, ada, { total: total as never, afterN: 0, limit: 10 });
    // The offset of T09 is the transaction after it.
    expect(
      read.map(({ wallet, seq, kind }) => [kind, eventOf(wallet, kind === 'ARREARS_OFFSET' ? seq - 1n : seq)]),
    ).toEqual([
      ['REDEMPTION', 'T08'],
      ['ARREARS_OFFSET', 'T09'],
      ['REDEMPTION_REVERSAL', 'T14'],
    ]);
  });

  it('nets to A +6.57, B −1.46, C −10.32 and the hub +5.21', async () => {
    const nets = await readNets({ database }, ada, [cycleId]);
    expect(new Map(nets.map(({ partyId, netMinor }) => [nameOf(partyId), netMinor]))).toEqual(
      new Map([
        ['A', 657n],
        ['B', -146n],
        ['C', -1_032n],
        ['H', 521n],
      ]),
    );
  });

  it('closes with the balances of the hub’s money book', async () => {
    const { rows } = await database.pool.query<{ kind: string; owner: string | null; micros: string }>(
      `select kind, owner, sum(micros) as micros
         from (select case when debtor_id is null then hub_account else 'CLEARING' end as kind,
                      case when debtor_id is null then hub_owner else debtor_id end as owner, -micros as micros from claim
                union all
               select case when creditor_id is null then hub_account else 'CLEARING' end,
                      case when creditor_id is null then hub_owner else creditor_id end, micros from claim
                union all
               select debit_kind, debit_owner, -micros from money_entry
                union all
               select credit_kind, credit_owner, micros from money_entry) ends
        group by kind, owner having sum(micros) <> 0`,
    );
    const balances = rows.map(({ kind, owner, micros }): [string, bigint] => [
      owner === null ? kind : `${kind}:${nameOf(idFromUuid('ptr', owner))}`,
      BigInt(micros),
    ]);
    expect(Object.fromEntries(balances.filter(([name]) => !name.startsWith('CLEARING')))).toEqual({
      'POINT_FUND:C': 4_088_000n,
      'DEFERRED_MARGIN:C': 255_500n,
      MARGIN_INCOME: 1_004_500n,
      BREAKAGE_INCOME: 480_000n,
      PROGRAMME_FEES: 800_500n,
      GOODWILL_EXPENSE: -400_000n,
    });
    expect(balances.reduce((sum, [, micros]) => sum + micros, 0n)).toBe(0n);
  });

  it('leaves L2 200, L3 10, L3.8 200 and L5 301 outstanding, 701 with M1, 10 with M2 and none with M3', async () => {
    const open = await database.pool.query<{ wallet: string; lot_seq: string; issuer_id: string; remaining: string }>(
      'select wallet, lot_seq, issuer_id, remaining from open_lot',
    );
    const left = open.rows.map((row) => [
      lots.get(`${row.wallet} ${row.lot_seq}`),
      nameOf(idFromUuid('ptr', row.issuer_id)),
      row.remaining,
    ]);
    expect(new Set(left)).toEqual(
      new Set([
        ['L2', 'B', '200'],
        ['L3', 'C', '10'],
        ['L3.8', 'C', '200'],
        ['L5', 'C', '301'],
      ]),
    );
    const { M1, M2, M3 } = example.members;
    const { rows } = await database.pool.query<{ wallet: string; left: string }>(
      `select wallet, available || ' ' || pending || ' ' || held || ' ' || arrears as left from wallet`,
    );
    expect(new Map(rows.map(({ wallet, left: balances }) => [wallet, balances]))).toEqual(
      new Map([
        [uuidOf(M1), '701 0 0 0'],
        [uuidOf(M2), '10 0 0 0'],
        [uuidOf(M3), '0 0 0 0'],
      ]),
    );
  });

  it('notices any claim of a redemption that is not what the redeemer is owed', async () => {
    const { rows } = await database.pool.query<{ wallet: string; seq: string; n: number }>(
      `select wallet, seq, n from claim where kind = 'REDEMPTION' and cycle_id = $1`,
      [uuidOf(cycleId as never)],
    );
    expect(rows).toHaveLength(7);
    const wrong = async () => {
      const answer = await database.pool.query<{ seq: string }>(
        claimsThatAreNotTheirPoints('(select * from journal_transaction)'),
      );
      return answer.rows.map(({ seq }) => seq);
    };
    for (const { wallet, seq, n } of rows) {
      const spoil = (by: string) =>
        database.asOwner(`alter table claim disable trigger user;
          update claim set micros = micros ${by} where wallet = '${wallet}' and seq = ${seq} and n = ${n};
          alter table claim enable trigger user`);
      await spoil('+ 1');
      expect(await wrong()).toEqual([seq]);
      await spoil('- 1');
    }
    expect(await wrong()).toEqual([]);
  });

  it('keeps every invariant', async () => {
    const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
    expect(red).toEqual([]);
  });
});
