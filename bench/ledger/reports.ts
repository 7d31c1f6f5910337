import type { Principal } from '../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../kernel/errors/refusal';
import { FixedClock } from '../../kernel/values/clock';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { readContractLiability, readPointLiability } from '../../subgraphs/ledger/app/reports/read-liability';
import { rollUpInSteps } from '../../subgraphs/ledger/app/settlement/roll-up';
import { monthAfter, type Month } from '../../subgraphs/ledger/core/reports/vintage';
import { VINTAGES_ROLLED_UP } from '../../subgraphs/ledger/data/reports/vintage-roll-up.store';
import { scanJournal } from '../../subgraphs/ledger/testkit/journal-scan';
import type { Bench, BenchRun } from '../benches';
import { median, rounded } from '../coalition';
import { clusterOf } from '../private-folder';
import { askOnce, serverVersion } from '../server-facts';
import { makeBook, openBook, urlOfDatabase, type BenchBook } from './book';
import { wanted } from './measure';
import { multiplyBook } from './multiply';

/** So many members have two years by the use cases: a purchase a month at one of the partners, and points spent every third. */
const [MODELS, PARTNERS, MONTHS, SPENDING_EVERY] = [100, 16, 24, 3];
const FIRST_MONTH: Month = '2024-01';
const LAST_MONTH = monthAfter(FIRST_MONTH, MONTHS - 1);
/** How often they are copied, by the postings that makes. */
const COPIES: Readonly<Record<string, number>> = { '10k': 3, '1m': 312, '10m': 3_125 };
const [ROUNDS, READS] = [3, 5];
/** Postings that no pass has seen yet. */
const TAIL = 1_000;

/**
 * Reports of liability over journals of different lengths that say the same: two years, 16 issuers, 24 vintages each. Each is read as the
 * graph reads it, in turn with the same figures made by reading the whole journal, which they are compared with.
 */
export const benchReports: Bench = async (run) => {
  const figures: Record<string, number> = {};
  const settings = run.settings;
  const server = await startEmbeddedPostgres({ dataDir: clusterOf(run.folder), onProgress: run.tell, settings });
  try {
    const sizes = Object.keys(wanted(COPIES, run.cases));
    for (const size of sizes) {
      for (const [name, value] of Object.entries(await measureSize(run, server.superuserUrl, size)))
        figures[`${name}_${size}`] = value;
    }
    return { postgres: await serverVersion(server.superuserUrl), figures, ratios: ratiosOf(figures, sizes) };
  } finally {
    await server.stop();
  }
};

/** What ten or a hundred times as many postings cost a report, and what reading them all costs beside it. */
function ratiosOf(figures: Readonly<Record<string, number>>, sizes: readonly string[]): Record<string, number> {
  const of = (name: string) => figures[name] ?? Number.NaN;
  const growths = sizes.flatMap((size, n) => {
    const smaller = sizes[n - 1];
    return smaller === undefined
      ? []
      : (['liability', 'rollForward', 'scan'] as const).map((name): [string, number] => [
          `${name}_${size}_over_${smaller}`,
          rounded(of(`${name}_ms_${size}`) / of(`${name}_ms_${smaller}`)),
        ]);
  });
  const beside = sizes.map((size): [string, number] => [
    `scan_over_liability_${size}`,
    rounded(of(`scan_ms_${size}`) / of(`liability_ms_${size}`)),
  ]);
  return Object.fromEntries([...growths, ...beside]);
}

async function measureSize(
  { tell, rounds }: BenchRun,
  serverUrl: string,
  size: string,
): Promise<Record<string, number>> {
  const name = `bench_reports_${size}`;
  const place = await makeBook(serverUrl, name, { members: MODELS, partners: PARTNERS });
  const clock = new FixedClock(middleOf(FIRST_MONTH));
  const models = await openBook(place, clock);
  await liveTwoYears(models, clock);
  await models.close();
  await multiplyBook(urlOfDatabase(serverUrl, name), COPIES[size] ?? 1, tell);
  const book = await openBook(place, clock);
  try {
    const [{ postings } = { postings: '0' }] = await askOnce<{ postings: string }>(
      place.url,
      'select count(*) as postings from journal_transaction',
    );
    const startedAt = performance.now();
    await rollUpInSteps(book.running.ledger.database, VINTAGES_ROLLED_UP);
    const rollUpMs = performance.now() - startedAt;
    tell(`${size}: ${postings} postings rolled up in ${Math.round(rollUpMs)} ms`);
    const taken: Taken = { liability: [], rollForward: [], past: [], scan: [], tail: [] };
    for (let round = 1; round <= (rounds ?? ROUNDS); round += 1) {
      await takeTurns(book, taken);
      tell(`${size}, round ${round}: ${Math.round(taken.scan.at(-1) ?? 0)} ms by reading the whole journal`);
    }
    for (let one = 0; one < TAIL; one += 1)
      await book.earn(book.members[one % MODELS]!, book.partners[one % PARTNERS]!);
    for (let read = 0; read < READS; read += 1) taken.tail.push((await timed(() => liability(book, LAST_MONTH))).ms);
    await compare(book);
    const [{ groups } = { groups: '0' }] = await askOnce<{ groups: string }>(
      place.url,
      'select count(*) as groups from vintage_flow',
    );
    return {
      ...{ postings: Number(postings), groups: Number(groups) },
      rollUp_postings_per_second: rounded(Number(postings) / (rollUpMs / 1_000)),
      liability_ms: rounded(median(taken.liability)),
      liability_yearBefore_ms: rounded(median(taken.past)),
      liability_tailOf1000_ms: rounded(median(taken.tail)),
      rollForward_ms: rounded(median(taken.rollForward)),
      scan_ms: rounded(median(taken.scan)),
    };
  } finally {
    await book.close();
  }
}

