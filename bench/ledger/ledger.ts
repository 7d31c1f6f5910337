import { join } from 'node:path';
import { Pool } from 'pg';
import { REFUSAL } from '../../hub/client/graph';
import { Fault } from '../../kernel/errors/fault';
import type { Bench } from '../benches';
import { openCoalition, purchaseOf, rounded, type BenchCoalition } from '../coalition';
import { fill, openBook, type BenchBook } from './book';
import { alternate, figuresOf, type Case } from './measure';
import { floor, naive } from './peers';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
const RECORD_MANY = `mutation RecordMany($input: [RecordPurchaseInput!]!) { result: recordPurchases(input: $input) { ${REFUSAL} } }`;
const MEMBERS = 10_000;
const LOTS_EACH = 6;
const ROUNDS = 5;
const CASE_MS = 1_500;

/**
 * What the ledger's use cases do in a second against the floor of the same server: one statement that inserts one row and
 * updates one. Cases alternate within the run and medians are kept. Targets: issue 3.
 */
export const benchLedger: Bench = async ({ hub, tell }) => {
  const serverUrl = hub.databases.embeddedUrl;
  if (serverUrl === null) {
    const message = 'This bench compares with the embedded PostgreSQL; unset HUB_DATABASE_URL_*.';
    throw new Fault('HUB_BENCH_NEEDS_EMBEDDED', message);
  }
  const book = await openBook(serverUrl, 'bench_ledger', MEMBERS);
  const orm = await naive(book.url, 64);
  const coalition = await openCoalition(hub, 'ledger', 500);
  try {
    await fill(book, LOTS_EACH, tell);
    const floored = await floor(book.pool);
    const cases: Record<string, Case> = {
      floor: floored,
      naive64: orm,
      ...Object.fromEntries([1, 16, 64, 256, 1_024].map((callers) => [`earn${callers}`, earning(book, callers)])),
      redeem64: redeeming(book, 64),
      mix64: mixed(book, 64),
      floorAgain: floored,
      spreadPartners64: earning(book, 64, (n) => book.partners[n % book.partners.length]!),
      hotPartner64: earning(book, 64, () => book.partners[0]!),
      hotMember64: { callers: 64, once: () => book.earn(book.members[0]!, book.partners[0]!) },
      graphBatch1000: batches(coalition, 1_000),
      gatewaySingle64: singles(coalition, 64),
    };
    const serverFolder = join(hub.config.dataDir, 'postgres');
    const outcomes = await alternate(cases, { rounds: ROUNDS, caseMs: CASE_MS, serverFolder, tell });
    const base = (outcomes.floor!.rate + outcomes.floorAgain!.rate) / 2;
    const over = (name: string, than = base) => rounded(outcomes[name]!.rate / than);
    return {
      figures: { ...figuresOf(outcomes), deadlocks: await deadlocks(serverUrl) },
      ratios: {
        earn64_over_floor: over('earn64'),
        earn256_over_floor: over('earn256'),
        earn64_over_naive: over('earn64', outcomes.naive64!.rate),
        redeem64_over_floor: over('redeem64'),
        mix_over_floor: over('mix64'),
        hotPartner_over_spread: over('hotPartner64', outcomes.spreadPartners64!.rate),
      },
    };
  } finally {
    await orm.close();
    await book.close();
    await coalition.close();
  }
};

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

async function deadlocks(serverUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: serverUrl, max: 1 });
  const { rows } = await pool.query<{ count: string }>('select sum(deadlocks) as count from pg_stat_database');
  await pool.end();
  return Number(rows[0]?.count ?? 0);
}
