import { Client } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import * as ask from '../../testkit/asked';
import { aRuleBook } from '../../testkit/book';
import { announce, codeOf, commandOf, laneOptions } from '../../testkit/lane-book';
import { dropGuards, RecklessBook } from '../../testkit/reckless-book';
import { PostingLanes } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');
const brands = aRuleBook();
const [issuer, redeemer] = brands.brands;
const visits = { id: newId('rul'), partnerId: issuer, action: 'store.visited', points: points(5n), distinctBy: null };
const rules: RuleBook = {
  ...brands,
  actionRules: [{ ...visits, validFrom: brands.opensAt, limit: { count: 3, period: 'DAY' } }],
};

/** Runs a crowd at once, each under its own key unless one is given. @returns what each was told, in order */
type Race = (crowd: readonly ask.Asked[], key?: string) => Promise<string[]>;

let sound: TestDatabase;
let broken: TestDatabase;
/** Two processes of one ledger. */
let processes: [PostingLanes, PostingLanes];
let reckless: RecklessBook;
let keys = 0;
let refs = 0;

beforeAll(async () => {
  sound = await openTestDatabase(ledgerDatabase);
  broken = await openTestDatabase(ledgerDatabase);
  await announce(sound, rules);
  await announce(broken, rules);
  await dropGuards(broken);
  const open = () => new PostingLanes(laneOptions(sound, rules, new FixedClock(NOW)));
  processes = [open(), open()];
  reckless = await RecklessBook.open(broken, rules, NOW);
});
afterAll(async () => {
  await Promise.all(processes.map((lanes) => lanes.close()));
  await reckless.close();
  await sound.drop();
  await broken.drop();
});

const inLanes: Race = async (crowd, key) => {
  const outcomes = await Promise.all(
    crowd.map((asked, n) =>
      (processes[n % 2] as PostingLanes).post(commandOf(asked, rules, key ?? `race-${(keys += 1)}`)),
    ),
  );
  return outcomes.map(codeOf);
};
const recklessly: Race = (crowd, key) => (key === undefined ? reckless.race(crowd) : reckless.raceUnderKey(crowd, key));

/** A race on a sound ledger, and the same on the broken one, each in a book of its own. */
const GROUNDS = [
  { name: 'sound', race: inLanes, database: () => sound },
  { name: 'broken', race: recklessly, database: () => broken },
] as const;
type Ground = (typeof GROUNDS)[number];

