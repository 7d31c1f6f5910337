import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { issuerOf, mintToken } from '../../hub/client/credentials';
import { REFUSAL } from '../../hub/client/graph';
import type { Hub } from '../../hub/composition/open-hub';
import type { MemberId } from '../../kernel/values/id';
import type { BenchRun, Measured } from '../benches';
import { openCoalition, percentile, purchaseOf, rounded, type BenchCoalition } from '../coalition';
import { ClientsProgram } from '../../hub/testkit/clients-program';
import type { ReaderOrder } from '../../hub/testkit/socket-clients';

const MEMBERS = 10_000;
const CREDITS_PER_SECOND = 500;
const ROWS = 25;
const MEASURE_MS = 20_000;
const WARM_UP_MS = 4_000;
const ENROLLING_AT_ONCE = 32;
const QUERY = `subscription Watch($memberId: ID!) { change: balanceChanged(memberId: $memberId) {
  version previousVersion isSnapshot cause { recordedAt } } }`;
const RECORD = `mutation Record($rows: [RecordPurchaseInput!]!) { recordPurchases(input: $rows) { ${REFUSAL} } }`;

/**
 * Ten thousand sockets on one hub in one process, each with its own member, while 500 credits a second are recorded for members in
 * turn: how long after its recording a client has its change, what a socket costs in memory, and whether anybody missed one. The
 * instant is the entry's own, taken just before its commit: the delay holds the commit as well.
 */
export async function measureMembers({ openHub, tell, caseMs, size }: BenchRun): Promise<Measured['figures']> {
  const sockets = size ?? MEMBERS;
  const hub = await openHub();
  const coalition = await openCoalition(hub, 'streams', sockets, ENROLLING_AT_ONCE);
  tell(`${sockets} members enrolled`);
  const clients = new ClientsProgram();
  try {
    const readers = await readersOf(hub, coalition);
    // One socket first: what everything costs once is no part of what each one costs.
    await clients.open(hub.url, readers.slice(0, 1), 1);
    const before = memoryKb();
    const startedAt = performance.now();
    await clients.open(hub.url, readers.slice(1), 64);
    const openedMs = performance.now() - startedAt;
    const after = memoryKb();
    tell(
      `${sockets} sockets open in ${Math.round(openedMs)} ms, ${((after.rss - before.rss) / sockets).toFixed(1)} KB each`,
    );
    await credit(coalition, WARM_UP_MS, clients);
    await clients.report();
    const credits = await credit(coalition, caseMs ?? MEASURE_MS, clients);
    const { delaysMs, gaps, changes, faults } = await clients.report();
    for (const fault of faults) tell(fault);
    return {
      sockets,
      open_ms: Math.round(openedMs),
      kbPerSocket: rounded((after.rss - before.rss) / sockets),
      heapKbPerSocket: rounded((after.heap - before.heap) / sockets),
      credits: credits.count,
      credits_per_second: rounded(credits.perSecond),
      commitToClientP50Ms: rounded(percentile(delaysMs, 0.5)),
      commitToClientP99Ms: rounded(percentile(delaysMs, 0.99)),
      coalesced: credits.count - delaysMs.length,
      gaps: gaps + Math.abs(credits.count - changes) + faults.length,
    };
  } finally {
    await clients.stop();
    await coalition.close();
  }
}

async function readersOf(hub: Hub, { programmeId, memberIds }: BenchCoalition): Promise<ReaderOrder[]> {
  const readers: ReaderOrder[] = [];
  for (const id of memberIds) {
    const member = id as MemberId;
    const token = await mintToken(issuerOf(hub), { role: 'member', programme: programmeId, member, subject: member });
    readers.push({ token, query: QUERY, variables: { memberId: member } });
  }
  return readers;
}

/** Credits at a steady rate, and waits until every one has come. */
async function credit(
  { partner, memberIds }: BenchCoalition,
  forMs: number,
  clients: ClientsProgram,
): Promise<{ count: number; perSecond: number }> {
  const startedAt = performance.now();
  const sent: Promise<number>[] = [];
  let count = 0;
  while (performance.now() - startedAt < forMs) {
    const due = ((performance.now() - startedAt) * CREDITS_PER_SECOND) / 1_000;
    while (count < due) {
      const rows = Array.from({ length: ROWS }, (_, n) => purchaseOf(memberIds[(count + n) % memberIds.length]!));
      sent.push(recorded(partner, rows));
      count += ROWS;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // A member whose enrolment the ledger has not heard of yet is refused; what was not recorded cannot be missed.
  const done = (await Promise.all(sent)).reduce((sum, rows) => sum + rows, 0);
  const perSecond = (done * 1_000) / (performance.now() - startedAt);
  await clients.reached(done);
  return { count: done, perSecond };
}

async function recorded(partner: BenchCoalition['partner'], rows: readonly object[]): Promise<number> {
  const { recordPurchases } = await partner.ask<{ recordPurchases: ({ code?: string } | null)[] }>(RECORD, { rows });
  return recordPurchases.filter((one) => one !== null && one.code === undefined).length;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the process holds now, after what is garbage is gone. */
function memoryKb(): { rss: number; heap: number } {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss: rss / 1_024, heap: (heapUsed + external) / 1_024 };
}
