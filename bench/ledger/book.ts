import { Pool } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import { openDatabase } from '../../kernel/db/database';
import { migrate } from '../../kernel/db/migrate';
import { provisionDatabase, urlFor, type DatabaseAccount } from '../../kernel/db/provision';
import { inTransaction } from '../../kernel/db/transaction';
import { isRefusal } from '../../kernel/errors/refusal';
import { newId, newOpaqueId, uuidOf, type MemberId, type PartnerId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { systemClock, type Clock } from '../../kernel/values/clock';
import { recordPurchase } from '../../subgraphs/ledger/app/movements/record-purchase';
import { redeemPoints } from '../../subgraphs/ledger/app/movements/redeem-points';
import type { Ledger } from '../../subgraphs/ledger/app/ledger';
import { openLedger, type RunningLedger } from '../../subgraphs/ledger/app/open-ledger';
import type { RuleBook } from '../../subgraphs/ledger/core/rule-book';
import { ledgerDatabase } from '../../subgraphs/ledger/data/database';
import { saveRuleBook } from '../../subgraphs/ledger/data/programme.store';
import { aContract, announcementOf, aRuleBook } from '../../subgraphs/ledger/testkit/book';

const PARTNERS = 16;
/** As in a hub: what is measured runs as a role that owns nothing and that row security holds. */
const [OWNER, APPLICATION] = ['bench_owner', 'bench'].map((role) => ({ role, password: 'bench' })) as [
  DatabaseAccount,
  DatabaseAccount,
];

/** A database with the rules and members of a book, before and between openings. */
export interface BookPlace {
  /** The superuser's URL of the database. */
  readonly url: string;
  readonly rules: RuleBook;
  readonly members: readonly MemberId[];
}

/** A ledger over a database of its own. */
export interface BenchBook extends BookPlace {
  readonly pool: Pool;
  readonly partners: readonly PartnerId[];
  readonly running: RunningLedger;
  /** The ledger as a request of the programme has it. */
  readonly asked: Ledger;
  /** Records a purchase of 12 points by the use case the graph calls. */
  earn(memberId: MemberId, partnerId: PartnerId): Promise<number>;
  /** The same of a partner that may issue no more: counted when it is refused for that. */
  earnAtCap(memberId: MemberId, partnerId: PartnerId): Promise<number>;
  /** Redeems points, if nothing else is said 15, which takes from two lots; `false` when the member has none left. */
  redeem(memberId: MemberId, partnerId: PartnerId, amount?: bigint): Promise<boolean>;
  close(): Promise<void>;
}

/** The database of a server; the URL keeps all else. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  return serverUrl.replace(/\/[^/]*$/, `/${name}`);
}

/**
 * Makes a database with a rule book and members, whose links came with events as far as the ledger can tell.
 *
 * @param serverUrl the superuser's
 * @param partnersOf the partners a member is linked to by its number; default: all
 * @param change      what the rules have besides a base rate for each partner; default: nothing
 */
export async function makeBook(
  serverUrl: string,
  name: string,
  {
    members: count,
    partners = PARTNERS,
    partnersOf,
    change = (rules) => rules,
  }: {
    members: number;
    partners?: number;
    partnersOf?: (member: number) => readonly number[];
    change?: (rules: RuleBook) => RuleBook;
  },
): Promise<BookPlace> {
  const { owner } = await provisionDatabase(serverUrl, { name, owner: OWNER, application: APPLICATION });
  const url = urlOfDatabase(serverUrl, name);
  const database = await openDatabase({ ...ledgerDatabase, url: owner, poolSize: 2 });
  const rules = change(rulesOfMany(partners));
  const members = Array.from({ length: count }, () => newOpaqueId('mem'));
  try {
    await migrate(database, { applicationRole: APPLICATION.role });
    const { programmeId, version, isSandbox, currency, opensAt } = rules;
    const payload = announcementOf(rules);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    const everyone = rules.partners.map((_, partner) => partner);
    await enrol(database.pool, { rules, members, partnersOf: partnersOf ?? (() => everyone) });
  } finally {
    await database.close();
  }
  return { url, rules, members };
}

/** Opens the ledger over a book that was made; by a clock of its own if months are to pass. */
export async function openBook(place: BookPlace, clock: Clock = systemClock): Promise<BenchBook> {
  const { url, rules } = place;
  const name = new URL(url).pathname.slice(1);
  const database = await openDatabase({ ...ledgerDatabase, url: urlFor(url, { name, ...APPLICATION }), poolSize: 16 });
  const partners = rules.partners.map(({ id }) => id);
  const pool = new Pool({ connectionString: url, max: 16 });
  const running = await openLedger(
    { database, clock, secrets: SECRETS, peers: NOBODY },
    { lanes: 2, batchMax: 500, reactions: {} },
  );
  const by = new Map(partners.map((partnerId) => [partnerId, keyOf(rules, partnerId)]));
  const run = Date.now().toString(36);
  let receipts = 0;
  const receipt = () => {
    const externalRef = `bench-${run}-${(receipts += 1)}`;
    return { idempotencyKey: externalRef, externalRef, occurredAt: clock.now() };
  };
  const sell = (id: MemberId, partnerId: PartnerId) => {
    const amount = { amountMinor: 1_250n, currency: 'EUR' };
    return recordPurchase(running.ledger, by.get(partnerId)!, { ...receipt(), member: { id }, amount });
  };
  return {
    ...{ ...place, pool, partners, running },
    asked: { ...running.ledger, database: database.within(rules.programmeId) },
    earn: async (id, partnerId) => {
      const posted = await sell(id, partnerId);
      if (isRefusal(posted)) throw new Error(`bench: an earn was refused: ${posted.code} ${posted.message}`);
      return 1;
    },
    earnAtCap: async (id, partnerId) => {
      const posted = await sell(id, partnerId);
      if (!isRefusal(posted) || posted.code === 'LEDGER_ISSUANCE_CAP_REACHED') return 1;
      throw new Error(`bench: an earn was refused: ${posted.code} ${posted.message}`);
    },
    redeem: async (id, partnerId, amount = 15n) => {
      const wish = { ...receipt(), member: { id }, points: points(amount) };
      const posted = await redeemPoints(running.ledger, by.get(partnerId)!, wish);
      if (!isRefusal(posted)) return true;
      if (posted.code === 'LEDGER_INSUFFICIENT_POINTS') return false;
      throw new Error(`bench: a redemption was refused: ${posted.code} ${posted.message}`);
    },
    close: async () => {
      await running.stop();
      await pool.end();
      await database.close();
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

/** Partners that issue and redeem, each with a fee on what it issues. */
function rulesOfMany(partners: number): RuleBook {
  const base = aRuleBook({ pointsValidityDays: 730 });
  const ids = Array.from({ length: partners }, () => newId('ptr'));
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
  book: { rules: RuleBook; members: readonly MemberId[]; partnersOf: (member: number) => readonly number[] },
): Promise<void> {
  const { rules, members, partnersOf } = book;
  const programme = uuidOf(rules.programmeId);
  await pool.query(
    `insert into member_projection (programme_id, member_id, enrolled_at) select $1, m, now() from unnest($2::uuid[]) m`,
    [programme, members.map(uuidOf)],
  );
  const links = members.flatMap((member, n) =>
    partnersOf(n).map((partner) => [uuidOf(member), uuidOf(rules.partners[partner]!.id)] as const),
  );
  await pool.query(
    `insert into partner_link_projection (programme_id, member_id, partner_id, state)
     select $1, l.member, l.partner, 'OPEN' from unnest($2::uuid[], $3::uuid[]) as l(member, partner)`,
    [programme, links.map(([member]) => member), links.map(([, partner]) => partner)],
  );
}

/** Gives every member so many lots, of different issuers. */
export async function fill({ earn, members, partners }: BenchBook, lots: number): Promise<void> {
  for (let lot = 0; lot < lots; lot += 1)
    await Promise.all(members.map((member, n) => earn(member, partners[(n + lot) % partners.length]!)));
}
