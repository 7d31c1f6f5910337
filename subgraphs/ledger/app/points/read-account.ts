import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import { points, POINTS_MAX, type Points } from '../../../../kernel/values/points';
import { memberScopedId, parseScopedId } from '../../core/points/scoped-id';
import { walletKeyOf, type Balances, type HoldState } from '../../core/points/wallet';
import type { RuleBook } from '../../core/rule-book';
import { nextTier } from '../../core/tiers/ladder';
import { countedUntil } from '../../core/tiers/period';
import {
  findExpiring,
  findHold,
  findLots,
  findOpenLots,
  findWallets,
  loadTierAt,
  type LotName,
  type StandingWallet,
  type StoredLot,
  type WalletOfProgramme,
} from '../../data/points/account.store';
import { loadStatement, type JournalLine } from '../../data/points/transaction.store';
import { findMembers } from '../../data/directory.store';
import type { Ledger } from '../ledger';

export type { JournalLine, LotName };

/** An account as the graph shows it: as it stands, or as one posting left it. */
export interface AccountView extends Omit<Balances, 'qualifying'> {
  readonly memberId: MemberId;
  readonly programmeId: ProgrammeId;
  readonly version: bigint;
  /** Shown to a partner that may only give points: nothing more of the account may be read through it. */
  readonly isVeiled?: boolean;
}

/** An account as it stands, with what its tier follows from. */
export interface AccountReading extends AccountView {
  readonly qualifying: Points;
  readonly tierCode: string | null;
  readonly tierSince: Date | null;
  readonly countedSince: Date | null;
  readonly enrolledAt: Date | null;
}

/** A lot under the name clients know. */
export interface LotReading extends StoredLot {
  readonly id: string;
}

/** A hold under the name clients know. */
export interface HoldReading {
  readonly id: string;
  readonly points: Points;
  readonly state: HoldState;
  readonly expiresAt: Date;
}

/** A rung, how long a member has stood on it, and what is missing to the next. */
export interface TierReading {
  readonly code: string;
  readonly name: string;
  readonly since: Date;
  readonly qualifyingPoints: Points;
  readonly next: {
    readonly code: string;
    readonly name: string;
    readonly missingPoints: Points;
    readonly by: Date | null;
  } | null;
  /** What its members have besides, each in the languages it was told in. */
  readonly benefits: NonNullable<RuleBook['tiers'][number]['benefits']>;
  /** What members are told in when nothing else is known. */
  readonly defaultLanguage: string | null;
}

/** Whether a caller reads an account: not, always (the member is known to be one), or if the ledger knows the member. */
type ReadingRight = 'NONE' | 'ALWAYS' | 'IF_KNOWN';

/**
 * The accounts of members, in the order asked; null where the caller may not read one, exactly as where there is none.
 * A member to whom nothing was ever posted has an account of zeros at version 0.
 */
export async function readAccounts(
  ledger: Ledger,
  principal: Principal,
  ids: readonly MemberId[],
): Promise<(AccountReading | null)[]> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return ids.map(() => null);
  const distinct = [...new Set(ids)];
  const rights = await Promise.all(distinct.map((id) => rightTo(ledger, principal, id)));
  const rightOf = new Map(distinct.map((id, n) => [id, rights[n] ?? 'NONE']));
  const readable = distinct.filter((id) => rightOf.get(id) !== 'NONE');
  if (readable.length === 0) return ids.map(() => null);
  const { pool } = ledger.database;
  const [wallets, enrolled] = await Promise.all([
    findWallets(pool, programmeId, readable),
    findMembers(pool, programmeId, readable),
  ]);
  return ids.map((memberId) => {
    const right = rightOf.get(memberId);
    const wallet = wallets.get(memberId);
    const enrolledAt = enrolled.get(memberId) ?? null;
    const known = wallet !== undefined || enrolledAt !== null || right === 'ALWAYS';
    return right === 'NONE' || !known ? null : readingOf({ memberId, programmeId, enrolledAt }, wallet);
  });
}

/** Whether a caller may read a member's account; reads of it nothing more than that takes. */
export async function mayRead(ledger: Ledger, principal: Principal, memberId: MemberId): Promise<boolean> {
  const right = await rightTo(ledger, principal, memberId);
  if (right !== 'IF_KNOWN') return right === 'ALWAYS';
  const [account] = await readAccounts(ledger, principal, [memberId]);
  return account != null;
}

async function rightTo(ledger: Ledger, principal: Principal, memberId: MemberId): Promise<ReadingRight> {
  switch (principal.kind) {
    case 'member':
      return principal.memberId === memberId ? 'ALWAYS' : 'NONE';
    case 'partner': {
      const { programmeId, partnerId, scopes } = principal;
      if (!scopes.includes('members:read')) return 'NONE';
      return (await ledger.directory.linkOf({ programmeId, memberId, partnerId })) === 'OPEN' ? 'ALWAYS' : 'NONE';
    }
    case 'admin':
    case 'finance':
    case 'service':
      return 'IF_KNOWN';
    case 'staff':
    case 'host':
    case 'anonymous':
      return 'NONE';
  }
}

