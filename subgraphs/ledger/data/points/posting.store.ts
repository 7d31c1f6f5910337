import type { Client } from 'pg';
import { Asking, flush, type FlushStatement } from '../../../../kernel/db/flush';
import { sql } from '../../../../kernel/db/sql';
import { digest, type Digest } from '../../../../kernel/values/canonical';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { OpenLot, PendingLot } from '../../core/points/lot';
import type { Arrears, Past, Wallet, WalletKey } from '../../core/points/wallet';
import { NO_PAST, NONE_HELD } from '../../core/points/wallet';
import type { LinkKey, LinkState } from '../directory.store';
import { askPersons, type FactsRequest, type LoadedPerson } from './facts.store';
import { askShares, type LoadedShares, type SharesRequest } from './cap.store';
import { askHeld } from './held.store';
import { askPast } from './past.store';
import { arrayText, keyArrays, walletText, type WalletRequest } from './wallet-request';
import type { TermsShelf } from './terms.store';

/** The name of an intent at its wallet: the hash of caller, operation and key. */
export interface CommandKey {
  readonly key: WalletKey;
  readonly hash: Digest;
}

/** What a batch asks to be locked and loaded, in one flush of the connection. */
export interface LoadRequest {
  readonly programmeIds: readonly ProgrammeId[];
  /** In lock order, each once. */
  readonly wallets: readonly WalletRequest[];
  readonly keys: readonly CommandKey[];
  readonly documents: readonly Digest[];
  readonly links: readonly LinkKey[];
  /** Whose facts the rules ask for, as far as is known before the lock which rules these are. */
  readonly persons: readonly FactsRequest[];
  /** The counters whose shares may be spent from, as far as is known before the lock which these are. */
  readonly shares: readonly SharesRequest[];
}

/** What the programme's rows say under the shared lock: no cut-off and no clock move can slip in between. */
export interface ProgrammeState {
  readonly ruleBookVersion: bigint;
  readonly testNow: Date | null;
  readonly openCycleId: string;
}

/** An outcome decided before: `seq` names the transaction of a success, `refusal` is a stored refusal. */
export interface DecidedCommand {
  readonly bodyHash: Digest;
  readonly seq: bigint | null;
  readonly refusal: unknown;
}

export interface LoadedFacts {
  readonly wallets: Map<string, Wallet>;
  readonly programmes: Map<ProgrammeId, ProgrammeState>;
  /** By `decidedText`. */
  readonly decided: Map<string, DecidedCommand>;
  readonly documents: Set<Digest>;
  /** Of the links asked for, those that are there. */
  readonly links: Map<LinkKey, LinkState>;
  /** In the order they were asked for. */
  readonly persons: readonly LoadedPerson[];
  readonly shares: LoadedShares;
}

/** What an intent is found by within a batch. */
export const decidedText = ({ key, hash }: CommandKey): string => hash + key.wallet;

/** 32 digits of SHA-256 over caller, operation and key: as many as a UUID, which stores them. */
export function commandHash(intent: { caller: string; operation: string; idempotencyKey: string }): Digest {
  const name = JSON.stringify([intent.caller, intent.operation, intent.idempotencyKey]);
  return digest(name).slice(0, 32);
}

const BEGIN: FlushStatement = { name: 'ledger.post.begin', text: 'begin isolation level read committed' };
const ROLLBACK: FlushStatement = { name: 'ledger.post.rollback', text: 'rollback' };

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
       w.tier_code, w.tier_since, w.tier_until, w.counted_since, w.tier_due_at, w.frozen_at, w.owed, encode(w.chain, 'hex') as chain
  from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet
 order by w.bucket, w.wallet
   for no key update of w`;

/** What a batch asks besides programmes, wallets, lots and the past; one statement, since each has a price of its own. */
const LOAD_KNOWN = sql`/* ledger.post.loadKnown */
select 'DECIDED' as what, k.place::integer, encode(t.body_hash, 'hex') as hash, t.seq::text as word, null::jsonb as refusal
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) with ordinality as k(bucket, wallet, hash, place)
  join journal_transaction t on t.bucket = k.bucket and t.wallet = k.wallet and t.command_hash = k.hash
 union all
select 'DECIDED', k.place::integer, encode(r.body_hash, 'hex'), null, r.refusal
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) with ordinality as k(bucket, wallet, hash, place)
  join command_refusal r on r.bucket = k.bucket and r.wallet = k.wallet and r.command_hash = k.hash
 union all
select 'DOCUMENT', k.place::integer, null, null, null
  from unnest($4::uuid[]) with ordinality as k(hash, place) join document d on d.hash = k.hash
 union all
