import { isRefusal } from '../../../../kernel/errors/refusal';
import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { sqlStateOf } from '../../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { openLog } from '../../../../kernel/telemetry/log';
import { newId, newOpaqueId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { FixedClock } from '../../../../kernel/values/clock';
import { points } from '../../../../kernel/values/points';
import { planDirectAccrual } from '../../core/movements/direct-accrual';
import { planPurchaseReturn } from '../../core/movements/purchase-return';
import { planReversal } from '../../core/movements/reversal';
import { planPurchase } from '../../core/movements/purchase';
import { ledgerDatabase } from '../../data/database';
import { JOURNAL_TABLES } from '../../data/points/journal-tables';
import { TermsShelf } from '../../data/points/terms.store';
import { aContract, aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { earningOf, intentOf, NO_NEEDS, walletOf } from '../points/posting-command';
import { aCampaign, aPurchaseRule } from '../../testkit/rules';
import { PostingLanes } from '../points/posting-lanes';
import { guardAll, guardWindow, sealBook } from './stop-wrong-accounts';
import { readFreezes, unfreezeAccount } from './unfreeze-account';
import { verifyDue } from './rounds';
import { verifyChains } from './verify-chains';

const NOW = new Date('2026-03-10T12:00:00Z');
const log = openLog('test', 'silent');
const quiet = () => undefined;
const plain = aRuleBook({ pointsValidityDays: 400, reversalGraceDays: 500 });
const [issuer, redeemer] = plain.brands;
const rules = {
  ...plain,
  // So that a purchase has an explanation to keep, a list of what gave nothing, and a lot of a campaign.
  purchaseRules: [
    aPurchaseRule(issuer, { campaign: aCampaign(issuer) }),
    aPurchaseRule(issuer, { segments: ['others'] }),
  ],
  contracts: [
    aContract(issuer, { settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n }),
    aContract(redeemer, { feeMicros: 7n }),
  ],
};

let database: TestDatabase;
let book: TestBook;
let victim: MemberId;
let neighbour: MemberId;
beforeEach(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, NOW);
  [victim, neighbour] = [newOpaqueId('mem'), newOpaqueId('mem')];
  for (const member of [victim, neighbour]) await liveALittle(member);
});
afterEach(async () => {
  await book.close();
  await database.drop();
});

/** Something in every table of the journal. */
async function liveALittle(member: MemberId): Promise<void> {
  const bought = await book.buy(member, issuer, 100n);
  const spent = await book.redeem(member, redeemer, 30n, { amountMinor: 250n, currency: 'EUR' });
  const undo = { redemptionSeq: spent, partnerId: redeemer, points: points(10n), reason: 'wrong size' };
  await book.post(member, (wallet, facts) => planReversal(wallet, undo, facts), { needs: { redemptions: [spent] } });
  const goods = {
    purchaseSeq: bought,
    partnerId: issuer,
    externalRef: newId('txn'),
    amountMinor: 1_000n,
    currency: 'EUR',
  };
  await book.post(member, (wallet, facts) => planPurchaseReturn(wallet, { ...goods, occurredAt: NOW }, facts), {
    needs: { purchases: [bought] },
    document: [issuer, 'RETURN', goods.externalRef],
  });
  const bonus = {
    issuerId: redeemer,
    points: points(5n),
    occurredAt: NOW,
    expiresAt: null,
    funding: null,
    isPending: false,
  };
  await book.post(member, (wallet, facts) => {
    const plan = planDirectAccrual(wallet, { ...bonus, kind: 'EARN', externalRef: null, reason: 'survey' }, facts);
    if (isRefusal(plan)) return plan;
    return { ...plan, award: { partnerId: redeemer, action: 'survey', occasion: '', occurredAt: NOW } };
  });
}

/** What was found of chains, seals and terms, in this order. */
const chains = async () => {
  const found = new Map((await verifyChains(database, quiet)).map((finding) => [finding.name, finding]));
  return ['chain-names-no-changed-row', 'seals-hold', 'shared-rows-are-what-their-id-says'].map((name) => {
    const finding = found.get(name);
    return { total: finding?.total, first: finding?.rows[0] };
  });
};
const WELL = { total: 0, first: undefined };

