import type { Lot, OpenLot } from '../../core/points/lot';
import type { Wallet } from '../../core/points/wallet';
import type { PlannedTransaction } from './apply.store';
import { hexOf, hexOrNull, msOf, msOrNull, json, uuidOrNull } from './journal-rows';
import type { Cells } from './cells';
import { termsId } from './terms.store';

/** A wallet as it ends. */
export function walletRow(wallet: Wallet): Cells {
  const { key, tier, owed, chain, balances } = wallet;
  return [
    key.bucket,
    key.wallet,
    wallet.seq,
    wallet.lotCount,
    balances.available,
    balances.pending,
    balances.held,
    balances.arrears,
    balances.qualifying,
    tier.code,
    msOrNull(tier.since),
    msOrNull(tier.until),
    msOrNull(tier.countedSince),
    msOrNull(tier.dueAt),
    owed.length === 0
      ? null
      : json(
          owed.map(({ creditorId, points, openedSeq }) => ({
            creditor: uuidOrNull(creditorId),
            points,
            opened: openedSeq,
          })),
        ),
    chain,
  ];
}

/** A hold made and closed within one batch is written once, as it ends. */
export function holds(transactions: readonly PlannedTransaction[]): Cells[] {
  const rows = new Map<string, Cells>();
  for (const {
    plan: { hold },
    after,
    programmeId,
  } of transactions) {
    if (hold === undefined) continue;
    rows.set(`${after.key.wallet}:${hold.seq}`, [
      after.key.bucket,
      after.key.wallet,
      hold.seq,
      hexOf(programmeId),
      hexOf(hold.partnerId),
      hold.points,
      hold.state,
      hold.captured,
      hold.state === 'OPEN' ? null : after.seq,
      msOf(hold.expiresAt),
    ]);
  }
  return [...rows.values()];
}

/** The lots a batch touched, as they end: opened, drawn, or gone. One that expires later now moves: its key says when. */
export function openLots(
  transactions: readonly PlannedTransaction[],
  wallets: readonly Wallet[],
): { opened: Cells[]; drawn: Cells[]; closed: Cells[] } {
  const opened: Cells[] = [];
  const drawn: Cells[] = [];
  const closed: Cells[] = [];
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
      } else if (old.remaining !== lot.remaining) drawn.push([...openLotKey(wallet, lot), lot.remaining]);
    }
    for (const lot of lots.values()) closed.push(openLotKey(wallet, lot));
  }
  return { opened, drawn, closed };
}

/** The pending lots a batch touched, as they end. */
export function pendingLots(
  transactions: readonly PlannedTransaction[],
  wallets: readonly Wallet[],
): { open: Cells[]; closed: Cells[] } {
  const open: Cells[] = [];
  const closed: Cells[] = [];
  const before = walletsBefore(transactions);
  for (const wallet of wallets) {
    const was = before.get(wallet.key.wallet);
    if (was === undefined || was.pendingLots === wallet.pendingLots) continue;
    const left = new Set(wallet.pendingLots.map(({ lotSeq }) => lotSeq));
    for (const { lotSeq } of was.pendingLots)
      if (!left.has(lotSeq)) closed.push([wallet.key.bucket, wallet.key.wallet, lotSeq]);
    for (const { lotSeq, remaining, releaseAt } of wallet.pendingLots) {
      const { bucket, wallet: uuid } = wallet.key;
      open.push([bucket, uuid, lotSeq, hexOf(wallet.programmeId), remaining, msOrNull(releaseAt)]);
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

function openLotKey({ key }: Wallet, { lotSeq, earnedAt, expiresAt }: Lot): Cells {
  return [key.bucket, key.wallet, lotSeq, msOf(earnedAt), msOrNull(expiresAt)];
}

function openLotRow(wallet: Wallet, lot: OpenLot): Cells {
  return [
    ...openLotKey(wallet, lot),
    hexOf(wallet.programmeId),
    hexOrNull(lot.issuerId),
    termsId(lot.terms),
    lot.remaining,
  ];
}
