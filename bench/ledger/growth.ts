import type { Principal } from '../../kernel/context/principal';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { idFromUuid, type MemberId, type PartnerId } from '../../kernel/values/id';
import { readAccounts } from '../../subgraphs/ledger/app/points/read-account';
import type { Bench, BenchRun, Measured } from '../benches';
import { clusterOf } from '../private-folder';
import { askOnce, deadlocks, serverVersion } from '../server-facts';
import { openBook, urlOfDatabase, type BenchBook, type BookPlace } from './book';
import { BOOKS, databaseOf, makeBooks } from './grown-books';
import { alternate, figuresOf, ratiosOf, wanted, type Case, type Ratios } from './measure';
import { sizesOf } from './sizes';

const CALLERS = 64;
/** A bench touches each member about once: only so many are known to it. */
const KNOWN_MAX = 200_000;
const ROUNDS = 5;
const CASE_MS = 3_000;
/**
 * What earning, redeeming and reading a balance do in books of ten thousand, one million and ten million postings, on one
 * server and in turns. The small book is posted by the use cases; the large ones are copies of it under other members. Members
 * are taken evenly from the whole book, so in a large one hardly any is met twice.
 */
export const benchGrowth: Bench = async (run) => {
  const names = Object.keys(wanted(Object.fromEntries(allCases().map((name) => [name, name])), run.cases));
  const sizes = Object.keys(BOOKS).filter((size) => names.some((name) => name.endsWith(`_${size}`)));
  return measureGrowth(run, await makeBooks(run, sizes), { names, sizes });
};

/** Measures books that were made, with the settings of a hub's server. */
export async function measureGrowth(
  run: BenchRun,
  place: BookPlace,
  { names, sizes }: { names: readonly string[]; sizes: readonly string[] },
): Promise<Measured> {
  const { folder, tell, settings } = run;
  const server = await startEmbeddedPostgres({ dataDir: clusterOf(folder), onProgress: tell, settings });
  const books = new Map<string, GrownBook>();
  try {
    for (const size of sizes) {
      const url = urlOfDatabase(server.superuserUrl, databaseOf(size));
      const regulars = await regularsOf(url);
      books.set(size, { ...(await openBook({ ...place, url, members: regulars.map(({ id }) => id) })), regulars });
    }
    const cases = wanted(casesOf(books), names);
    const tested = { url: server.superuserUrl, folder: clusterOf(folder) };
    const timing = { rounds: run.rounds ?? ROUNDS, caseMs: run.caseMs ?? CASE_MS, tell };
    const outcomes = await alternate(cases, tested, timing);
    const figures = { ...figuresOf(outcomes), deadlocks: await deadlocks(server.superuserUrl) };
    return {
      postgres: await serverVersion(server.superuserUrl),
      figures: { ...figures, ...(await allSizes(books)) },
      ratios: ratiosOf(outcomes, RATIOS),
    };
  } finally {
    for (const book of books.values()) await book.close();
    await server.stop();
  }
}

const ACTIVITIES = ['earn', 'redeem', 'balanceRead'] as const;
const allCases = () => ACTIVITIES.flatMap((activity) => Object.keys(BOOKS).map((size) => `${activity}_${size}`));
const RATIOS: Ratios = Object.fromEntries(
  ACTIVITIES.flatMap((activity) =>
    ['1m', '10m'].map((size) => [`${activity}_${size}_over_10k`, [`${activity}_${size}`, [`${activity}_10k`]]]),
  ),
);

/** A member and the partners it goes to. */
interface Regular {
  readonly id: MemberId;
  readonly homes: readonly PartnerId[];
}

interface GrownBook extends BenchBook {
  readonly regulars: readonly Regular[];
}

/** Members of a book in no order. */
async function regularsOf(url: string): Promise<Regular[]> {
  const rows = await askOnce<{ member: string; homes: string[] }>(
    url,
    `select m.member_id as member, array_agg(l.partner_id::text) as homes
       from (select member_id from member_projection order by random() limit $1) m
       join partner_link_projection l using (member_id)
      group by m.member_id order by random()`,
    [KNOWN_MAX],
  );
  return rows.map(({ member, homes }) => ({
    id: idFromUuid('mem', member),
    homes: homes.map((home) => idFromUuid('ptr', home)),
  }));
}

function casesOf(books: ReadonlyMap<string, GrownBook>): Record<string, Case> {
  const each = (activity: string, once: (book: GrownBook, regular: Regular, turn: number) => Promise<number>) =>
    [...books].map(([size, book]): [string, Case] => {
      let turn = 0;
      const next = () => {
        turn += 1;
        return once(book, book.regulars[turn % book.regulars.length]!, turn);
      };
      return [`${activity}_${size}`, { callers: CALLERS, once: next }];
    });
  const home = ({ homes }: Regular, turn: number) => homes[turn % homes.length]!;
  return Object.fromEntries([
    ...each('earn', (book, regular, turn) => book.earn(regular.id, home(regular, turn))),
    ...each('redeem', async (book, regular, turn) => ((await book.redeem(regular.id, home(regular, turn))) ? 1 : 0)),
    ...each('balanceRead', readBalance),
  ]);
}

/** A member's own account, by the use case the graph calls. */
async function readBalance({ asked, rules }: GrownBook, { id }: Regular): Promise<number> {
  const member: Principal = { kind: 'member', programmeId: rules.programmeId, memberId: id };
  const [account] = await readAccounts(asked, member, [id]);
  if (account?.version === undefined || account.version === 0n) throw new Error('bench: an account without postings');
  return 1;
}

/** Sizes and bloat of every book, after the measuring. */
async function allSizes(books: ReadonlyMap<string, GrownBook>): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [size, { url }] of books) {
    for (const [name, value] of Object.entries(await sizesOf(url))) figures[`${name}_${size}`] = value;
  }
  return figures;
}
