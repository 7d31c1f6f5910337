import { Client } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import { isRefusal } from '../../kernel/errors/refusal';
import { newId, uuidOf } from '../../kernel/values/id';
import { advanceSettlementCycle } from '../../subgraphs/ledger/app/settlement/advance-settlement-cycle';
import { cutOffSettlementCycle } from '../../subgraphs/ledger/app/settlement/cut-off-settlement-cycle';
import { readLines, readTotals } from '../../subgraphs/ledger/app/settlement/read-cycles';
import { rollUpInSteps } from '../../subgraphs/ledger/app/settlement/roll-up';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import type { Bench, BenchRun } from '../benches';
import { median, percentile, rounded } from '../coalition';
import { fill, makeBook, openBook, urlOfDatabase, type BenchBook } from './book';
import { wanted } from './measure';
import { multiplyBook } from './multiply';
import { clusterOf } from '../private-folder';
import { askOnce, serverVersion, warmLog } from '../server-facts';

const PARTNERS = 50;
/** So many members have a month by the use cases: so many lots, of which two redemptions take these points from five each. */
const [MODELS, LOTS_EACH, REDEMPTIONS, SPENT] = [250, 10, 2, 60n];
/** How often they are copied, by the claims that makes. */
const COPIES: Readonly<Record<string, number>> = { '100k': 20, '1m': 200, '10m': 2_000 };
const CALLERS = 32;
const ROUNDS = 3;
const CASE_MS = 6_000;
const PAGE = 100;
const ROAD = ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'] as const;

/**
 * Closing months of different sizes, among 50 partners and the operator. The month is posted by the use cases, copied under
 * other members and rolled up; then the cycle is closed again and again, alone and while tills earn. Targets: issue 5.
 */
export const benchSettlement: Bench = async (run) => {
  const sizes = Object.keys(wanted(COPIES, run.cases));
  const figures: Record<string, number> = {};
  const server = await startEmbeddedPostgres({
    dataDir: clusterOf(run.folder),
    onProgress: run.tell,
    settings: run.settings,
  });
  try {
    for (const size of sizes) {
      for (const [name, value] of Object.entries(await measureSize(run, server.superuserUrl, size))) {
        figures[`${name}_${size}`] = value;
      }
    }
    const over = (name: string, a: string, b: string): Record<string, number> => {
      const [one, other] = [figures[a], figures[b]];
      return one === undefined || other === undefined ? {} : { [name]: rounded(one / other) };
    };
    const largest = sizes.at(-1) ?? '';
    return {
      postgres: await serverVersion(server.superuserUrl),
      figures,
      ratios: {
        ...over('close_10m_over_1m', 'close_ms_10m', 'close_ms_1m'),
        ...over('close_1m_over_100k', 'close_ms_1m', 'close_ms_100k'),
        ...over(
          'earn_duringClose_over_idle',
          `earn_duringClose_per_second_${largest}`,
          `earn_idle_per_second_${largest}`,
        ),
      },
    };
  } finally {
    await server.stop();
  }
};

