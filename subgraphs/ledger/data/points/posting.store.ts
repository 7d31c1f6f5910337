import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { OpenLot, PendingLot } from '../../core/points/lot';
import type { Arrears, Past, Wallet, WalletKey } from '../../core/points/wallet';
import { NO_PAST } from '../../core/points/wallet';
import { loadPast } from './past.store';
import type { TermsShelf } from './terms.store';

/** What of a wallet's lots and past a rule asks for; everything is read under the wallet's lock. */
export interface Needs {
  /** Its spendable lots. */
  readonly lots: boolean;
  readonly pendingLots: boolean;
  /** Lots by number, spent or not. */
  readonly pastLots: readonly bigint[];
  /** Holds, redemptions and purchases by the version that made them; purchases bring their lots. */
  readonly holds: readonly bigint[];
  readonly redemptions: readonly bigint[];
  readonly purchases: readonly bigint[];
  readonly awards: readonly { readonly partnerId: PartnerId; readonly action: string }[];
}

/** Nothing besides the wallet's own row. */
export const NO_NEEDS: Needs = {
  lots: false,
  pendingLots: false,
  pastLots: [],
  holds: [],
  redemptions: [],
  purchases: [],
  awards: [],
};

/** A wallet to lock. `isNew`: made when missing; a wallet that is only named by an id in the input is not. */
export interface WalletRequest {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
  readonly isNew: boolean;
  readonly needs: Needs;
}

/** The name of an intent at its wallet: the hash of caller, operation and key. */
export interface CommandKey {
  readonly key: WalletKey;
  readonly hash: Buffer;
}

/** What a batch asks to be locked and loaded, in one flush of the connection. */
export interface LoadRequest {
  readonly programmeIds: readonly ProgrammeId[];
  /** In lock order, each once. */
  readonly wallets: readonly WalletRequest[];
  readonly keys: readonly CommandKey[];
  readonly documents: readonly Buffer[];
}

/** What the programme's rows say under the shared lock: no cut-off and no clock move can slip in between. */
export interface ProgrammeState {
  readonly ruleBookVersion: bigint;
  readonly testNow: Date | null;
  readonly openCycleId: string;
}

/** An outcome decided before: `seq` names the transaction of a success, `refusal` is a stored refusal. */
export interface DecidedCommand {
  readonly bodyHash: Buffer;
  readonly seq: bigint | null;
  readonly refusal: unknown;
}

export interface LoadedFacts {
  readonly wallets: Map<string, Wallet>;
  readonly programmes: Map<ProgrammeId, ProgrammeState>;
  /** By wallet and hash, as `walletText` and hexadecimal digits. */
  readonly decided: Map<string, DecidedCommand>;
  readonly documents: Set<string>;
}

export const walletText = ({ bucket, wallet }: WalletKey): string => `${bucket}:${wallet}`;

/** 16 bytes of SHA-256 over caller, operation and key: as many as a UUID, which stores them. */
export function commandHash(intent: { caller: string; operation: string; idempotencyKey: string }): Buffer {
  const name = JSON.stringify([intent.caller, intent.operation, intent.idempotencyKey]);
  return createHash('sha256').update(name).digest().subarray(0, 16);
}

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
       w.tier_code, w.tier_since, w.tier_until, w.counted_since, w.tier_due_at, w.frozen_at, w.owed, w.chain
  from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet
 order by w.bucket, w.wallet
   for no key update of w`;

const LOAD_DECIDED = sql`/* ledger.post.loadDecided */
select k.bucket, k.wallet, k.hash, t.body_hash, t.seq, null::jsonb as refusal
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) as k(bucket, wallet, hash)
  join journal_transaction t on t.bucket = k.bucket and t.wallet = k.wallet and t.command_hash = k.hash
 union all