/** Changes a value into another of its type. */
const other: Readonly<Record<string, (column: string) => string>> = {
  smallint: (column) => `coalesce(${column}, 0) + 1000`,
  integer: (column) => `coalesce(${column}, 0) + 1000`,
  bigint: (column) => `coalesce(${column}, 0) + 1000`,
  uuid: () => 'gen_random_uuid()',
  ref: () => 'gen_random_uuid()',
  text: (column) => `coalesce(${column}, '') || '?'`,
  word: (column) => `coalesce(${column}, '') || '?'`,
  bytea: (column) => `coalesce(${column}, '') || '\\x00'::bytea`,
  jsonb: () => `'[{"sku":"changed"}]'::jsonb`,
  instant: (column) => `coalesce(${column}, now()) + interval '1 millisecond'`,
};
const KEYS = ['bucket', 'wallet', 'seq'];
const COLUMNS = Object.entries<Readonly<Record<string, string>>>(JOURNAL_TABLES).flatMap(([table, columns]) =>
  Object.entries(columns)
    .filter(([name]) => !KEYS.includes(name))
    .map(([name, type]) => [table, name, type] as const),
);

describe('tampering', () => {
  it('is refused to the application, whatever table of the book it tries', async () => {
    for (const table of Object.keys(JOURNAL_TABLES)) {
      for (const statement of [`update ${table} set seq = seq`, `delete from ${table}`]) {
        const state = await database.pool.query(statement).then(() => 'done', sqlStateOf);
        expect([table, statement, state]).toEqual([table, statement, '42501']);
      }
    }
  });

  it('with any cell of any row by the owner shows, and the row is named: its account, version, table and place', async () => {
    expect(await chains()).toEqual([WELL, WELL, WELL]);
    const unseen: string[] = [];
    for (const [table, column, type] of COLUMNS) {
      const key = uuidOf(victim);
      const { rows } = await database.pool.query<{ seq: string }>(
        `select min(seq) as seq from ${table} where wallet = $1`,
        [key],
      );
      const seq = rows[0]?.seq;
      expect([table, seq]).toEqual([table, expect.stringMatching(/^\d+$/u)]);
      await database.asOwner(`begin;
        alter table ${table} disable trigger user;
        create table kept as select * from ${table} where wallet = '${key}' and seq = ${seq};
        ${dropChecks(table)}
        update ${table} set ${column} = ${other[type]?.(column)} where wallet = '${key}' and seq = ${seq};
        commit`);
      const [chain] = await chains();
      const isNamed =
        String(chain?.first?.['seq']) === seq &&
        String(chain?.first?.['wallet']) === key &&
        String(chain?.first?.['changed']).split(' ')[0] === table;
      if (chain?.total !== 1 || !isNamed) unseen.push(`${table}.${column}`);
      await database.asOwner(`begin;
        delete from ${table} where wallet = '${key}' and seq = ${seq};
        insert into ${table} select * from kept;
        drop table kept;
        alter table ${table} enable trigger user;
        commit`);
    }
    expect(unseen).toEqual([]);
    expect((await chains())[0]).toEqual({ total: 0, first: undefined });
  });

  it.each([
    ['changes one of several', `update entry set amount = amount + 1 where n = 1`, 'entry n 1'],
    ['changes two', `update claim set micros = micros + 1 where n in (0, 1)`, 'claim n 0; claim n 1'],
    ['takes one away', 'delete from entry where n = 1', 'entry: a row is missing'],
    [
      'adds one',
      `insert into redemption_money (bucket, wallet, seq, amount_minor, currency)
       select bucket, wallet, seq, 1, 'EUR' from entry where n = 1`,
      'redemption_money',
    ],
    ['changes the link alone', `update journal_transaction set chain = sha256(chain)`, 'journal_transaction chain'],
    ['changes the marks alone', `update journal_transaction set marks = '\\x00'::bytea`, 'journal_transaction marks'],
  ])('that %s is told by its row', async (_what, change, told) => {
    const { rows } = await database.pool.query<{ seq: string }>(
      `select e.seq from entry e where e.wallet = $1 and e.n = 1 and exists (select 1 from claim c
        where c.wallet = e.wallet and c.seq = e.seq and c.n = 1) limit 1`,
      [uuidOf(victim)],
    );
    const { seq } = rows[0]!;
    const of = `wallet = '${uuidOf(victim)}' and seq = ${seq}`;
    const tables = Object.keys(JOURNAL_TABLES).map((table) => `alter table ${table} disable trigger user;`);
    await database.asOwner(
      `begin; ${tables.join(' ')} ${change} ${/ where /u.test(change) ? 'and' : 'where'} ${of}; commit`,
    );
    const [chain] = await chains();
    expect(chain).toMatchObject({ total: 1, first: { wallet: uuidOf(victim), changed: told } });
    expect(String(chain?.first?.['seq'])).toBe(seq);
  });

  it('with a posting older than its marks is told by its version', async () => {
    await database.asOwner(`begin; alter table journal_transaction disable trigger user; alter table entry disable trigger user;
      update journal_transaction set marks = null;
      update entry set amount = amount + 1 where wallet = '${uuidOf(victim)}' and seq = 1; commit`);
    expect((await chains())[0]).toMatchObject({ total: 1, first: { wallet: uuidOf(victim), seq: 1n, changed: '' } });
  });

  it('that keeps every sum is seen by the chain, and by no invariant: the control', async () => {
    // The member never gave this reason, and nothing else in the book depends on it.
    await database.asOwner(`alter table journal_transaction disable trigger user;
      update journal_transaction set reason = 'because' where reason = 'survey' and wallet = '${uuidOf(victim)}'`);
    const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
    expect(red).toEqual([]);
    expect((await chains())[0]).toMatchObject({ total: 1, first: { wallet: uuidOf(victim) } });
  });

  it('is seen in a stretch of time by what was posted in it', async () => {
    const { rows } = await database.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const since = rows[0]?.now;
    await database.asOwner(`alter table purchase disable trigger user; update purchase set branch = 'elsewhere'`);
    expect((await verifyChains(database, quiet, since))[0]).toMatchObject({ total: 0 });
    const told: string[] = [];
    expect((await verifyChains(database, (line) => told.push(line), new Date(0)))[0]).toMatchObject({ total: 2 });
    expect(told).toEqual(['2 accounts posted to since 1970-01-01T00:00:00.000Z verified']);
  });

  it('with the terms a lot is paid by shows, and their row is named', async () => {
    const { rows } = await database.pool.query<{ id: string }>(`select id from lot_terms order by id limit 1`);
    const id = rows[0]?.id;
    const changes: Readonly<Record<string, string>> = {
      settlement_model: `case settlement_model when 'HYBRID' then 'AT_ISSUANCE' else 'HYBRID' end`,
      contract_version: 'contract_version + 1',
      issuance_micros: 'issuance_micros + 1',
      reserve_micros: 'reserve_micros + 1',
      fee_micros: 'fee_micros + 1',
      prefund_bps: 'case prefund_bps when 0 then 1 else 0 end',
      breakage_share_bps: 'case breakage_share_bps when 0 then 1 else 0 end',
      funding: `'[{"party": null, "bps": 10000}]'`,
    };
    for (const [column, change] of Object.entries(changes)) {
      await database.asOwner(`alter table lot_terms disable trigger user;
        create table kept as select * from lot_terms where id = '${id}';
        update lot_terms set ${column} = ${change} where id = '${id}'`);
      expect([column, ...(await chains())]).toEqual([
        column,
        WELL,
        WELL,
        { total: 1, first: { table: 'lot_terms', id } },
      ]);
      await database.asOwner(
        `update lot_terms t set ${column} = k.${column} from kept k where t.id = k.id; drop table kept`,
      );
    }
    expect(await chains()).toEqual([WELL, WELL, WELL]);
  });

  it('with the list of rules that gave nothing shows, and its row is named', async () => {
    const { rows } = await database.pool.query<{ id: string }>(`select id from passed_rules`);
    expect(rows).toHaveLength(1);
    await database.asOwner(`alter table passed_rules disable trigger user;
      update passed_rules set passed = jsonb_set(passed, '{0,2}', '"TIER"')`);
    expect(await chains()).toEqual([WELL, WELL, { total: 1, first: { table: 'passed_rules', id: rows[0]?.id } }]);
  });

  it('that cuts a chain short without a trace in the account is seen by a seal, and by nothing else', async () => {
    const { rows: before } = await database.pool.query<Standing>(STANDING, [uuidOf(victim)]);
    const seq = await book.redeem(victim, redeemer, 5n);
    await sealBook({ database, log });
    expect(await chains()).toEqual([WELL, WELL, WELL]);
    await cutAt(seq, before[0]);
    expect(await chains()).toEqual([WELL, { total: 1, first: { seal: 1n } }, WELL]);
  });

  it('with the seals themselves shows: one emptied, one taken away', async () => {
    await sealBook({ database, log });
    await book.buy(victim, issuer, 7n);
    await sealBook({ database, log });
    await database.asOwner(`alter table chain_seal disable trigger user;
      update chain_seal set buckets = '{}', wallets = '{}', seqs = '{}' where n = 2`);
    expect((await chains())[1]).toEqual({ total: 1, first: { seal: 2n } });
    await database.asOwner(`delete from chain_seal where n = 1`);
    expect((await chains())[1]).toEqual({ total: 2, first: { seal: 1n } });
  });

  it('with the whole chain made anew is seen by a seal', async () => {
    await sealBook({ database, log });
    await book.buy(victim, issuer, 7n);
    await sealBook({ database, log });
    // Whoever owns the database can take a member's newest postings away and make everything else agree.
    await database.asOwner(`alter table journal_transaction disable trigger user;
      update journal_transaction set chain = sha256(chain) where wallet = '${uuidOf(victim)}'`);
    const [, seals] = await chains();
    expect(seals).toMatchObject({ total: 2 });
  });
});