async function measureSize(run: BenchRun, serverUrl: string, size: string): Promise<Record<string, number>> {
  const { tell } = run;
  const name = `bench_settlement_${size}`;
  const place = await makeBook(serverUrl, name, { members: MODELS, partners: PARTNERS, partnersOf });
  const models = await openBook(place);
  await fill(models, LOTS_EACH);
  await spend(models);
  await models.close();
  tell(`${size}: a month of ${MODELS} members is posted`);
  await multiplyBook(urlOfDatabase(serverUrl, name), COPIES[size] ?? 1, tell);
  const book = await openBook(place);
  const owner = new Client({ connectionString: place.url });
  await owner.connect();
  await owner.query('set session_replication_role = replica');
  try {
    const startedAt = performance.now();
    await rollUpInSteps(book.running.ledger.database);
    const rollUpMs = performance.now() - startedAt;
    await owner.query('vacuum (analyze)');
    const [{ claims } = { claims: '0' }] = await askOnce<{ claims: string }>(
      place.url,
      'select count(*) as claims from claim_line',
    );
    tell(`${size}: ${claims} claims rolled up in ${Math.round(rollUpMs)} ms`);
    const month = new Month(book, owner);
    await warmLog(serverUrl);
    const cutOffMs = await month.cutOff();
    const alone: number[] = [];
    const busy: number[] = [];
    const [idleRates, closeRates]: [number[], number[]] = [[], []];
    await earning(book, 1_000);
    for (let round = 1; round <= (run.rounds ?? ROUNDS); round += 1) {
      await month.cutOffAgain();
      alone.push(await month.close());
      const caseMs = run.caseMs ?? CASE_MS;
      idleRates.push(await earning(book, caseMs));
      closeRates.push(await earningBesideCloses(book, caseMs, { month, taken: busy }));
      tell(
        `${size}, round ${round}: closed in ${Math.round(alone.at(-1) ?? 0)} ms, ${Math.round(busy.at(-1) ?? 0)} ms beside earns`,
      );
    }
    const pages = await month.pages();
    return {
      ...{ claims: Number(claims), pairs: month.pairs, cutOff_ms: rounded(cutOffMs) },
      rollUp_claims_per_second: rounded(Number(claims) / (rollUpMs / 1_000)),
      close_ms: rounded(cutOffMs + median(alone)),
      close_besideEarns_ms: rounded(median(busy)),
      drillDown_p50_ms: rounded(percentile(pages, 0.5)),
      drillDown_p99_ms: rounded(percentile(pages, 0.99)),
      earn_idle_per_second: rounded(median(idleRates)),
      earn_duringClose_per_second: rounded(median(closeRates)),
    };
  } finally {
    await owner.end();
    await book.close();
  }
}

/** Where a member spends, by its number: at others than its neighbours. */
const redeemerOf = (member: number, one: number): number =>
  (member * 7 + Math.floor(member / PARTNERS) * 13 + one * 11 + 3) % PARTNERS;

/** The partners a member goes to: those it earns at, and those it spends at. */
function partnersOf(member: number): number[] {
  const earnsAt = Array.from({ length: LOTS_EACH }, (_, lot) => (member + lot) % PARTNERS);
  const spendsAt = Array.from({ length: REDEMPTIONS }, (_, one) => redeemerOf(member, one));
  return [...new Set([...earnsAt, ...spendsAt])];
}

async function spend({ members, partners, redeem }: BenchBook): Promise<void> {
  for (let one = 0; one < REDEMPTIONS; one += 1) {
    await Promise.all(members.map((member, n) => redeem(member, partners[redeemerOf(n, one)]!, SPENT)));
  }
}

/**
 * Earns by so many callers for a while; their claims are rolled up within the time taken, as a hub does behind them all day.
 *
 * @returns earns a second
 */
async function earning(book: BenchBook, ms: number): Promise<number> {
  const earns = new Earns(book, performance.now() + ms);
  const startedAt = performance.now();
  await earns.all;
  await rollUpInSteps(book.running.ledger.database);
  return earns.done / ((performance.now() - startedAt) / 1_000);
}

/**
 * The same with a close again and again, of which the time of the closes alone is taken. Before each of them the month is made cut off
 * again, which no close does, and what was earned meanwhile is rolled up, so that a close has its own to do.
 *
 * @returns earns a second while a close was under way
 */
async function earningBesideCloses(
  book: BenchBook,
  ms: number,
  { month, taken }: { month: Month; taken: number[] },
): Promise<number> {
  const until = performance.now() + ms;
  const earns = new Earns(book, until);
  let [during, closingMs] = [0, 0];
  while (performance.now() < until) {
    await month.cutOffAgain();
    await rollUpInSteps(book.running.ledger.database);
    const before = earns.done;
    const closeMs = await month.close();
    during += earns.done - before;
    closingMs += closeMs;
    taken.push(closeMs);
  }
  await earns.all;
  return during / (closingMs / 1_000);
}

