import type { Points } from '../../../../kernel/values/points';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { walletKeyOf } from '../../core/points/wallet';
import { loadBalanceAt, type WalletOfProgramme } from '../../data/points/account.store';
import {
  loadEffectiveBalanceAt,
  loadEffectiveLines,
  loadRecordedLines,
  loadTierSpans,
  loadVersionAt,
  type EffectivePlace,
  type TierSpan,
} from '../../data/time/as-of.store';
import type { Ledger } from '../ledger';
import {
  readStatement,
  readTier,
  readTierAt,
  type AccountReading,
  type AccountView,
  type JournalLine,
  type TierReading,
} from '../points/read-account';

/** By which time a past is asked for: when the ledger recorded things, or when they happened in the world. */
export type TimeAxis = 'RECORDED' | 'EFFECTIVE';

const walletOf = ({ memberId, programmeId }: AccountView): WalletOfProgramme => ({
  key: walletKeyOf(memberId),
  programmeId,
});

/** What an account had AVAILABLE at an instant; 0 before its first transaction. */
export async function readBalanceAt(
  ledger: Ledger,
  account: AccountView,
  { at, by }: { at: Date; by: TimeAxis },
): Promise<Points> {
  if (account.isVeiled) return points(0n);
  const { pool } = ledger.database;
  return by === 'RECORDED'
    ? loadBalanceAt(pool, walletOf(account), at)
    : loadEffectiveBalanceAt(pool, walletOf(account), at);
}

/** Which part of a statement is asked for. */
export interface StatementRequest {
  /** As the statement stood at this instant; null: as it stands now. */
  readonly asOf: Date | null;
  readonly by: TimeAxis;
  /** Lines after this one in the list; null: from the newest on. */
  readonly after: EffectivePlace | null;
  readonly limit: number;
}

/** Statement lines, newest first: in the order recorded, or in the order things happened. */
export async function readStatementAsOf(
  ledger: Ledger,
  account: AccountView,
  { asOf, by, after, limit }: StatementRequest,
): Promise<JournalLine[]> {
  if (account.isVeiled) return [];
  const { pool } = ledger.database;
  if (by === 'EFFECTIVE') return loadEffectiveLines(pool, walletOf(account), { asOf, before: after, limit });
  if (asOf === null) return readStatement(ledger, account, { beforeVersion: after?.seq ?? null, limit });
  return loadRecordedLines(pool, walletOf(account), { asOf, beforeSeq: after?.seq ?? POINTS_MAX, limit });
}

/** Where a member stood on the ladder at an instant of recording; null before anything was known of the member. */
export async function readTierAsOf(ledger: Ledger, account: AccountReading, at: Date): Promise<TierReading | null> {
  const version = await loadVersionAt(ledger.database.pool, walletOf(account), at);
  if (version > 0n) return readTierAt(ledger, account, version);
  if (account.enrolledAt === null || account.enrolledAt > at) return null;
  return readTier(ledger, { ...account, qualifying: points(0n), tierCode: null, tierSince: null });
}

/** A time a member stood on one rung, under the name people read. */
export interface TierSpanReading extends TierSpan {
  readonly name: string;
}

/** On which rungs a member stood, latest first, before a version; a rung the ladder no longer has is named by its code. */
export async function readTierHistory(
  ledger: Ledger,
  account: AccountView,
  { beforeVersion, limit }: { beforeVersion: bigint | null; limit: number },
): Promise<TierSpanReading[]> {
  const [book, spans] = await Promise.all([
    ledger.book(account.programmeId),
    loadTierSpans(ledger.database.pool, walletOf(account), { beforeSeq: beforeVersion ?? POINTS_MAX, limit }),
  ]);
  const nameOf = (code: string) => book?.tiers.find((tier) => tier.code === code)?.name ?? code;
  return spans.map((span) => ({ ...span, name: nameOf(span.code) }));
}