select k.bucket, k.wallet, k.hash, r.body_hash, null, r.refusal
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) as k(bucket, wallet, hash)
  join command_refusal r on r.bucket = k.bucket and r.wallet = k.wallet and r.command_hash = k.hash`;

const LOAD_DOCUMENTS = sql`/* ledger.post.loadDocuments */
select d.hash from unnest($1::uuid[]) as k(hash) join document d on d.hash = k.hash`;

const LOAD_PROGRAMMES = sql`/* ledger.post.loadProgrammes */
select b.programme_id, b.version, c.test_now, c.open_cycle_id
  from rule_book b join programme_clock c on c.programme_id = b.programme_id
 where b.programme_id = any($1::uuid[])`;

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
  tier_until: Date | null;
  counted_since: Date | null;
  tier_due_at: Date | null;
  frozen_at: Date | null;
  owed: { creditor: string | null; points: string; opened: string }[] | null;
  chain: Buffer | null;
}

/**
 * Opens the batch's transaction, locks its wallets in key order and reads all its rules need, without waiting for an
 * answer in between: the connection is pipelined, so this is one round trip. Every read comes after the lock and sees
 * what was committed before it was granted.
 *
 * @param client a connection with `pipeline: true`
 */
export async function lockAndLoad(client: Client, terms: TermsShelf, request: LoadRequest): Promise<LoadedFacts> {
  const { wallets } = request;
  const opened = [
    client.query(BEGIN),
    client.query({ name: 'lockProgrammes', text: LOCK_PROGRAMMES, values: [[...request.programmeIds].sort()] }),
    ensureWallets(
      client,
      wallets.filter(({ isNew }) => isNew),
    ),
  ];
  const locked = client.query<WalletRow>({
    name: 'lockWallets',
    text: LOCK_WALLETS,
    values: columnsOf(wallets.map(({ key }) => key)),
  });
  const programmes = loadProgrammes(client, request.programmeIds);
  const decided = loadDecided(client, request.keys);
  const documents = loadDocuments(client, request.documents);
  const past = loadPast(client, wallets);
  // All are awaited before any failure is told: a pipelined connection answers every one of them.
  await settleAll([...opened, locked, programmes, decided, documents, past]);
  const { openLots, pendingLots, pasts } = await (await past).read(terms);
  return {
    wallets: new Map(
      (await locked).rows.map((row) => {
        const text = walletText(row);
        return [
          text,
          walletFrom(row, { lots: openLots.get(text), pending: pendingLots.get(text), past: pasts.get(text) }),
        ];
      }),
    ),
    programmes: await programmes,
    decided: await decided,
    documents: await documents,
  };
}

function ensureWallets(client: Client, wallets: readonly WalletRequest[]): Promise<unknown> {
  if (wallets.length === 0) return Promise.resolve();
  const programmes = wallets.map(({ programmeId }) => uuidOf(programmeId));
  return client.query({
    name: 'ensureWallets',
    text: ENSURE_WALLETS,
    values: [...columnsOf(wallets.map(({ key }) => key)), programmes],
  });
}

async function loadProgrammes(client: Client, ids: readonly ProgrammeId[]): Promise<LoadedFacts['programmes']> {
  const { rows } = await client.query<{
    programme_id: string;
    version: string;
    test_now: Date | null;
    open_cycle_id: string;
  }>({ name: 'loadProgrammes', text: LOAD_PROGRAMMES, values: [ids.map(uuidOf)] });
  return new Map(
    rows.map((row) => [
      idFromUuid('prg', row.programme_id),
      { ruleBookVersion: BigInt(row.version), testNow: row.test_now, openCycleId: row.open_cycle_id },
    ]),
  );
}

async function loadDecided(client: Client, keys: readonly CommandKey[]): Promise<LoadedFacts['decided']> {
  if (keys.length === 0) return new Map();
  const { rows } = await client.query<
    WalletKey & { hash: string; body_hash: Buffer; seq: string | null; refusal: unknown }
  >({
    name: 'loadDecided',
    text: LOAD_DECIDED,
    values: [...columnsOf(keys.map(({ key }) => key)), keys.map(({ hash }) => hash.toString('hex'))],
  });
  return new Map(
    rows.map((row) => [
      `${walletText(row)} ${row.hash.replaceAll('-', '')}`,
      { bodyHash: row.body_hash, seq: row.seq === null ? null : BigInt(row.seq), refusal: row.refusal },
    ]),
  );
}

async function loadDocuments(client: Client, hashes: readonly Buffer[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await client.query<{ hash: string }>({
    name: 'loadDocuments',
    text: LOAD_DOCUMENTS,
    values: [hashes.map((hash) => hash.toString('hex'))],
  });
  return new Set(rows.map(({ hash }) => hash.replaceAll('-', '')));
}

function walletFrom(
  row: WalletRow,
  loaded: { lots?: readonly OpenLot[]; pending?: readonly PendingLot[]; past?: Past },
): Wallet {
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
    tier: {
      code: row.tier_code,
      since: row.tier_since,
      until: row.tier_until,
      countedSince: row.counted_since,
      dueAt: row.tier_due_at,
    },
    isFrozen: row.frozen_at !== null,
    chain: row.chain,
    lots: loaded.lots ?? [],
    pendingLots: loaded.pending ?? [],
    owed: row.owed === null ? [] : row.owed.map(arrearsFrom),
    past: loaded.past ?? NO_PAST,
  };
}

function arrearsFrom(owed: { creditor: string | null; points: string; opened: string }): Arrears {
  return {
    creditorId: owed.creditor === null ? null : idFromUuid('ptr', owed.creditor),
    points: points(BigInt(owed.points)),
    openedSeq: BigInt(owed.opened),
  };
}

/** Waits for every promise, then throws the first failure, if any. */
export async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Keys as the two arrays `unnest` wants. */
export function columnsOf(keys: readonly WalletKey[]): [number[], string[]] {
  return [keys.map(({ bucket }) => bucket), keys.map(({ wallet }) => wallet)];
}