/** Callers that earn, each as soon as it was answered, until an instant. */
class Earns {
  done = 0;
  readonly all: Promise<unknown>;
  private turn = 0;

  constructor(
    private readonly book: BenchBook,
    private readonly until: number,
  ) {
    this.all = Promise.all(Array.from({ length: CALLERS }, () => this.earn()));
  }

  private async earn(): Promise<void> {
    const { members, partners } = this.book;
    while (performance.now() < this.until) {
      const turn = (this.turn += 1);
      await this.book.earn(members[turn % members.length]!, partners[turn % partners.length]!);
      this.done += 1;
    }
  }
}

/** One cycle, which can be closed again and again. */
class Month {
  pairs = 0;
  private cycleId = '';
  private readonly admin: Principal;

  constructor(
    private readonly book: BenchBook,
    private readonly owner: Client,
  ) {
    this.admin = { kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' };
  }

  private get ledger() {
    return this.book.running.ledger;
  }

  async cutOff(): Promise<number> {
    const startedAt = performance.now();
    const { rules } = this.book;
    const cut = await cutOffSettlementCycle({ ...this.ledger, book: async () => rules }, this.admin, {
      idempotencyKey: newId('req'),
    });
    if (isRefusal(cut)) throw new Error(`bench: a cut-off was refused: ${cut.code} ${cut.message}`);
    this.cycleId = cut.cycleId;
    return performance.now() - startedAt;
  }

  /** From cut off to netted. @returns milliseconds */
  async close(): Promise<number> {
    const startedAt = performance.now();
    const { cycleId } = this;
    const { rules } = this.book;
    for (const to of ROAD) {
      const ledger = { ...this.ledger, book: async () => rules };
      const step = await advanceSettlementCycle(ledger, this.admin, { idempotencyKey: newId('req'), cycleId, to });
      if (isRefusal(step)) throw new Error(`bench: ${to} was refused: ${step.code} ${step.message}`);
    }
    return performance.now() - startedAt;
  }

  /** Milliseconds a page of lines takes: the first, one in the middle and the last of the largest pairs, by the reader of the graph. */
  async pages(): Promise<number[]> {
    const ledger = this.book.asked;
    const totals = await readTotals(ledger, this.admin, [this.cycleId]);
    this.pairs = totals.length;
    const { rows } = await this.owner.query<{ pair: number; lines: number }>(
      'select pair, lines from claim_pair where cycle_id = $1 order by lines desc limit 20',
      [uuidOf(this.cycleId as never)],
    );
    const taken: number[] = [];
    for (const { pair, lines } of rows) {
      const total = totals.find((one) => one.pair === pair);
      if (total === undefined) throw new Error('bench: a pair without a total');
      for (const afterN of [0, Math.floor(lines / 2), Math.max(0, lines - PAGE)]) {
        const startedAt = performance.now();
        const page = await readLines(ledger, this.admin, { total, afterN, limit: PAGE });
        taken.push(performance.now() - startedAt);
        if (page.length === 0) throw new Error('bench: an empty page');
      }
    }
    return taken;
  }

  /** Undoes what a close did, as only a bench may. */
  async cutOffAgain(): Promise<void> {
    const cycle = uuidOf(this.cycleId as never);
    await this.owner.query('begin');
    for (const table of ['settlement_entry', 'net_position', 'directional_total']) {
      await this.owner.query(`delete from ${table} where cycle_id = $1`, [cycle]);
    }
    await this.owner.query(`delete from cycle_step where cycle_id = $1 and to_state <> 'CUT_OFF'`, [cycle]);
    await this.owner.query(`update settlement_cycle set state = 'CUT_OFF', issued_at = null where id = $1`, [cycle]);
    await this.owner.query('commit');
  }
}
