import { micros } from '../../../../kernel/values/money';
import { points } from '../../../../kernel/values/points';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { LotPart, Party } from '../points/lot';
import { hubMoves, NO_MONEY, owedClaims, together, type Claim, type HubAccount, type MoneySide } from './claim';
import { fundOf, GOODWILL, MARGIN_INCOME, marginOf, marginPerPoint, prefundGained, prefundOf } from './hub-accounts';

/** What the party that accepted points is owed for each, and why. */
export interface Price {
  readonly creditorId: Party;
  /** r: micro-units per point. */
  readonly perPoint: bigint;
  readonly contractVersion: number;
  readonly kind: 'REDEMPTION' | 'REDEMPTION_REVERSAL' | 'ARREARS_OFFSET';
}

/**
 * Who owes what for points of one lot that were spent. AT_REDEMPTION: the lot's funders pay the redeemer, a funder nothing
 * to itself. AT_ISSUANCE: the issuer's fund pays and its margin is earned. HYBRID: the prefund pays its part, the issuer the
 * rest. Source: SETTLEMENT §3.
 *
 * Rounds `r·k` over funders, and over prefund and rest, by largest remainder in whole micro-units, ties by party. The prefund gives what
 * the points still outstanding need no longer: what that is more, or less, than was paid out of it, the issuer gets, or owes.
 *
 * @param entry       index of the entry that moved the points
 * @param outstanding points of the lot spendable or on hold before
 */
export function spendingMoney(
  { lot, points: k }: LotPart,
  entry: number,
  { price, outstanding }: { price: Price; outstanding: bigint },
): MoneySide {
  const due = price.perPoint * k;
  const base = { entry, lotSeq: lot.lotSeq, points: k, kind: price.kind, contractVersion: price.contractVersion };
  const owes = (debtorId: Party, amount: bigint, hubAccount: HubAccount | null): Claim => ({
    ...base,
    debtorId,
    creditorId: price.creditorId,
    micros: micros(amount),
    hubAccount,
  });
  const { terms, issuerId } = lot;
  switch (terms.settlementModel) {
    case 'AT_REDEMPTION': {
      const parts = splitByLargestRemainder(
        due,
        terms.funding.map(({ bps }) => BigInt(bps)),
      );
      const involvesHub = (party: Party) => party === null || price.creditorId === null;
      const claims = terms.funding.map(({ partyId }, n) =>
        owes(partyId, parts[n] ?? 0n, involvesHub(partyId) ? GOODWILL : null),
      );
      return { claims: owedClaims(claims), money: [] };
    }
    case 'AT_ISSUANCE': {
      const fund = fundOf(issuerId);
      const margin = marginPerPoint(terms) * k;
      return together([
        fromHub(owes(null, due, fund), fund),
        { claims: [], money: hubMoves(base, { from: marginOf(issuerId), to: MARGIN_INCOME, micros: margin }) },
        // What the fund kept for a dearer redeemer than this one is earned as well.
        { claims: [], money: hubMoves(base, { from: fund, to: MARGIN_INCOME, micros: terms.reserveMicros * k - due }) },
      ]);
    }
    case 'HYBRID': {
      const [inAdvance = 0n, rest = 0n] = splitByLargestRemainder(due, prefundWeights(terms.prefundBps));
      const prefund = prefundOf(issuerId);
      const unused = -prefundGained(terms, { before: outstanding, after: outstanding - k }) - inAdvance;
      const refund: Claim = { ...owes(issuerId, -unused, prefund), creditorId: null, kind: 'ISSUANCE_REFUND' };
      const restClaim = owes(issuerId, rest, price.creditorId === null ? GOODWILL : null);
      return together([
        fromHub(owes(null, inAdvance, prefund), prefund),
        { claims: owedClaims([restClaim, refund]), money: [] },
      ]);
    }
  }
}

const prefundWeights = (bps: number): bigint[] => [BigInt(bps), BigInt(10_000 - bps)];

/** A claim paid out of one of the hub's accounts; owed to the hub itself it only moves between two of them. */
function fromHub(claim: Claim, account: HubAccount): MoneySide {
  if (claim.creditorId !== null) return { claims: owedClaims([claim]), money: [] };
  return { claims: [], money: hubMoves(claim, { from: account, to: GOODWILL, micros: claim.micros }) };
}

/**
 * The mirror of what was owed for points of a draw that come back: what was owed for those not yet reversed, less what is
 * owed for those that stay spent, so that reversing a draw bit by bit ends exactly where it began.
 *
 * @param outstanding points of the lot spendable or on hold before they come back
 */
export function reversalMoney(
  { lot, points: k }: LotPart,
  entry: number,
  { price, stillSpent, outstanding: left }: { price: Price; stillSpent: bigint; outstanding: bigint },
): MoneySide {
  // Both as if they were spent now, out of what is outstanding and what was spent together.
  const drawn = { price, outstanding: left + stillSpent + k };
  const before = spendingMoney({ lot, points: points(stillSpent + k) }, entry, drawn);
  const after = stillSpent === 0n ? NO_MONEY : spendingMoney({ lot, points: points(stillSpent) }, entry, drawn);
  return difference(after, before, k);
}

/** One money side less another of the same lot and price, account by account. */
function difference(less: MoneySide, whole: MoneySide, k: LotPart['points']): MoneySide {
  const nameOf = ({ debtorId, creditorId, hubAccount }: Claim) =>
    [debtorId, creditorId, hubAccount?.kind, hubAccount?.owner].join();
  const left = new Map(less.claims.map((claim) => [nameOf(claim), claim]));
  const owed = new Map(whole.claims.map((claim) => [nameOf(claim), claim]));
  const claims = [...new Map([...left, ...owed])].map(([name, claim]): Claim => ({
    ...claim,
    points: k,
    micros: micros((left.get(name)?.micros ?? 0n) - (owed.get(name)?.micros ?? 0n)),
  }));
  const moveOf = (side: MoneySide) => new Map(side.money.map((one) => [`${one.debit.kind}>${one.credit.kind}`, one]));
  const leftMoves = moveOf(less);
  const money = [...moveOf(whole)].flatMap(([name, move]) =>
    hubMoves(move, { from: move.debit, to: move.credit, micros: (leftMoves.get(name)?.micros ?? 0n) - move.micros }),
  );
  return { claims: owedClaims(claims), money };
}
