import type { Client } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import {
  idFromUuid,
  uuidOf,
  type Id,
  type MemberId,
  type PartnerId,
  type ProgrammeId,
} from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { HeldLot, Hold, HoldState, OpenLot, Wallet, WalletKey } from '../../core/points/wallet';
import { lotExpiry } from './instants';

/** What a batch asks to be locked and loaded, in one flush of the connection. */
export interface LoadRequest {
  readonly programmeIds: readonly ProgrammeId[];
  /** In lock order, each once. `isNew`: made when missing; a wallet that is only named by a hold's id is not. */
  readonly wallets: readonly { readonly key: WalletKey; readonly programmeId: ProgrammeId; readonly isNew: boolean }[];
  readonly keys: readonly CommandName[];
  readonly documents: readonly Buffer[];
  /** Wallets whose open lots the rules will need. */
  readonly lotsOf: readonly WalletKey[];
  readonly holds: readonly { readonly key: WalletKey; readonly seq: bigint }[];
}

/** The name of one intent: the wallet it moves, the caller, the operation, the caller's key. */
export interface CommandName {
  readonly key: WalletKey;
  readonly caller: string;
  readonly operation: string;
  readonly idempotencyKey: string;
}

/** What the programme's rows say under the shared lock: no cut-off and no clock move can slip in between. */
export interface ProgrammeState {
  readonly ruleBookVersion: bigint;
  readonly testNow: Date | null;
  readonly openCycleId: string;
}

/** An outcome decided before. `seq` names the transaction of a success; `outcome` is a stored refusal. */
export interface DecidedCommand {
  readonly bodyHash: Buffer;
  readonly seq: bigint | null;
  readonly outcome: unknown;
}

export interface LoadedFacts {
  readonly wallets: Map<string, Wallet>;
  readonly programmes: Map<ProgrammeId, ProgrammeState>;
  readonly decided: Map<string, DecidedCommand>;
  readonly documents: Set<string>;
}

export const walletText = ({ bucket, wallet }: WalletKey): string => `${bucket}:${wallet}`;
export const commandText = (name: CommandName): string =>
  JSON.stringify([walletText(name.key), name.caller, name.operation, name.idempotencyKey]);

const BEGIN = 'begin isolation level read committed';

const LOCK_PROGRAMMES = sql`/* ledger.post.lockProgrammes */
select pg_advisory_xact_lock_shared(hashtextextended(id, 0)) from unnest($1::text[]) as id`;

const ENSURE_WALLETS = sql`/* ledger.post.ensureWallets */
insert into wallet (bucket, wallet, programme_id)
select k.bucket, k.wallet, k.programme_id
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) as k(bucket, wallet, programme_id)
 where not exists (select from wallet w where w.bucket = k.bucket and w.wallet = k.wallet)
 order by k.bucket, k.wallet
on conflict do nothing`;

const LOCK_WALLETS = sql`/* ledger.post.lockWallets */
select w.bucket, w.wallet, w.programme_id, w.seq, w.lots, w.available, w.pending, w.held, w.arrears, w.qualifying,
       w.tier_code, w.tier_since
  from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet
 order by w.bucket, w.wallet
   for no key update of w`;

const LOAD_DECIDED = sql`/* ledger.post.loadDecided */
select c.bucket, c.wallet, c.caller, c.operation, c.key, c.body_hash, c.seq, c.outcome
  from command_outcome c
  join unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as k(bucket, wallet, caller, operation, key)
    on (c.bucket, c.wallet, c.caller, c.operation, c.key) = (k.bucket, k.wallet, k.caller, k.operation, k.key)`;

const LOAD_DOCUMENTS = sql`/* ledger.post.loadDocuments */
select hash from document where hash = any($1::bytea[])`;

const LOAD_PROGRAMMES = sql`/* ledger.post.loadProgrammes */
select b.programme_id, b.version, c.test_now, c.open_cycle_id
  from rule_book b join programme_clock c on c.programme_id = b.programme_id
 where b.programme_id = any($1::uuid[])`;

const LOAD_LOTS = sql`/* ledger.post.loadLots */
select o.bucket, o.wallet, o.lot_seq, o.issuer_id, o.remaining, o.earned_at, o.expires_at
  from open_lot o
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on o.bucket = k.bucket and o.wallet = k.wallet
 order by o.bucket, o.wallet, o.expires_at, o.earned_at, o.lot_seq`;

