import { divideFloor } from '../../../../kernel/values/rounding';
import type { LineDetail } from '../closing-package/line-detail';
import { prefundedMicros } from '../money/hub-accounts';
import type { Party } from '../points/lot';
import type { Contract } from '../rule-book';

/** Where a line stands among the lines of its pair. */
export interface LinePlace {
  /** Its place by remainder, the largest first and among equals the earlier; 1 is first to be raised. */
  readonly rank: bigint;
  readonly lines: bigint;
  /** How many lines of the pair bill one minor unit more than their floor. */
  readonly raisedLines: bigint;
}

/** How a line came about, step by step. */
export interface LineExplanation extends LinePlace {
  /** What the whole of the points cost, before it is shared. */
  readonly wholeMicros: bigint | null;
  /** Micro-units per point; null for what is not reckoned by the point. */
  readonly perPointMicros: bigint | null;
  /** Whose version of a contract the price is of: the redeemer's for what is spent, else the issuer's. */
  readonly priceOf: Party;
  readonly priceVersion: number;
  /** The debtor's part of the whole, in basis points; null where it is no share. */
  readonly shareBps: number | null;
  readonly floorMinor: bigint;
  readonly remainderMicros: bigint;
  /** 1 when the line was raised, 0 when not. */
  readonly raisedBy: bigint;
}

/**
 * Explains a line: what the points cost at which price, the debtor's share of it, its floor in minor units, and its place when the
 * missing units were given to the largest remainders.
 */
export function explainLine(
  line: LineDetail,
  { place, contracts, microsPerMinor }: { place: LinePlace; contracts: readonly Contract[]; microsPerMinor: bigint },
): LineExplanation {
  const floorMinor = divideFloor(line.micros, microsPerMinor);
  return {
    ...place,
    ...costOf(line, contracts),
    shareBps: shareOf(line),
    floorMinor,
    remainderMicros: line.micros - floorMinor * microsPerMinor,
    raisedBy: line.isDisputed ? 0n : line.billedMinor - floorMinor,
  };
}

type Cost = Pick<LineExplanation, 'wholeMicros' | 'perPointMicros' | 'priceOf' | 'priceVersion'>;

function costOf(line: LineDetail, contracts: readonly Contract[]): Cost {
  const { kind, points, terms, issuerId, redeemerId, contractVersion } = line;
  const issuers = { priceOf: issuerId, priceVersion: terms.contractVersion };
  const each = (perPointMicros: bigint) => ({ ...issuers, perPointMicros, wholeMicros: perPointMicros * points });
  // The outcome of an earlier dispute follows from what was decided, and from nothing else.
  if (line.outcomeOf !== null || kind === 'BUY_OUT') return { ...issuers, perPointMicros: null, wholeMicros: null };
  switch (kind) {
    case 'PROGRAMME_FEE':
    case 'PROGRAMME_FEE_CREDIT':
      return each(terms.feeMicros);
    case 'ISSUANCE_FUNDING':
    case 'ISSUANCE_REFUND':
      return terms.settlementModel === 'AT_ISSUANCE'
        ? each(terms.issuanceMicros)
        : { ...each(terms.reserveMicros), wholeMicros: prefundedMicros(terms, points) };
    case 'BREAKAGE_SHARE':
      return each(terms.reserveMicros);
    default: {
      const agreed = contracts.find((one) => one.partnerId === redeemerId && one.version === contractVersion);
      const perPointMicros = agreed?.reimbursementMicros ?? terms.reserveMicros;
      return {
        priceOf: redeemerId,
        priceVersion: contractVersion,
        perPointMicros,
        wholeMicros: perPointMicros * points,
      };
    }
  }
}

/** The debtor's part; of what a fund pays, all of it; of points prefunded in part, that part or the rest. */
function shareOf({ kind, terms, debtorId }: LineDetail): number | null {
  if (kind.startsWith('ISSUANCE') || kind === 'BUY_OUT') return null;
  if (kind === 'BREAKAGE_SHARE') return terms.breakageShareBps;
  const isFee = kind.startsWith('PROGRAMME_FEE');
  if (isFee || terms.settlementModel === 'AT_REDEMPTION')
    return terms.funding.find(({ partyId }) => partyId === debtorId)?.bps ?? null;
  if (terms.settlementModel === 'AT_ISSUANCE') return 10_000;
  return debtorId === null ? terms.prefundBps : 10_000 - terms.prefundBps;
}