const ref = () => `race-${(refs += 1)}`;
const at = (memberId: MemberId, partnerId = issuer) => ({ memberId, partnerId, occurredAt: NOW });
const earn = (memberId: MemberId, amount: bigint) => ask.purchase(at(memberId), ref(), amount * 100n);
const redeem = (memberId: MemberId, amount: bigint) => ask.redemption(at(memberId, redeemer), ref(), amount);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const tally = (codes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

interface Standing {
  readonly balances: string;
  /** What the entries say: they are never written over. */
  readonly byEntries: string;
}

async function standingOf({ database }: Ground, memberId: MemberId): Promise<Standing> {
  const { rows } = await database().pool.query<Standing>(
    `select w.available || '/' || w.held || '/' || w.arrears as balances,
            (select coalesce(sum(e.amount) filter (where e.credit_kind = 'AVAILABLE'), 0)
                      - coalesce(sum(e.amount) filter (where e.debit_kind = 'AVAILABLE'), 0) || '/' ||
                    coalesce(sum(e.amount) filter (where e.credit_kind = 'HELD'), 0)
                      - coalesce(sum(e.amount) filter (where e.debit_kind = 'HELD'), 0) || '/' ||
                    coalesce(sum(e.amount) filter (where e.debit_kind = 'ARREARS'), 0)
                      - coalesce(sum(e.amount) filter (where e.credit_kind = 'ARREARS'), 0)
               from entry e where e.bucket = w.bucket and e.wallet = w.wallet) as "byEntries"
       from wallet w where w.wallet = $1`,
    [uuidOf(memberId)],
  );
  return rows[0] as Standing;
}

/** The version at which the last transaction of a kind was posted. */
async function lastOf({ database }: Ground, memberId: MemberId, kind: string): Promise<bigint> {
  const { rows } = await database().pool.query<{ seq: string }>(
    'select max(seq) as seq from journal_transaction where wallet = $1 and kind = $2',
    [uuidOf(memberId), kind],
  );
  return BigInt(rows[0]?.seq ?? 0);
}

/** What of a race came out wrong; each entry names one thing. */
function faultsOf(expected: object, found: object): string[] {
  const text = (value: unknown) => JSON.stringify(value);
  return Object.entries(expected).flatMap(([name, value]) => {
    const got = (found as Record<string, unknown>)[name];
    return text(got) === text(value) ? [] : [`${name}: ${text(got)} instead of ${text(value)}`];
  });
}

const RACES: Record<string, (ground: Ground) => Promise<string[]>> = {
  'gives 10 of 64 redemptions of one balance their points, and tells 54 that nothing is left': async (ground) => {
    const member = newId('mem');
    await ground.race([earn(member, 100n)]);
    const codes = await ground.race(many(64, () => redeem(member, 10n)));
    const expected = { posted: 10, insufficient: 54, balances: '0/0/0', byEntries: '0/0/0' };
    const { posted, LEDGER_INSUFFICIENT_POINTS: insufficient } = tally(codes);
    return faultsOf(expected, { posted, insufficient, ...(await standingOf(ground, member)) });
  },

  'takes a purchase back five times a fifth and not a sixth time': async (ground) => {
    const member = newId('mem');
    await ground.race([earn(member, 100n)]);
    const purchaseSeq = await lastOf(ground, member, 'EARN');
    const back = () => ask.purchaseReturn(at(member), ref(), { purchaseSeq, amountMinor: 2_000n });
    await ground.race([back()]);
    const codes = await ground.race(many(16, back));
    const { posted, LEDGER_RETURN_EXCEEDS_PURCHASE: refused } = tally(codes);
    const expected = { posted: 4, refused: 12, balances: '0/0/0', byEntries: '0/0/0' };
    return faultsOf(expected, { posted, refused, ...(await standingOf(ground, member)) });
  },

  'undoes a redemption once, however many ask for it in parts': async (ground) => {
    const member = newId('mem');
    await ground.race([earn(member, 60n)]);
    await ground.race([redeem(member, 50n)]);
    const redemptionSeq = await lastOf(ground, member, 'REDEEM');
    const codes = await ground.race(many(16, () => ask.reversal(member, { redemptionSeq, amount: 10n })));
    const { posted, LEDGER_REVERSAL_EXCEEDS_REDEMPTION: refused } = tally(codes);
    const expected = { posted: 5, refused: 11, balances: '60/0/0', byEntries: '60/0/0' };
    return faultsOf(expected, { posted, refused, ...(await standingOf(ground, member)) });
  },

  'ends a hold once: captured or released, never both': async (ground) => {
    const member = newId('mem');
    await ground.race([earn(member, 100n)]);
    const to = { memberId: member, partnerId: redeemer };
    await ground.race([ask.hold(to, { amount: 40n, expiresAt: new Date(NOW.getTime() + 600_000) })]);
    const holdSeq = await lastOf(ground, member, 'HOLD');
    const end = (n: number) =>
      n % 2 === 0 ? ask.capture(to, ref(), { holdSeq, amount: null }) : ask.holdRelease(to, holdSeq);
    const codes = await ground.race(many(8, end));
    const winner = codes.indexOf('posted');
    const left = winner % 2 === 0 ? '60/0/0' : '100/0/0';
    const { posted, LEDGER_HOLD_NOT_OPEN: refused } = tally(codes);
    const expected = { posted: 1, refused: 7, balances: left, byEntries: left };
    return faultsOf(expected, { posted, refused, ...(await standingOf(ground, member)) });
  },

  'moves gifts both ways between two members at once and loses no point': async (ground) => {
    const [ann, ben] = [newId('mem'), newId('mem')];
    await ground.race([earn(ann, 100n)]);
    await ground.race([earn(ben, 100n)]);
    const codes = await ground.race(
      many(60, (n) => (n % 2 === 0 ? ask.transfer(ann, ben, 1n) : ask.transfer(ben, ann, 2n))),
    );
    const found = await Promise.all([ann, ben].map((member) => standingOf(ground, member)));
    const sum = (part: keyof Standing) => found.reduce((total, one) => total + Number(one[part].split('/')[0]), 0);
    const expected = { posted: 60, balances: 200, byEntries: 200, ann: '130/0/0' };
    const { posted } = tally(codes);
    return faultsOf(expected, {
      posted,
      balances: sum('balances'),
      byEntries: sum('byEntries'),
      ann: found[0]?.balances,
    });
  },

  'gives a gift once that is sent 20 times under one key, and until nothing is left under 20 keys': async (ground) => {
    const [ann, ben] = [newId('mem'), newId('mem')];
    await ground.race([earn(ann, 50n)]);
    const gifts = many(20, () => ask.transfer(ann, ben, 10n));
    const once = tally(await ground.race(gifts, 'gift'));
    const after = await standingOf(ground, ann);
    const { posted, LEDGER_INSUFFICIENT_POINTS: refused } = tally(await ground.race(gifts));
    const [giver, receiver] = await Promise.all([ann, ben].map((member) => standingOf(ground, member)));
    return faultsOf(
      { first: 1, again: 19, left: '40/0/0', posted: 4, refused: 16, giver: '0/0/0', receiver: '50/0/0' },
      {
        ...{ first: once.posted, again: once.replayed, left: after.byEntries, posted, refused },
        ...{ giver: giver?.byEntries, receiver: receiver?.byEntries },
      },
    );
  },

  'rewards an action three times a day, however often it is told': async (ground) => {
    const member = newId('mem');
    const visit = () => ask.action(at(member), 'store.visited');
    await ground.race([visit()]);
    const { posted, LEDGER_ALREADY_AWARDED: refused } = tally(await ground.race(many(8, visit)));
    const expected = { posted: 2, refused: 6, balances: '15/0/0', byEntries: '15/0/0' };
    return faultsOf(expected, { posted, refused, ...(await standingOf(ground, member)) });
  },

  'credits one receipt to one of two members who show it at once': async (ground) => {
    const members = many(8, () => newId('mem'));
    const receipt = ref();
    const codes = await ground.race(members.map((member) => ask.purchase(at(member), receipt, 700n)));
    const { posted, LEDGER_DOCUMENT_ALREADY_RECORDED: refused } = tally(codes);
    const { rows } = await ground
      .database()
      .pool.query<{ earned: string }>(
        'select coalesce(sum(points), 0) as earned from purchase where external_ref = $1',
        [receipt],
      );
    return faultsOf({ posted: 1, refused: 7, earned: '7' }, { posted, refused, earned: rows[0]?.earned });
  },
};

/** What comes out wrong on the broken ledger, of each race: the sum that shows it. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  'gives 10 of 64 redemptions of one balance their points, and tells 54 that nothing is left': [
    'byEntries: "-540/0/0" instead of "0/0/0"',
  ],
  'takes a purchase back five times a fifth and not a sixth time': ['byEntries: "-240/0/0" instead of "0/0/0"'],
  'undoes a redemption once, however many ask for it in parts': ['byEntries: "170/0/0" instead of "60/0/0"'],
  'ends a hold once: captured or released, never both': ['byEntries: "220/-280/0" instead of "60/0/0"'],
  // Gifts and rewards each make a lot: of two with one number the database takes the first, so points are missing, not doubled.
  'moves gifts both ways between two members at once and loses no point': ['posted: 2 instead of 60'],
  'gives a gift once that is sent 20 times under one key, and until nothing is left under 20 keys': [
    'first: 5 instead of 1',
    'left: "0/0/0" instead of "40/0/0"',
  ],
  'rewards an action three times a day, however often it is told': ['byEntries: "10/0/0" instead of "15/0/0"'],
  'credits one receipt to one of two members who show it at once': ['earned: "56" instead of "7"'],
};

const [soundGround, brokenGround] = GROUNDS;

describe('a crowd on one account', () => {
  it.each(Object.entries(RACES))('%s', async (_name, race) => {
    expect(await race(soundGround)).toEqual([]);
  });
});

describe('a ledger that decides before it locks', () => {
  // Negative controls: the same crowds, the same rules and the same stores, only without the lock in between.
  it.each(Object.entries(RACES))('is caught where a sound one %s', async (name, race) => {
    expect(await race(brokenGround)).toEqual(expect.arrayContaining(WRONG[name] ?? ['nothing is said of it']));
  });
});

describe('the guards behind the lock', () => {
  it('refuse a balance that was worked out before somebody else changed it', async () => {
    const book = await RecklessBook.open(sound, rules, NOW);
    const member = newId('mem');
    await inLanes([earn(member, 30n)]);
    const [first, second] = await book.race(many(2, () => redeem(member, 10n)));
    expect([first, second?.split(':')[0]]).toEqual(['posted', 'LEDGER_UNBALANCED']);
    await book.close();
    // What the first of the two wrote stands; the second wrote nothing.
    expect(await standingOf(soundGround, member)).toEqual({ balances: '20/0/0', byEntries: '20/0/0' });
  });
});

describe('locks in the order of their keys', () => {
  const deadlocks = async (): Promise<number> => {
    const { rows } = await sound.pool.query<{ deadlocks: string }>(
      `select pg_stat_get_db_deadlocks(oid) as deadlocks from pg_database where datname = current_database()`,
    );
    return Number(rows[0]?.deadlocks);
  };

  it('never wait in a circle, though members give to each other all at once', async () => {
    const members = many(4, () => newId('mem'));
    await inLanes(members.map((member) => earn(member, 100n)));
    const before = await deadlocks();
    const pairs = many(240, (n) => [members[n % 4], members[(n + 1 + (n % 3)) % 4]] as [MemberId, MemberId]);
    const codes = await inLanes(pairs.map(([giver, receiver]) => ask.transfer(giver, receiver, 1n)));
    expect(tally(codes)).toEqual({ posted: 240 });
    expect(await deadlocks()).toBe(before);
    const found = await Promise.all(members.map((member) => standingOf(soundGround, member)));
    expect(found.reduce((sum, { balances }) => sum + Number(balances.split('/')[0]), 0)).toBe(400);
  });

  it('would wait in a circle if each locked its giver first', async () => {
    const [ann, ben] = [newId('mem'), newId('mem')];
    await inLanes([earn(ann, 10n), earn(ben, 10n)]);
    const clients = many(2, () => new Client({ connectionString: sound.url }));
    await Promise.all(clients.map((client) => client.connect()));
    const lock = (n: number, member: MemberId) =>
      clients[n]?.query('select from wallet where wallet = $1 for no key update', [uuidOf(member)]);
    await Promise.all(clients.map((client) => client.query('begin')));
    await Promise.all([lock(0, ann), lock(1, ben)]);
    const ends = await Promise.allSettled([lock(0, ben), lock(1, ann)]);
    await Promise.all(clients.map((client) => client.end()));
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: '40P01' } });
  });
});
