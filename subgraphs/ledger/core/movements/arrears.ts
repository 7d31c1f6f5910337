import type { PartnerId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { Price } from '../money/redemption-claims';
import { arrearsTo, available, type Entry } from '../points/account';
import { spendableLots } from '../points/draw';
import type { LotPart, Party } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Arrears, Wallet } from '../points/wallet';
import { contractAt } from '../rule-book';
import { splitParts } from './hold';
import { spentMoney } from './redemption';

/**
 * Posting rule of an arrears offset: spendable points fill what the member owes, AVAILABLE:member → ARREARS:creditor, lot by
 * lot in draw order, older arrears first. In money it is exactly a redemption of those lots in favour of the creditor.
 *
 * Runs after every posting that leaves a member with spendable points and arrears at once. Source: SETTLEMENT §3.
 *
 * @param occurredAt of the posting it follows: it chooses the creditor's price
 * @returns null when there is nothing to fill, or nothing to fill it with
 */
export function planArrearsOffset(wallet: Wallet, occurredAt: Date, facts: PostingFacts): PostingPlan | null {
  if (wallet.balances.arrears === 0n || wallet.balances.available === 0n) return null;
  const owed = [...wallet.owed].sort(compareArrears);
  let left: LotPart[] = spendableLots(wallet.lots, facts.now).map((lot) => ({ lot, points: lot.remaining }));
  const fillings: { creditorId: Party; parts: LotPart[] }[] = [];
  for (const { creditorId, points: due } of owed) {
    const split = splitParts(left, due);
    left = split.left;
    if (split.taken.length > 0) fillings.push({ creditorId, parts: split.taken });
  }
  const flat = fillings.flatMap(({ creditorId, parts }) => parts.map((part) => ({ creditorId, part })));
  if (flat.length === 0) return null;
  return {
    ...EMPTY_PLAN,
    kind: 'ARREARS',
    partnerId: flat[0]?.creditorId ?? null,
    occurredAt,
    entries: flat.map(({ creditorId, part }): Entry => ({
      debit: available(wallet.memberId),
      credit: arrearsTo(creditorId),
      amount: points(part.points),
      lotSeq: part.lot.lotSeq,
    })),
    ...spentMoney(
      wallet,
      flat.map(({ creditorId, part }) => ({ part, price: offsetPrice(creditorId, part, { occurredAt, facts }) })),
    ),
  };
}

/** The creditor's own price; the operator, and a partner without a contract, get what a fund keeps for such points. */
function offsetPrice(
  creditorId: Party,
  { lot }: LotPart,
  { occurredAt, facts }: { occurredAt: Date; facts: PostingFacts },
): Price {
  const contract = creditorId === null ? undefined : contractAt(facts.book, creditorId as PartnerId, occurredAt);
  return {
    creditorId,
    perPoint: contract?.reimbursementMicros ?? lot.terms.reserveMicros,
    contractVersion: contract?.version ?? lot.terms.contractVersion,
    kind: 'ARREARS_OFFSET',
  };
}

function compareArrears(a: Arrears, b: Arrears): number {
  if (a.openedSeq !== b.openedSeq) return a.openedSeq < b.openedSeq ? -1 : 1;
  return (a.creditorId ?? '~') < (b.creditorId ?? '~') ? -1 : 1;
}
