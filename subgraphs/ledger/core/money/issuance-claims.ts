import { micros } from '../../../../kernel/values/money';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { LotPart, LotTerms, Party } from '../points/lot';
import { hubMoves, owedClaims, together, type Claim, type ClaimKind, type HubAccount, type MoneySide } from './claim';
import {
  BREAKAGE_INCOME,
  contributedPerPoint,
  fundOf,
  GOODWILL,
  MARGIN_INCOME,
  marginOf,
  marginPerPoint,
  prefundedMicros,
  prefundGained,
  prefundOf,
  PROGRAMME_FEES,
  SETTLEMENT_BANK,
} from './hub-accounts';

/**
 * What is owed when points become available. AT_REDEMPTION: its funders owe the programme fee. AT_ISSUANCE: the issuer owes
 * `I·n`, of which the fund keeps the reserve and the rest is margin not yet earned. HYBRID: the issuer owes the prefund, its
 * funders the fee. Source: SETTLEMENT §3, row release.
 *
 * @param entry index of the entry that made them available
 */
export function issuanceMoney(part: LotPart, entry: number): MoneySide {
  const { settlementModel } = part.lot.terms;
  const sides: MoneySide[] = [];
  if (settlementModel !== 'AT_ISSUANCE')
    sides.push(feeMoney(part, entry, { kind: 'PROGRAMME_FEE', before: 0n, after: part.points }));
  if (settlementModel !== 'AT_REDEMPTION')
    sides.push(fundingMoney(part, entry, { kind: 'ISSUANCE_FUNDING', before: 0n, sign: 1n }));
  return together(sides);
}

/**
 * What points taken over from before the hub bring along: what was paid for them in advance came in then, so it is in the bank and
 * nobody owes it. AT_REDEMPTION: nothing.
 */
export function openingMoney({ lot, points: n }: LotPart, entry: number): MoneySide {
  const { terms, issuerId, lotSeq } = lot;
  const place = { entry, lotSeq };
  const from = SETTLEMENT_BANK;
  switch (terms.settlementModel) {
    case 'AT_REDEMPTION':
      return NONE;
    case 'HYBRID':
      return {
        claims: [],
        money: hubMoves(place, { from, to: prefundOf(issuerId), micros: prefundedMicros(terms, n) }),
      };
    case 'AT_ISSUANCE': {
      return {
        claims: [],
        money: [
          ...hubMoves(place, { from, to: fundOf(issuerId), micros: terms.reserveMicros * n }),
          ...hubMoves(place, { from, to: marginOf(issuerId), micros: marginPerPoint(terms) * n }),
        ],
      };
    }
  }
}

/**
 * The fee of points taken back, also of those that were spent; AT_ISSUANCE: it was inside the price.
 *
 * @param charged points of the lot whose fee was paid and has not come back
 */
export function feeCredit(part: LotPart, entry: number, charged: bigint): MoneySide {
  if (part.lot.terms.settlementModel === 'AT_ISSUANCE') return NONE;
  return feeMoney(part, entry, { kind: 'PROGRAMME_FEE_CREDIT', before: charged, after: charged - part.points });
}

/**
 * What was paid at issuance for points taken back unspent; for the rest it has been paid out to redeemers. Of points bought out for less
 * than their reserve the issuer gets what it paid, and the operator what it contributed.
 *
 * @param outstanding points of the lot spendable or on hold before
 */
export function issuanceRefund(part: LotPart, entry: number, outstanding: bigint): MoneySide {
  return fundingMoney(part, entry, { kind: 'ISSUANCE_REFUND', before: outstanding, sign: -1n });
}

/**
 * What expiry does to money. AT_REDEMPTION: nothing, the issuer keeps the breakage. HYBRID: the prefund goes back.
 * AT_ISSUANCE: the issuer gets its agreed share of what the fund kept, the rest is breakage income; the margin is earned.
 *
 * Rounds the share half towards the issuer by largest remainder in whole micro-units. Points that are re-instated take with them what
 * all that had expired came to, less what the rest comes to.
 *
 * @param before points of the lot outstanding before, and, where they are re-instated, expired before
 */
export function breakageMoney(
  { lot, points: n }: LotPart,
  entry: number,
  { outstanding, reinstatedOf }: { outstanding: bigint; reinstatedOf?: bigint },
): MoneySide {
  const sign = reinstatedOf === undefined ? 1n : -1n;
  const { terms, issuerId } = lot;
  if (terms.settlementModel === 'AT_REDEMPTION') return NONE;
  if (terms.settlementModel === 'HYBRID')
    return fundingMoney({ lot, points: n }, entry, {
      kind: sign === 1n ? 'ISSUANCE_REFUND' : 'ISSUANCE_FUNDING',
      before: outstanding,
      sign: -sign as 1n | -1n,
    });
  const place = { entry, lotSeq: lot.lotSeq };
  const shareOf = (expired: bigint) => breakageShare(terms, expired);
  const share = reinstatedOf === undefined ? shareOf(n) : shareOf(reinstatedOf) - shareOf(reinstatedOf - n);
  const income = terms.reserveMicros * n - share;
  const fund = fundOf(issuerId);
  const claim: Claim = {
    ...place,
    debtorId: null,
    creditorId: issuerId,
    kind: 'BREAKAGE_SHARE',
    micros: micros(sign * share),
    points: n,
    contractVersion: terms.contractVersion,
    hubAccount: fund,
  };
  return {
    claims: owedClaims([claim]),
    money: [
      ...hubMoves(place, { from: fund, to: BREAKAGE_INCOME, micros: sign * income }),
      ...hubMoves(place, { from: marginOf(issuerId), to: MARGIN_INCOME, micros: sign * marginPerPoint(terms) * n }),
    ],
  };
}

