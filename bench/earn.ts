import { Pool } from 'pg';
import { REFUSAL } from '../hub/client/graph';
import { runLimited } from '../hub/replay/limiter';
import { Fault } from '../kernel/errors/fault';
import type { Bench } from './benches';
import { median, openCoalition, purchaseOf, rounded, type BenchCoalition } from './coalition';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
const RECORD_MANY = `mutation RecordMany($input: [RecordPurchaseInput!]!) { result: recordPurchases(input: $input) { ${REFUSAL} } }`;
const MEMBERS = 200;
const ROUNDS = 3;
const CASE_MS = 1_500;

/**
 * Purchases a second through the graph over HTTP, single and in calls of many, against the floor of the same machine: one
 * statement that inserts one row into the same PostgreSQL. Cases alternate within the run and medians are kept.
 */
export const benchEarn: Bench = async ({ hub, tell }) => {
  const url = hub.databases.embeddedUrl;
  if (url === null)
    throw new Fault(
      'HUB_BENCH_NEEDS_EMBEDDED',
      'This bench compares with the embedded PostgreSQL; unset HUB_DATABASE_URL_*.',
    );
  const coalition = await openCoalition(hub, 'earn', MEMBERS);
  const pool = new Pool({ connectionString: url, max: 16 });
  try {
    await pool.query(
      'create table if not exists bench_floor (id bigint generated always as identity primary key, body text not null)',
    );
    const cases: Record<string, () => Promise<number>> = {
      floor_per_second: () => floor(pool),
      single_1_per_second: () => singles(coalition, 1),
      single_16_per_second: () => singles(coalition, 16),
      single_64_per_second: () => singles(coalition, 64),
      batch_100_per_second: () => batches(coalition, 100),
      batch_1000_per_second: () => batches(coalition, 1_000),
    };
    const measured = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const [name, run] of Object.entries(cases)) {
        measured.get(name)!.push(await run());
        tell(`round ${round} of ${ROUNDS}: ${name} ${Math.round(measured.get(name)!.at(-1)!)}`);
      }
    }
    const figures = Object.fromEntries([...measured].map(([name, values]) => [name, rounded(median(values))]));
    const { floor_per_second: base = 1, single_64_per_second: single = 1, batch_1000_per_second: batch = 1 } = figures;
    return {
      figures,
      ratios: { graph_over_floor: rounded(single / base), batch_over_single: rounded(batch / single) },
    };
  } finally {
    await pool.query('drop table if exists bench_floor');
    await pool.end();
    await coalition.close();
  }
};

/** Runs something at a concurrency for a while and counts what it did, per second. */
async function rate(concurrency: number, once: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const lanes = Array.from({ length: concurrency });
  await runLimited(lanes, concurrency, async () => {
    while (performance.now() - startedAt < CASE_MS) {
      const more = await once();
      // Added after the wait: `done += await …` would read the sum before it and lose what other lanes add.
      done += more;
    }
  });
  return (done * 1_000) / (performance.now() - startedAt);
}

function floor(pool: Pool): Promise<number> {
  return rate(16, async () => {
    await pool.query({ name: 'floor', text: 'insert into bench_floor (body) values ($1)', values: ['one purchase'] });
    return 1;
  });
}

function singles({ partner, memberIds }: BenchCoalition, concurrency: number): Promise<number> {
  let next = 0;
  return rate(concurrency, async () => {
    await partner.must(RECORD, { input: purchaseOf(memberIds[(next += 1) % memberIds.length]!) });
    return 1;
  });
}

function batches({ partner, memberIds }: BenchCoalition, rows: number): Promise<number> {
  return rate(2, async () => {
    const input = Array.from({ length: rows }, (_, place) => purchaseOf(memberIds[place % memberIds.length]!));
    const { result } = await partner.ask<{ result: ({ code?: string } | null)[] }>(RECORD_MANY, { input });
    const refused = result.find((answer) => answer === null || answer.code !== undefined);
    if (refused !== undefined)
      throw new Fault('HUB_BENCH_REFUSED', `A purchase of the bench was refused: ${refused?.code ?? 'INTERNAL'}`);
    return rows;
  });
}