const LOAD_HOLDS = sql`/* ledger.post.loadHolds */
select h.bucket, h.wallet, h.seq, h.partner_id, h.points, h.captured, h.state, h.expires_at as hold_expires_at,
       e.n, e.lot_seq, e.amount, l.issuer_id, l.earned_at, l.expires_at
  from hold h
  join unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k(bucket, wallet, seq)
    on h.bucket = k.bucket and h.wallet = k.wallet and h.seq = k.seq
  join entry e on e.bucket = h.bucket and e.wallet = h.wallet and e.seq = h.seq
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
 order by h.bucket, h.wallet, h.seq, e.n`;

interface WalletRow {
  bucket: number;
  wallet: string;
  programme_id: string;
  seq: string;
  lots: string;
  available: string;
  pending: string;
  held: string;
  arrears: string;
  qualifying: string;
  tier_code: string | null;
  tier_since: Date | null;
}
interface LotRow {
  bucket: number;
  wallet: string;
  lot_seq: string;
  issuer_id: string;
  remaining: string;
  earned_at: Date;
  expires_at: Date | number | null;
}
interface HoldRow extends LotRow {
  seq: string;
  partner_id: string;
  points: string;
  captured: string;
  state: HoldState;
  hold_expires_at: Date;
  amount: string;
}

/**
 * Opens the batch's transaction, locks its wallets in key order and reads all its rules need, without waiting for an
 * answer in between: the connection is pipelined, so this is one round trip. Every read comes after the lock and sees
 * what was committed before it was granted.
 *
 * @param client a connection with `pipeline: true`
 */
export async function lockAndLoad(client: Client, request: LoadRequest): Promise<LoadedFacts> {
  const buckets = request.wallets.map(({ key }) => key.bucket);
  const wallets = request.wallets.map(({ key }) => key.wallet);
  const ensured = request.wallets.filter(({ isNew }) => isNew);
  const sent = [
    client.query(BEGIN),
    client.query({ name: 'lockProgrammes', text: LOCK_PROGRAMMES, values: [[...request.programmeIds].sort()] }),
    client.query({
      name: 'ensureWallets',
      text: ENSURE_WALLETS,
      values: [
        ensured.map(({ key }) => key.bucket),
        ensured.map(({ key }) => key.wallet),
        ensured.map(({ programmeId }) => uuidOf(programmeId)),
      ],
    }),
  ];
  const locked = client.query<WalletRow>({ name: 'lockWallets', text: LOCK_WALLETS, values: [buckets, wallets] });
  const programmes = client.query<{
    programme_id: string;
    version: string;
    test_now: Date | null;
    open_cycle_id: string;
  }>({
    name: 'loadProgrammes',
    text: LOAD_PROGRAMMES,
    values: [request.programmeIds.map(uuidOf)],
  });
  const decided = loadDecided(client, request.keys);
  const documents = ifAny(request.documents, () =>
    client.query<{ hash: Buffer }>({ name: 'loadDocuments', text: LOAD_DOCUMENTS, values: [request.documents] }),
  );
  const lots = ifAny(request.lotsOf, () =>
    client.query<LotRow>({
      name: 'loadLots',
      text: LOAD_LOTS,
      values: [request.lotsOf.map(({ bucket }) => bucket), request.lotsOf.map(({ wallet }) => wallet)],
    }),
  );
  const holds = ifAny(request.holds, () =>
    client.query<HoldRow>({
      name: 'loadHolds',
      text: LOAD_HOLDS,
      values: [
        request.holds.map(({ key }) => key.bucket),
        request.holds.map(({ key }) => key.wallet),
        request.holds.map(({ seq }) => seq.toString()),
      ],
    }),
  );
  // All are awaited before any failure is told: a pipelined connection answers every one of them.
  await settleAll([...sent, locked, programmes, decided, documents, lots, holds]);
  return {
    wallets: walletsFrom((await locked).rows, (await lots)?.rows ?? [], (await holds)?.rows ?? []),
    programmes: new Map(
      (await programmes).rows.map((row) => [
        idFromUuid('prg', row.programme_id),
        { ruleBookVersion: BigInt(row.version), testNow: row.test_now, openCycleId: row.open_cycle_id },
      ]),
    ),
    decided: await decided,
    documents: new Set(((await documents)?.rows ?? []).map(({ hash }) => hash.toString('hex'))),
  };
}

