import { Pool } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import { openDatabase } from '../../kernel/db/database';
import { migrate } from '../../kernel/db/migrate';
import { inTransaction } from '../../kernel/db/transaction';
import { isRefusal } from '../../kernel/errors/refusal';
import { newId, newOpaqueId, uuidOf, type MemberId, type PartnerId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { systemClock } from '../../kernel/values/clock';
import { recordPurchase } from '../../subgraphs/ledger/app/movements/record-purchase';
import { redeemPoints } from '../../subgraphs/ledger/app/movements/redeem-points';
import { openLedger, type RunningLedger } from '../../subgraphs/ledger/app/open-ledger';
import type { RuleBook } from '../../subgraphs/ledger/core/rule-book';
import { ledgerDatabase } from '../../subgraphs/ledger/data/database';
import { saveRuleBook } from '../../subgraphs/ledger/data/programme.store';
import { aContract, announcementOf, aRuleBook } from '../../subgraphs/ledger/testkit/book';

const PARTNERS = 16;

/** A ledger over a database of its own, with many members who are open to every partner. */
export interface BenchBook {
  readonly pool: Pool;
  readonly url: string;
  readonly rules: RuleBook;
  readonly partners: readonly PartnerId[];
  readonly members: readonly MemberId[];
  readonly running: RunningLedger;
  /** Records a purchase of 12 points by the use case the graph calls. */
  earn(memberId: MemberId, partnerId: PartnerId): Promise<number>;
  /** Redeems 15 points, which takes from two lots; `false` when the member has none left. */
  redeem(memberId: MemberId, partnerId: PartnerId): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a ledger in a fresh database of a server.
 *
 * @param serverUrl the superuser's
 */
export async function openBook(serverUrl: string, name: string, memberCount: number): Promise<BenchBook> {
  const admin = new Pool({ connectionString: serverUrl, max: 1 });
  await admin.query(`drop database if exists "${name}" with (force)`);
  await admin.query(`create database "${name}"`);
  const url = serverUrl.replace(/\/[^/]*$/, `/${name}`);
  const database = await openDatabase({ ...ledgerDatabase, url, poolSize: 16 });
  await migrate(database);
  const rules = rulesOfMany();
  const { programmeId, version, isSandbox, currency, opensAt } = rules;
  const payload = announcementOf(rules);
  await inTransaction(database, (tx) =>
    saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
  );
  const members = Array.from({ length: memberCount }, () => newOpaqueId('mem'));
  const partners = rules.partners.map(({ id }) => id);
  const pool = new Pool({ connectionString: url, max: 16 });
  // Dropping the database in the end may meet a connection that is still on its way out.
  pool.on('error', () => undefined);
  await enrol(pool, { programmeId, members, partners });
  const running = await openLedger(
    { database, clock: systemClock, secrets: SECRETS, peers: NOBODY },
    { lanes: 2, batchMax: 500, reactions: {} },
  );
  let receipts = 0;
  const by = new Map(partners.map((partnerId) => [partnerId, keyOf(rules, partnerId)]));
  const receipt = () => {
    const externalRef = `bench-${(receipts += 1)}`;
    return { idempotencyKey: externalRef, externalRef, occurredAt: new Date() };
  };
  return {
    ...{ pool, url, rules, partners, members, running },
    earn: async (id, partnerId) => {
      const amount = { amountMinor: 1_250n, currency: 'EUR' };
      const posted = await recordPurchase(running.ledger, by.get(partnerId)!, { ...receipt(), member: { id }, amount });
      if (isRefusal(posted)) throw new Error(`bench: an earn was refused: ${posted.code} ${posted.message}`);
      return 1;
    },
    redeem: async (id, partnerId) => {
      const wish = { ...receipt(), member: { id }, points: points(15n) };
      const posted = await redeemPoints(running.ledger, by.get(partnerId)!, wish);
      if (!isRefusal(posted)) return true;
      if (posted.code === 'LEDGER_INSUFFICIENT_POINTS') return false;
      throw new Error(`bench: a redemption was refused: ${posted.code} ${posted.message}`);
    },
    close: async () => {
      await running.stop();
      await pool.end();
      await database.close();
      await admin.query(`drop database if exists "${name}" with (force)`);
      await admin.end();
    },
  };
}

const SECRETS = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
const absent = (): never => {
  throw new Error('bench: nobody else is there to be asked');
};
const NOBODY = {
  link: () => ({ name: 'members', execute: absent, subscribe: absent, close: async () => undefined }),
  feed: () => ({ read: async () => [] }),
} as never;

/** Sixteen partners that issue and redeem, each with a fee on what it issues. */
function rulesOfMany(): RuleBook {
  const base = aRuleBook({ pointsValidityDays: 730 });
  const ids = Array.from({ length: PARTNERS }, () => newId('ptr'));
  const [rule] = base.earningRules;
  return {
    ...base,
    partners: ids.map((id, n) => ({ id, code: `P${n}`, canIssue: true, canRedeem: true, status: 'ACTIVE' as const })),
    contracts: ids.map((id) => aContract(id, { reimbursementMicros: 8_000n, feeMicros: 500n })),
    earningRules: ids.map((partnerId) => ({ ...rule!, id: newId('rul'), partnerId })),
  };
}

function keyOf({ programmeId }: RuleBook, partnerId: PartnerId): Principal {
  return { kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes: ['points:earn', 'points:redeem'] };
}

/** Members and their links as events would have brought them, all at once. */
async function enrol(
  pool: Pool,
  {
    programmeId,
    members,
    partners,
  }: { programmeId: string; members: readonly MemberId[]; partners: readonly PartnerId[] },
): Promise<void> {
  const [programme, wallets] = [uuidOf(programmeId as never), members.map(uuidOf)];
  await pool.query(
    `insert into member_projection (programme_id, member_id, enrolled_at) select $1, m, now() from unnest($2::uuid[]) m`,
    [programme, wallets],
  );
  await pool.query(
    `insert into partner_link_projection (programme_id, member_id, partner_id, state)
     select $1, m, p, 'OPEN' from unnest($2::uuid[]) m, unnest($3::uuid[]) p`,
    [programme, wallets, partners.map(uuidOf)],
  );
}

/** Gives every member so many lots, of different issuers. */
export async function fill(book: BenchBook, lots: number, tell: (line: string) => void): Promise<void> {
  const each = 500;
  for (let from = 0; from < book.members.length; from += each) {
    const some = book.members.slice(from, from + each);
    const earns = some.flatMap((member, n) =>
      Array.from({ length: lots }, (_, lot) => book.earn(member, book.partners[(n + lot) % book.partners.length]!)),
    );
    await Promise.all(earns);
    if (from % 5_000 === 0) tell(`filled ${from + some.length} of ${book.members.length} accounts`);
  }
  await book.pool.query('vacuum analyze');
}