/** What an issuer gets of the reserve price of expired points. */
function breakageShare({ reserveMicros, breakageShareBps }: LotTerms, expired: bigint): bigint {
  const weights = [BigInt(breakageShareBps), BigInt(10_000 - breakageShareBps)];
  return splitByLargestRemainder(reserveMicros * expired, weights)[0] ?? 0n;
}

/**
 * What an issuer owes the fund for points that change from AT_REDEMPTION to AT_ISSUANCE: their reserve price, less the part
 * agreed never to be spent. That part the operator contributes, so that the fund covers every point outstanding; it comes back
 * as breakage income when they expire, and to where it came from when they are taken back. Rounds down to whole micro-units; the
 * remainder is the operator's.
 */
export function buyOutMoney({ lot, points: n }: LotPart, entry: number, breakageBps: number): MoneySide {
  const due = (lot.terms.reserveMicros * n * BigInt(10_000 - breakageBps)) / 10_000n;
  const claim = toHub({ lot, points: n }, entry, { debtorId: lot.issuerId, kind: 'BUY_OUT', micros: due });
  const fund = fundOf(lot.issuerId);
  const contributed = lot.terms.reserveMicros * n - due;
  return {
    claims: owedClaims([{ ...claim, hubAccount: fund }]),
    money: hubMoves({ entry, lotSeq: lot.lotSeq }, { from: GOODWILL, to: fund, micros: contributed }),
  };
}

const NONE: MoneySide = { claims: [], money: [] };

/** The fee each funder owes for so many points of a lot, less what it owed for as many as before. */
function feeMoney(
  part: LotPart,
  entry: number,
  { kind, before, after }: { kind: ClaimKind; before: bigint; after: bigint },
): MoneySide {
  const { funding, feeMicros } = part.lot.terms;
  const sharesOf = (charged: bigint) =>
    splitByLargestRemainder(
      feeMicros * charged,
      funding.map(({ bps }) => BigInt(bps)),
    );
  const [owed, was] = [sharesOf(after), sharesOf(before)];
  const claims = funding.map(({ partyId }, n) => ({
    ...toHub(part, entry, { debtorId: partyId, kind, micros: (owed[n] ?? 0n) - (was[n] ?? 0n) }),
    hubAccount: PROGRAMME_FEES,
  }));
  return { claims: owedClaims(claims), money: [] };
}

/** @param before points of the lot outstanding before */
function fundingMoney(
  part: LotPart,
  entry: number,
  { kind, before, sign }: { kind: ClaimKind; before: bigint; sign: 1n | -1n },
): MoneySide {
  const { terms, issuerId } = part.lot;
  const due = (amount: bigint, hubAccount: HubAccount): Claim => ({
    ...toHub(part, entry, { debtorId: issuerId, kind, micros: amount }),
    hubAccount,
  });
  if (terms.settlementModel === 'HYBRID') {
    const gained = prefundGained(terms, { before, after: before + sign * part.points });
    return { claims: owedClaims([due(gained, prefundOf(issuerId))]), money: [] };
  }
  if (terms.settlementModel === 'AT_REDEMPTION') return NONE;
  const fund = fundOf(issuerId);
  const place = { entry, lotSeq: part.lot.lotSeq };
  const margin = sign * marginPerPoint(terms) * part.points;
  const contributed = sign * contributedPerPoint(terms) * part.points;
  return {
    claims: owedClaims([due(sign * terms.issuanceMicros * part.points, fund)]),
    money: [
      ...hubMoves(place, { from: fund, to: marginOf(issuerId), micros: margin }),
      ...hubMoves(place, { from: GOODWILL, to: fund, micros: contributed }),
    ],
  };
}

function toHub(
  { lot, points }: LotPart,
  entry: number,
  due: { debtorId: Party; kind: ClaimKind; micros: bigint },
): Omit<Claim, 'hubAccount'> & { hubAccount: null } {
  return {
    entry,
    debtorId: due.debtorId,
    creditorId: null,
    kind: due.kind,
    micros: micros(due.micros),
    lotSeq: lot.lotSeq,
    points,
    contractVersion: lot.terms.contractVersion,
    hubAccount: null,
  };
}