async function loadDecided(client: Client, names: readonly CommandName[]): Promise<Map<string, DecidedCommand>> {
  if (names.length === 0) return new Map();
  const { rows } = await client.query<{
    bucket: number;
    wallet: string;
    caller: string;
    operation: string;
    key: string;
    body_hash: Buffer;
    seq: string | null;
    outcome: unknown;
  }>({
    name: 'loadDecided',
    text: LOAD_DECIDED,
    values: [
      names.map(({ key }) => key.bucket),
      names.map(({ key }) => key.wallet),
      names.map(({ caller }) => caller),
      names.map(({ operation }) => operation),
      names.map(({ idempotencyKey }) => idempotencyKey),
    ],
  });
  return new Map(
    rows.map((row) => [
      commandText({ key: row, caller: row.caller, operation: row.operation, idempotencyKey: row.key }),
      { bodyHash: row.body_hash, seq: row.seq === null ? null : BigInt(row.seq), outcome: row.outcome },
    ]),
  );
}

function walletsFrom(
  rows: readonly WalletRow[],
  lotRows: readonly LotRow[],
  holdRows: readonly HoldRow[],
): Map<string, Wallet> {
  const lots = groupBy(lotRows, walletText, lotFrom);
  const holds = new Map<string, Map<bigint, Hold>>();
  for (const row of holdRows) {
    const ofWallet = holds.get(walletText(row)) ?? new Map<bigint, Hold>();
    const seq = BigInt(row.seq);
    const hold = ofWallet.get(seq) ?? holdFrom(row);
    ofWallet.set(seq, { ...hold, lots: [...hold.lots, heldLotFrom(row)] });
    holds.set(walletText(row), ofWallet);
  }
  return new Map(
    rows.map((row) => [walletText(row), walletFrom(row, lots.get(walletText(row)), holds.get(walletText(row)))]),
  );
}

function walletFrom(row: WalletRow, lots: OpenLot[] = [], holds = new Map<bigint, Hold>()): Wallet {
  return {
    key: { bucket: row.bucket, wallet: row.wallet },
    programmeId: idFromUuid('prg', row.programme_id),
    memberId: idFromUuid('mem', row.wallet),
    seq: BigInt(row.seq),
    lotCount: BigInt(row.lots),
    balances: {
      available: points(BigInt(row.available)),
      pending: points(BigInt(row.pending)),
      held: points(BigInt(row.held)),
      arrears: points(BigInt(row.arrears)),
      qualifying: points(BigInt(row.qualifying)),
    },
    tierCode: row.tier_code,
    tierSince: row.tier_since,
    lots,
    holds,
  };
}

function lotFrom(row: LotRow): OpenLot {
  return {
    lotSeq: BigInt(row.lot_seq),
    issuerId: idFromUuid('ptr', row.issuer_id),
    remaining: points(BigInt(row.remaining)),
    earnedAt: row.earned_at,
    expiresAt: lotExpiry(row.expires_at),
  };
}

function heldLotFrom(row: HoldRow): HeldLot {
  const { lotSeq, issuerId, earnedAt, expiresAt } = lotFrom({ ...row, remaining: row.amount });
  return { lotSeq, issuerId, points: points(BigInt(row.amount)), earnedAt, expiresAt };
}

function holdFrom(row: HoldRow): Hold {
  return {
    seq: BigInt(row.seq),
    partnerId: idFromUuid('ptr', row.partner_id),
    points: points(BigInt(row.points)),
    captured: points(BigInt(row.captured)),
    state: row.state,
    expiresAt: row.hold_expires_at,
    lots: [],
  };
}

/** Waits for every promise, then throws the first failure, if any. */
export async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function ifAny<Row, Result>(items: readonly Row[], send: () => Promise<Result>): Promise<Result | null> {
  return items.length === 0 ? Promise.resolve(null) : send();
}

function groupBy<Row, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  valueOf: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [valueOf(row)]);
    else group.push(valueOf(row));
  }
  return groups;
}

/** Ids on the wire and in rules carry a prefix, rows hold the bare UUID. */
export const uuidOrNull = (id: Id | null): string | null => (id === null ? null : uuidOf(id));
export type OwnerId = MemberId | PartnerId;