select 'LINK', k.place::integer, null, l.state, null
  from unnest($5::uuid[], $6::uuid[], $7::uuid[]) with ordinality as k(programme_id, member_id, partner_id, place)
  join partner_link_projection l
    on (l.programme_id, l.member_id, l.partner_id) = (k.programme_id, k.member_id, k.partner_id)`;

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
  chain: string | null;
}

/**
 * Opens the batch's transaction, locks its wallets in key order and reads all its rules need, in one flush. Every read comes
 * after the lock and sees what was committed before it was granted.
 *
 * A wallet that is to be made is met once in its life: all begins anew then, and makes it before the locks, so that every
 * batch takes its locks in one order.
 *
 * @param client a connection used by nobody else meanwhile; to be closed when this throws
 */
export async function lockAndLoad(client: Client, terms: TermsShelf, request: LoadRequest): Promise<LoadedFacts> {
  const facts = await load(client, terms, { request, before: [BEGIN] });
  const missing = request.wallets.filter(
    ({ key, isNew, opensFor }) =>
      !facts.wallets.has(walletText(key)) && (isNew || opensFor.some((link) => facts.links.has(link))),
  );
  if (missing.length === 0) return facts;
  return load(client, terms, { request, before: [ROLLBACK, BEGIN, ensureWallets(missing)] });
}

async function load(
  client: Client,
  terms: TermsShelf,
  { request, before }: { request: LoadRequest; before: readonly FlushStatement[] },
): Promise<LoadedFacts> {
  const { wallets, programmeIds } = request;
  const asking = new Asking();
  for (const statement of before) asking.add(statement);
  asking.add(named('lockProgrammes', LOCK_PROGRAMMES, [[...programmeIds].sort()]));
  const locked = asking.add<WalletRow>(named('lockWallets', LOCK_WALLETS, keyArrays(wallets.map(({ key }) => key))));
  const programmes = asking.add<ProgrammeRow>(
    named('loadProgrammes', LOAD_PROGRAMMES, [arrayText(programmeIds.map(uuidOf))]),
  );
  const known = asking.add<KnownRow>(loadKnown(request));
  const persons = askPersons(asking, request.persons);
  const shares = askShares(asking, request.shares);
  const held = askHeld(asking, wallets);
  const past = askPast(asking, wallets);
  const answers = await flush(client, asking.statements);
  const heldLots = held(answers);
  const { openLots, pendingLots, pasts } = await past(answers, (ids) => terms.load(client, ids));
  return {
    wallets: new Map(
      locked(answers).map((row) => {
        const text = walletText(row);
        return [
          text,
          walletFrom(row, {
            lots: openLots.get(text),
            pending: pendingLots.get(text),
            held: heldLots.get(text),
            past: pasts.get(text),
          }),
        ];
      }),
    ),
    programmes: new Map(programmes(answers).map(programmeFrom)),
    ...knownFrom(known(answers), request),
    persons: persons(answers),
    shares: shares(answers),
  };
}

function named(step: string, text: string, values: readonly unknown[]): FlushStatement {
  return { name: `ledger.post.${step}`, text, values };
}

function ensureWallets(wallets: readonly WalletRequest[]): FlushStatement {
  const programmes = arrayText(wallets.map(({ programmeId }) => uuidOf(programmeId)));
  return named('ensureWallets', ENSURE_WALLETS, [...keyArrays(wallets.map(({ key }) => key)), programmes]);
}

function loadKnown({ keys, documents, links }: LoadRequest): FlushStatement | null {
  if (keys.length === 0 && documents.length === 0 && links.length === 0) return null;
  const digits = (idOf: (link: LinkKey) => Id) => arrayText(links.map((link) => idOf(link).slice(4)));
  return named('loadKnown', LOAD_KNOWN, [
    ...keyArrays(keys.map(({ key }) => key)),
    arrayText(keys.map(({ hash }) => hash)),
    arrayText(documents),
    digits(({ programmeId }) => programmeId),
    digits(({ memberId }) => memberId),
    digits(({ partnerId }) => partnerId),
  ]);
}

/** Something that is known already, by its place among what was asked, counted from 1. */
type KnownRow = { readonly place: number } & (
  | { readonly what: 'DECIDED'; readonly hash: Digest; readonly word: string | null; readonly refusal: unknown }
  | { readonly what: 'DOCUMENT' }
  | { readonly what: 'LINK'; readonly word: LinkState }
);

function knownFrom(
  rows: readonly KnownRow[],
  { keys, documents, links }: LoadRequest,
): Pick<LoadedFacts, 'decided' | 'documents' | 'links'> {
  const known = {
    decided: new Map<string, DecidedCommand>(),
    documents: new Set<Digest>(),
    links: new Map<LinkKey, LinkState>(),
  };
  for (const row of rows) {
    const n = row.place - 1;
    if (row.what === 'LINK') known.links.set(links[n] as LinkKey, row.word);
    else if (row.what === 'DOCUMENT') known.documents.add(documents[n] as Digest);
    else {
      const seq = row.word === null ? null : BigInt(row.word);
      known.decided.set(decidedText(keys[n] as CommandKey), { bodyHash: row.hash, seq, refusal: row.refusal });
    }
  }
  return known;
}

interface ProgrammeRow {
  programme_id: string;
  version: string;
  test_now: Date | null;
  open_cycle_id: string;
}

function programmeFrom(row: ProgrammeRow): [ProgrammeId, ProgrammeState] {
  const { version, test_now: testNow, open_cycle_id: openCycleId } = row;
  return [idFromUuid('prg', row.programme_id), { ruleBookVersion: BigInt(version), testNow, openCycleId }];
}

function walletFrom(
  row: WalletRow,
  loaded: { lots?: readonly OpenLot[]; pending?: readonly PendingLot[]; held?: Wallet['heldByLot']; past?: Past },
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
    heldByLot: loaded.held ?? NONE_HELD,
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
