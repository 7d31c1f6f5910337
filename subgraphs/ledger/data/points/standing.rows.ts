import { uuidOf } from '../../../../kernel/values/id';
import type { Lot, OpenLot } from '../../core/points/lot';
import type { Wallet } from '../../core/points/wallet';
import type { PlannedTransaction } from './apply.store';
import { uuidOrNull } from './journal.rows';
import { termsId } from './terms.store';

/** A wallet as it ends. */
export function walletRow(wallet: Wallet): object {
  const { tier, owed, chain } = wallet;
  return {
    ...wallet.key,
    seq: wallet.seq,
    lots: wallet.lotCount,
    ...wallet.balances,
    tier_code: tier.code,
    tier_since: tier.since,
    tier_until: tier.until,
    counted_since: tier.countedSince,
    tier_due_at: tier.dueAt,
    owed:
      owed.length === 0
        ? null
        : owed.map(({ creditorId, points, openedSeq }) => ({
            creditor: uuidOrNull(creditorId),
            points: points.toString(),
            opened: openedSeq.toString(),
          })),
    chain: chain === null ? null : `\\x${chain.toString('hex')}`,
  };
}

/** A hold made and closed within one batch is written once, as it ends. */
export function holds(transactions: readonly PlannedTransaction[]): object[] {
  const rows = new Map<string, object>();
  for (const {
    plan: { hold },
    after,
    programmeId,
  } of transactions) {
    if (hold === undefined) continue;
    rows.set(`${after.key.wallet}:${hold.seq}`, {
      ...after.key,
      seq: hold.seq,
      programme_id: uuidOf(programmeId),
      partner_id: uuidOf(hold.partnerId),
      points: hold.points,
      state: hold.state,
      captured: hold.captured,
      closed_seq: hold.state === 'OPEN' ? null : after.seq,
      expires_at: hold.expiresAt,
    });
  }
  return [...rows.values()];
}

/** The lots a batch touched, as they end: opened, drawn, or gone. One that expires later now moves: its key says when. */
export function openLots(
  transactions: readonly PlannedTransaction[],
  wallets: readonly Wallet[],
): { opened: object[]; drawn: object[]; closed: object[] } {
  const opened: object[] = [];
  const drawn: object[] = [];
  const closed: object[] = [];
  const before = walletsBefore(transactions);
  for (const wallet of wallets) {
    const was = before.get(wallet.key.wallet);
    if (was === undefined || was.lots === wallet.lots) continue;
    const lots = new Map(was.lots.map((lot) => [lot.lotSeq, lot]));
    for (const lot of wallet.lots) {
      const old = lots.get(lot.lotSeq);
      lots.delete(lot.lotSeq);
      if (old === undefined) opened.push(openLotRow(wallet, lot));
      else if (old.expiresAt?.getTime() !== lot.expiresAt?.getTime()) {
        closed.push(openLotKey(wallet, old));
        opened.push(openLotRow(wallet, lot));
      } else if (old.remaining !== lot.remaining) drawn.push({ ...openLotKey(wallet, lot), remaining: lot.remaining });
    }
    for (const lot of lots.values()) closed.push(openLotKey(wallet, lot));
  }
  return { opened, drawn, closed };
}

/** The pending lots a batch touched, as they end. */
export function pendingLots(
  transactions: readonly PlannedTransaction[],
  wallets: readonly Wallet[],
): { open: object[]; closed: object[] } {
  const open: object[] = [];
  const closed: object[] = [];
  const before = walletsBefore(transactions);
  for (const wallet of wallets) {
    const was = before.get(wallet.key.wallet);
    if (was === undefined || was.pendingLots === wallet.pendingLots) continue;
    const left = new Set(wallet.pendingLots.map(({ lotSeq }) => lotSeq));
    for (const { lotSeq } of was.pendingLots) if (!left.has(lotSeq)) closed.push({ ...wallet.key, lot_seq: lotSeq });
    for (const { lotSeq, remaining, releaseAt } of wallet.pendingLots) {
      const programme = uuidOf(wallet.programmeId);
      open.push({ ...wallet.key, lot_seq: lotSeq, programme_id: programme, remaining, release_at: releaseAt });
    }
  }
  return { open, closed };
}

/** Each wallet as it was before the first transaction of the batch on it. */
function walletsBefore(transactions: readonly PlannedTransaction[]): Map<string, Wallet> {
  const before = new Map<string, Wallet>();
  for (const one of transactions) {
    if (!before.has(one.after.key.wallet)) before.set(one.after.key.wallet, one.before);
  }
  return before;
}

function openLotKey({ key }: Wallet, { lotSeq, earnedAt, expiresAt }: Lot): object {
  return { ...key, lot_seq: lotSeq, earned_at: earnedAt, expires_at: expiresAt };
}

function openLotRow(wallet: Wallet, lot: OpenLot): object {
  return {
    ...openLotKey(wallet, lot),
    programme_id: uuidOf(wallet.programmeId),
    issuer_id: uuidOrNull(lot.issuerId),
    terms_id: termsId(lot.terms),
    remaining: lot.remaining,
  };
}