interface Standing {
  available: string;
  chain: string | null;
  lots: { lot_seq: string; remaining: string }[];
}
const STANDING = `select w.available, encode(w.chain, 'hex') as chain,
  (select json_agg(json_build_object('lot_seq', o.lot_seq::text, 'remaining', o.remaining::text)) from open_lot o
    where o.wallet = w.wallet) as lots
  from wallet w where w.wallet = $1`;

/** Takes the newest posting away and puts the account's standing back to what it was: the work of whoever owns the database. */
async function cutAt(seq: bigint, before: Standing | undefined): Promise<void> {
  const key = uuidOf(victim);
  const tables = Object.keys(JOURNAL_TABLES);
  const lots = (before?.lots ?? []).map(
    (lot) => `update open_lot set remaining = ${lot.remaining} where wallet = '${key}' and lot_seq = ${lot.lot_seq};`,
  );
  const rows = tables.map(
    (table) => `alter table ${table} disable trigger user;
      delete from ${table} where wallet = '${key}' and seq = ${seq};`,
  );
  await database.asOwner(`begin;
    alter table wallet disable trigger user;
    ${rows.join('\n')}
    ${lots.join('\n')}
    update wallet set seq = ${seq - 1n}, available = ${before?.available}, chain = decode('${before?.chain}', 'hex')
     where wallet = '${key}';
    commit`);
}