type Taken = Readonly<Record<'liability' | 'rollForward' | 'past' | 'scan' | 'tail', number[]>>;

async function takeTurns(book: BenchBook, taken: Taken): Promise<void> {
  for (let read = 0; read < READS; read += 1) {
    taken.liability.push((await timed(() => liability(book, LAST_MONTH))).ms);
    taken.past.push((await timed(() => liability(book, monthAfter(LAST_MONTH, -12)))).ms);
    taken.rollForward.push((await timed(() => rollForward(book))).ms);
  }
  const { answer, ms } = await timed(() => scan(book));
  taken.scan.push(ms);
  expectSame(await liability(book, LAST_MONTH), answer);
}

async function compare(book: BenchBook): Promise<void> {
  expectSame(await liability(book, LAST_MONTH), await scan(book));
}

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const startedAt = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - startedAt };
}

const middleOf = (month: Month): Date => new Date(`${month}-15T12:00:00Z`);

async function liveTwoYears({ members, partners, earn, redeem }: BenchBook, clock: FixedClock): Promise<void> {
  for (let month = 0; month < MONTHS; month += 1) {
    clock.set(middleOf(monthAfter(FIRST_MONTH, month)));
    await Promise.all(members.map((member, n) => earn(member, partners[(n + month) % PARTNERS]!)));
    if (month % SPENDING_EVERY !== SPENDING_EVERY - 1) continue;
    await Promise.all(members.map((member, n) => redeem(member, partners[(n * 7 + month) % PARTNERS]!)));
  }
}

const adminOf = ({ rules }: BenchBook): Principal => ({
  ...{ kind: 'admin', programmeId: rules.programmeId, subject: 'ada' },
});
const ledgerOf = ({ asked, rules }: BenchBook) => ({ ...asked, book: async () => rules });

function orThrow<T extends object>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(`bench: a report was refused: ${answer.code} ${answer.message}`);
  return answer;
}

async function liability(book: BenchBook, through: Month) {
  return orThrow(await readPointLiability(ledgerOf(book), adminOf(book), { through, issuerId: null })).vintages;
}

async function rollForward(book: BenchBook) {
  const asked = { from: monthAfter(LAST_MONTH, -2), through: LAST_MONTH, issuerId: null };
  return orThrow(await readContractLiability(ledgerOf(book), adminOf(book), asked)).issuers;
}

function scan({ pool, rules }: BenchBook) {
  const { programmeId, timeZone } = rules;
  return scanJournal(pool, { programmeId, timeZone, before: middleOf(monthAfter(LAST_MONTH)) });
}

/** A report that was fast and wrong would be no report. */
function expectSame(vintages: Awaited<ReturnType<typeof liability>>, scanned: Awaited<ReturnType<typeof scan>>): void {
  const sum = (values: readonly (bigint | string | null | undefined)[]) =>
    values.reduce<bigint>((all, one) => all + BigInt(one ?? 0), 0n);
  const told = {
    issued: sum(vintages.map(({ issued }) => issued)),
    redeemed: sum(vintages.map(({ redeemed }) => redeemed)),
    allocated: sum(vintages.map(({ allocatedMicros }) => allocatedMicros)),
    members: sum(vintages.map(({ members }) => members)),
  };
  const read = {
    issued: sum(scanned.flows.map(({ issued }) => issued)),
    redeemed: sum(scanned.flows.map(({ redeemed }) => redeemed)),
    allocated: sum(scanned.flows.map(({ allocated_micros }) => allocated_micros)),
    members: sum(scanned.members.filter(({ vintage }) => vintage !== null).map(({ members }) => members)),
  };
  const differing = (Object.keys(told) as (keyof typeof told)[]).filter((name) => told[name] !== read[name]);
  if (differing.length > 0 || told.issued === 0n)
    throw new Error(`bench: a report is not the journal in ${differing.join(', ')}`);
}