function readingOf(
  of: Pick<AccountReading, 'memberId' | 'programmeId' | 'enrolledAt'>,
  wallet: StandingWallet | undefined,
): AccountReading {
  const none = points(0n);
  const balances = wallet?.balances ?? { available: none, pending: none, held: none, arrears: none, qualifying: none };
  const nowhere = { seq: 0n, tierCode: null, tierSince: null, countedSince: null };
  const { seq: version, tierCode, tierSince, countedSince } = wallet ?? nowhere;
  return { ...of, ...balances, version, tierCode, tierSince, countedSince };
}

const walletOf = ({ memberId, programmeId }: AccountView): WalletOfProgramme => ({
  key: walletKeyOf(memberId),
  programmeId,
});

/** What expires when, nearest first. */
export async function readExpiring(
  ledger: Ledger,
  account: AccountView,
  first: number,
): Promise<{ at: Date; points: Points }[]> {
  return account.isVeiled ? [] : findExpiring(ledger.database.pool, walletOf(account), first);
}

/** Lots with spendable points in the order they will be drawn, beginning after one of them. */
export async function readOpenLots(
  ledger: Ledger,
  account: AccountView,
  page: Parameters<typeof findOpenLots>[2],
): Promise<LotReading[]> {
  if (account.isVeiled) return [];
  const { key, programmeId } = walletOf(account);
  const lots = await findOpenLots(ledger.database.pool, { key, programmeId }, page);
  return lots.map((lot) => ({ ...lot, id: memberScopedId('lot', key.wallet, lot.lotSeq) }));
}

/** Statement lines, newest first, beginning before a version; null: from the newest on. */
export async function readStatement(
  ledger: Ledger,
  account: AccountView,
  { beforeVersion, limit }: { beforeVersion: bigint | null; limit: number },
): Promise<JournalLine[]> {
  if (account.isVeiled) return [];
  return loadStatement(ledger.database.pool, walletOf(account), { beforeSeq: beforeVersion ?? POINTS_MAX, limit });
}

/** Lots that postings named, spent or not; in the order asked. */
export async function readLots(
  ledger: Ledger,
  programmeId: ProgrammeId,
  names: readonly LotName[],
): Promise<(LotReading | null)[]> {
  const lots = await findLots(ledger.database.pool, programmeId, names);
  return lots.map((lot, n) => {
    const name = names[n];
    return lot === null || name === undefined
      ? null
      : { ...lot, id: memberScopedId('lot', walletKeyOf(name.memberId).wallet, name.lotSeq) };
  });
}

/** A hold by its id, for the partner that made it, its member, admins and rewards; null for all others. */
export async function readHold(ledger: Ledger, principal: Principal, id: string): Promise<HoldReading | null> {
  const programmeId = programmeOf(principal);
  const name = parseScopedId('hld', id);
  if (programmeId === null || name === null) return null;
  const hold = await findHold(ledger.database.pool, { key: name.key, programmeId }, name.number);
  if (hold === null || !mayReadHold(principal, { memberId: name.memberId, partnerId: hold.partnerId })) return null;
  const { points: held, state, expiresAt } = hold;
  return { id, points: held, state, expiresAt };
}

function mayReadHold(principal: Principal, hold: { memberId: MemberId; partnerId: PartnerId }): boolean {
  switch (principal.kind) {
    case 'partner':
      return principal.partnerId === hold.partnerId;
    case 'member':
      return principal.memberId === hold.memberId;
    case 'service':
      return principal.name === 'rewards';
    case 'admin':
      return true;
    default:
      return false;
  }
}

/** Where an account stands on the ladder; null while the ledger holds no rules of the programme. */
export async function readTier(ledger: Ledger, account: AccountReading): Promise<TierReading | null> {
  const book = await ledger.book(account.programmeId);
  if (book === null) return null;
  const { qualifying, tierCode, tierSince, countedSince, enrolledAt } = account;
  // A member nothing was posted to stands on the first rung since the enrolment.
  const rung = book.tiers.find(({ code }) => code === tierCode) ?? book.tiers[0];
  if (rung === undefined) return null;
  const next = nextTier(book.tiers, qualifying);
  const by = countedUntil(book.tierPolicy, countedSince, book.timeZone);
  return {
    code: rung.code,
    name: rung.name,
    benefits: rung.benefits ?? [],
    defaultLanguage: book.defaultLanguage ?? null,
    since: tierSince ?? enrolledAt ?? book.opensAt,
    qualifyingPoints: qualifying,
    next: next && { code: next.tier.code, name: next.tier.name, missingPoints: next.missing, by },
  };
}

/** Where an account stood on the ladder at a version of it. */
export async function readTierAt(
  ledger: Ledger,
  account: Pick<AccountView, 'memberId' | 'programmeId'>,
  version: bigint,
): Promise<TierReading | null> {
  const { memberId, programmeId } = account;
  const { pool } = ledger.database;
  const [then, enrolled] = await Promise.all([
    loadTierAt(pool, { key: walletKeyOf(memberId), programmeId }, version),
    findMembers(pool, programmeId, [memberId]),
  ]);
  const reading = readingOf({ memberId, programmeId, enrolledAt: enrolled.get(memberId) ?? null }, undefined);
  return readTier(ledger, { ...reading, ...then });
}