/** Changes rows behind the guards: the work of whoever owns the database. */
function spoil(table: string, change: string): Promise<unknown> {
  return database.asOwner(
    `begin; alter table ${table} disable trigger user; update ${table} set ${change}; alter table ${table} enable trigger user; commit`,
  );
}

/** Constraints that would refuse some of the changes; the owner of a database can do without them. */
function dropChecks(table: string): string {
  return `do $$ declare c record; begin
    for c in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c' loop
      execute format('alter table ${table} drop constraint %I', c.conname);
    end loop; end $$;`;
}

describe('the online verifier', () => {
  const admin: Principal = { kind: 'admin', programmeId: rules.programmeId, subject: 'ada' };
  let lanes: PostingLanes;
  beforeEach(() => {
    lanes = new PostingLanes({
      ...{ url: database.url, lanes: 1, batchMax: 10, terms: new TermsShelf(), clock: new FixedClock(NOW), log },
      shelf: { book: async () => rules, held: () => rules },
      onPosted: quiet,
    });
  });
  afterEach(() => lanes.close());

  async function earn(member: MemberId, key: string): Promise<string> {
    const sale = { partnerId: issuer, externalRef: key, amountMinor: 500n, currency: 'EUR', occurredAt: NOW };
    const purchase = { ...sale, branch: null, channel: null, lines: null };
    const outcome = await lanes.post({
      ...walletOf(member),
      programmeId: rules.programmeId,
      caller: 'test',
      intent: intentOf('test', { operation: 'earn', idempotencyKey: key, body: key }),
      document: null,
      needs: NO_NEEDS,
      others: [],
      opensWallet: true,
      earns: earningOf(purchase),
      plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
    });
    return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
  }

  it('stops posting on the account that is wrong, and on no other, until a person allows it again', async () => {
    expect(await guardAll({ database, log })).toMatchObject({ accounts: 2, findings: [] });
    await spoil('open_lot', `remaining = remaining + 1 where wallet = '${uuidOf(victim)}' and lot_seq = 1`);
    const seen = await guardAll({ database, log });
    expect(seen.findings.map(({ key, found }) => [key.wallet, found])).toEqual([
      [uuidOf(victim), 'available-equals-open-lots'],
    ]);
    expect(await earn(victim, 'k1')).toBe('LEDGER_ACCOUNT_FROZEN');
    expect(await earn(neighbour, 'k2')).toBe('posted');
    // Seen again it stays as it is: one stop, not two.
    await guardAll({ database, log });
    const standing = await readFreezes({ database }, admin, { standing: true, limit: 10 });
    expect(standing).toMatchObject([{ memberId: victim, found: 'available-equals-open-lots', releasedAt: null }]);
    await spoil('open_lot', `remaining = remaining - 1 where wallet = '${uuidOf(victim)}' and lot_seq = 1`);
    const wish = { idempotencyKey: 'u1', memberId: victim, reason: 'put right by hand, ticket 17' };
    expect(await unfreezeAccount({ database }, admin, wish)).toMatchObject({
      replayed: false,
      freeze: { releasedBy: 'ada' },
    });
    expect(await unfreezeAccount({ database }, admin, wish)).toMatchObject({ replayed: true });
    const told = async (change: object) => unfreezeAccount({ database }, admin, { ...wish, ...change });
    expect(await told({ memberId: neighbour })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    for (const memberId of [victim, neighbour])
      expect(await told({ memberId, idempotencyKey: newId('req') })).toMatchObject({
        code: 'LEDGER_ACCOUNT_NOT_FROZEN',
      });
    const partner: Principal = {
      kind: 'partner',
      programmeId: rules.programmeId,
      partnerId: issuer,
      keyId: newId('key'),
      scopes: [],
    };
    expect(await unfreezeAccount({ database }, partner, wish)).toMatchObject({ code: 'FORBIDDEN' });
    // The same key that was refused meanwhile goes through.
    expect(await earn(victim, 'k1')).toBe('posted');
  });

  it('does what is due in one process, keeps what it found, and stops accounts by every invariant', async () => {
    const kept = async () =>
      (
        await database.pool.query<{ kind: string; accounts: string; found: string[] }>(
          `select kind, accounts, array(select f->>'name' from jsonb_array_elements(findings) f) as found
             from verification_round order by n`,
        )
      ).rows;
    const holder = await database.pool.connect();
    await holder.query(`select pg_advisory_lock(hashtext('ledger.verification.NIGHTLY'))`);
    // The directory of documents is followed by the invariants of the whole book alone.
    await spoil('document', `external_ref = 'another' where wallet = '${uuidOf(victim)}' and kind = 'RETURN'`);
    expect(await verifyDue({ database, log }, 'NIGHTLY')).toBe(false);
    expect(await verifyDue({ database, log }, 'FREQUENT')).toBe(true);
    const first = [
      { kind: 'WINDOW', accounts: '2', found: [] },
      { kind: 'SEAL', accounts: '2', found: [] },
    ];
    expect(await kept()).toEqual(first);
    await holder.query(`select pg_advisory_unlock(hashtext('ledger.verification.NIGHTLY'))`);
    holder.release();
    expect(await verifyDue({ database, log }, 'NIGHTLY')).toBe(true);
    const all = [...first, { kind: 'ALL', accounts: '2', found: ['documents-match-the-journal'] }];
    expect(await kept()).toEqual(all);
    expect(await earn(victim, 'k4')).toBe('LEDGER_ACCOUNT_FROZEN');
    expect(await earn(neighbour, 'k5')).toBe('posted');
    // Nothing is due again at once.
    expect(await verifyDue({ database, log }, 'FREQUENT')).toBe(true);
    expect(await verifyDue({ database, log }, 'NIGHTLY')).toBe(true);
    expect(await kept()).toEqual(all);
  });

  it('stops every account that an invariant of the whole book names, more than are reported too', async () => {
    for (let n = 0; n < 28; n += 1) await book.buy(newOpaqueId('mem'), issuer, 1n);
    await spoil('wallet', `tier_code = 'GIVEN'`);
    await verifyDue({ database, log }, 'NIGHTLY');
    const { rows } = await database.pool.query(
      `select (select count(*) from wallet where frozen_at is not null)::int as stopped,
              (findings->0->>'total')::int as found, jsonb_array_length(findings->0->'rows') as reported from verification_round`,
    );
    expect(rows).toEqual([{ stopped: 30, found: 30, reported: 20 }]);
  });

  it.each([
    ['tiers-follow-the-journal', 'wallet', `tier_code = 'GIVEN'`],
    ['open-lots-rebuild-from-entries', 'open_lot', 'issuer_id = gen_random_uuid()'],
    ['claims-share-their-transactions-cycle', 'claim', 'cycle_id = gen_random_uuid()'],
    ['entries-have-their-owners', 'entry', `credit_owner = gen_random_uuid() where credit_kind = 'REDEEMED' and true`],
    ['lots-are-never-overdrawn', 'lot', 'quantity = quantity + 1'],
    ['purchases-have-their-lots', 'purchase', 'points = points + 1'],
    ['what-came-back-was-there', 'redemption_reversal', 'points = points + 1000'],
  ])(
    'finds by %s within the minute what is wrong with the accounts posted to, and with no other',
    async (found, table, change) => {
      const of = `wallet = '${uuidOf(victim)}'`;
      await spoil(table, `${change} ${change.includes(' where ') ? 'and' : 'where'} ${of}`);
      const { findings } = await guardWindow({ database, log }, new Date(0), new Date(Date.now() + 1_000));
      expect(findings.map((one) => one.found)).toContain(found);
      expect(new Set(findings.map(({ key }) => key.wallet))).toEqual(new Set([uuidOf(victim)]));
    },
  );

  it('looks at a window by what was written in it', async () => {
    const before = new Date();
    const clean = await guardWindow({ database, log }, new Date(before.getTime() - 3_600_000), before);
    expect(clean).toMatchObject({ accounts: 2, findings: [] });
    await book.buy(neighbour, issuer, 3n);
    await database.asOwner(`alter table purchase disable trigger user; update purchase set branch = 'elsewhere'`);
    const { accounts, findings } = await guardWindow({ database, log }, before, new Date(Date.now() + 1_000));
    expect([accounts, findings.map(({ key, found, seq }) => [key.wallet, found, seq])]).toEqual([
      1,
      [[uuidOf(neighbour), 'chain', 1n]],
    ]);
    expect(await earn(neighbour, 'k3')).toBe('LEDGER_ACCOUNT_FROZEN');
  });
});
