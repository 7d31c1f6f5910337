import { REFUSAL } from '../../hub/client/graph';
import { Fault } from '../../kernel/errors/fault';
import { idFromUuid } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import type { RuleBook } from '../../subgraphs/ledger/core/rule-book';
import type { Bench } from '../benches';
import { openCoalition, purchaseOf, type BenchCoalition } from '../coalition';
import { clusterOf } from '../private-folder';
import { askOnce, deadlocks, serverVersion, warmLog } from '../server-facts';
import { fill, makeBook, openBook, type BenchBook, type BookPlace } from './book';
import { alternate, figuresOf, ratiosOf, wanted, type Case, type Ratios } from './measure';
import { multiplyBook } from './multiply';
import { floor, naive } from './peers';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
const RECORD_MANY = `mutation RecordMany($input: [RecordPurchaseInput!]!) { result: recordPurchases(input: $input) { ${REFUSAL} } }`;
/** So many members earn by themselves, and each is then copied so many times. */
const [MEMBERS, COPIES] = [500, 40];
const LOTS_EACH = 6;
const ROUNDS = 5;
const CASE_MS = 1_500;

/**
 * What the ledger's use cases do in a second against the floor of the same server: one statement that inserts one row and
 * updates one. Cases alternate within the run and medians are kept. Targets: issue 3.
 */
export const benchLedger: Bench = async (run) => {
  const hub = await run.openHub();
  const serverUrl = hub.databases.embeddedUrl!;
  const book = await openBook(await makeFilled(serverUrl, run.tell));
  const orm = await naive(book.url, 64);
  const coalition = await openCoalition(hub, 'ledger', 500);
  await warmLog(serverUrl);
  try {
    const cases = wanted(await casesOf(book, orm, coalition), run.cases);
    const timing = { rounds: run.rounds ?? ROUNDS, caseMs: run.caseMs ?? CASE_MS };
    const outcomes = await alternate(
      cases,
      { url: serverUrl, folder: clusterOf(run.folder) },
      { ...timing, tell: run.tell },
    );
    return {
      postgres: await serverVersion(serverUrl),
      figures: { ...figuresOf(outcomes), deadlocks: await deadlocks(serverUrl) },
      ratios: ratiosOf(outcomes, RATIOS),
    };
  } finally {
    await orm.close();
    await book.close();
    await coalition.close();
  }
};

/** Partners that most cases are about; behind them two with a cap on what they issue: far away, and spent with the first sale. */
const OPEN = 16;
const [FAR, SPENT] = [OPEN, OPEN + 1];

function capped(rules: RuleBook): RuleBook {
  const caps: Readonly<Record<number, bigint>> = { [FAR]: 10n ** 15n, [SPENT]: 12n };
  const contracts = rules.contracts.map((contract, n) => {
    const most = caps[n];
    return most === undefined
      ? contract
      : { ...contract, issuanceCap: { points: points(most), period: 'MONTH' as const } };
  });
  return { ...rules, contracts };
}

/** A book of members who have lots of several issuers. */
async function makeFilled(serverUrl: string, tell: (line: string) => void): Promise<BookPlace> {
  const place = await makeBook(serverUrl, 'bench_ledger', { members: MEMBERS, partners: OPEN + 2, change: capped });
  const book = await openBook(place);
  await fill({ ...book, partners: book.partners.slice(0, OPEN) }, LOTS_EACH);
  await book.close();
  await multiplyBook(place.url, COPIES, tell);
  const rows = await askOnce<{ member_id: string }>(
    place.url,
    'select member_id from member_projection order by random()',
  );
  return { ...place, members: rows.map((row) => idFromUuid('mem', row.member_id)) };
}

/** The floor is measured twice a round, at its beginning and in its middle. */
const FLOOR = ['floor', 'floorAgain'];
const RATIOS: Ratios = {
  earn64_over_floor: ['earn64', FLOOR],
  earn256_over_floor: ['earn256', FLOOR],
  earn64_over_naive: ['earn64', ['naive64']],
  redeem64_over_floor: ['redeem64', FLOOR],
  mix_over_floor: ['mix64', FLOOR],
  hotPartner_over_spread: ['hotPartner64', ['spreadPartners64']],
  capped_over_hot: ['capFar64', ['hotPartner64']],
  capSpent_over_hot: ['capSpent64', ['hotPartner64']],
};

async function casesOf(whole: BenchBook, orm: Case, coalition: BenchCoalition): Promise<Record<string, Case>> {
  const floored = await floor(whole.pool);
  const [far, spent] = [whole.partners[FAR]!, whole.partners[SPENT]!];
  const book = { ...whole, partners: whole.partners.slice(0, OPEN) };
  return {
    floor: floored,
    naive64: orm,
    ...Object.fromEntries([1, 16, 64, 256, 1_024].map((callers) => [`earn${callers}`, earning(book, callers)])),
    redeem64: redeeming(book, 64),
    mix64: mixed(book, 64),
    floorAgain: floored,
    spreadPartners64: earning(book, 64, (n) => book.partners[n % book.partners.length]!),
    hotPartner64: earning(book, 64, () => book.partners[0]!),
    capFar64: earning(book, 64, () => far),
    capSpent64: { callers: 64, once: () => book.earnAtCap(nextMember(book), spent) },
    hotMember64: { callers: 64, once: () => book.earn(book.members[0]!, book.partners[0]!) },
    graphBatch1000: batches(coalition, 1_000),
    gatewaySingle64: singles(coalition, 64),
  };
}

let turn = 0;

/** The members in turn, so that none runs out of points before the others. */
const nextMember = ({ members }: BenchBook) => members[(turn += 1) % members.length]!;

function earning(
  book: BenchBook,
  callers: number,
  partnerOf = (n: number) => book.partners[n % book.partners.length]!,
): Case {
  return { callers, once: () => book.earn(nextMember(book), partnerOf(turn)) };
}

/** Every redemption takes from lots of two issuers. */
function redeeming(book: BenchBook, callers: number): Case {
  return { callers, once: async () => ((await redeemOne(book)) ? 1 : 0) };
}

async function redeemOne(book: BenchBook): Promise<boolean> {
  return book.redeem(nextMember(book), book.partners[turn % book.partners.length]!);
}

/** Seven earns to three redemptions. */
function mixed(book: BenchBook, callers: number): Case {
  const earn = earning(book, callers);
  return { callers, once: () => (turn % 10 < 7 ? earn.once() : redeemOne(book).then((done) => (done ? 1 : 0))) };
}

function singles({ partner, memberIds }: BenchCoalition, callers: number): Case {
  let next = 0;
  const once = async () => {
    await partner.must(RECORD, { input: purchaseOf(memberIds[(next += 1) % memberIds.length]!) });
    return 1;
  };
  return { callers, once };
}

function batches({ partner, memberIds }: BenchCoalition, rows: number): Case {
  const once = async () => {
    const input = Array.from({ length: rows }, (_, place) => purchaseOf(memberIds[place % memberIds.length]!));
    const { result } = await partner.ask<{ result: ({ code?: string } | null)[] }>(RECORD_MANY, { input });
    const refused = result.find((answer) => answer === null || answer.code !== undefined);
    if (refused !== undefined) {
      throw new Fault('HUB_BENCH_REFUSED', `A purchase of the bench was refused: ${refused?.code ?? 'INTERNAL'}`);
    }
    return rows;
  };
  return { callers: 2, once };
}
