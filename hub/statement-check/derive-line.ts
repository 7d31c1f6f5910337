import { sharesOf } from './arithmetic';
import type { LineRecord, TotalRecord } from './package-file';

const WHOLE = 10_000n;

/** What a line must be by its event, its lot's terms and the price agreed; null when it follows from nothing within the package. */
export function deriveLine(line: LineRecord, total: TotalRecord): bigint | null {
  const { kind } = line;
  // The outcome of a dispute of an earlier cycle, or what was agreed once and for all: there is nothing to reckon it from.
  if (line.outcomeOf !== null || kind === 'BUY_OUT') return null;
  switch (kind) {
    case 'REDEMPTION':
    case 'ARREARS_OFFSET':
      return spent(line, total, line.points);
    case 'REDEMPTION_REVERSAL':
      return line.spent && spent(line, total, line.spent.after) - spent(line, total, line.spent.before);
    case 'PROGRAMME_FEE':
      return share(line, total, line.lot.feeMicros * line.points);
    case 'PROGRAMME_FEE_CREDIT':
      return share(line, total, -line.lot.feeMicros * line.points);
    case 'ISSUANCE_FUNDING':
      return atIssuance(line, line.points);
    case 'ISSUANCE_REFUND':
      return refund(line, total);
    case 'BREAKAGE_SHARE': {
      const { reserveMicros, breakageShareBps: bps } = line.lot;
      const [part = 0n] = sharesOf(reserveMicros * line.points, [bps, WHOLE - bps]);
      return line.event.kind === 'REINSTATEMENT' ? -part : part;
    }
    default:
      return null;
  }
}

/**
 * Whether a line is a part of its lot and off by no more than the rounding of parts: what comes back, or is paid again, is the whole
 * for what is left of the lot before less the whole for what is left after. How much was left the package does not tell; each whole is
 * rounded by less than a micro-unit, so that the part is within two of what it would be alone.
 */
export function isPartRightlyRounded({ kind, lot, micros }: LineRecord, alone: bigint): boolean {
  const isPart =
    kind === 'PROGRAMME_FEE_CREDIT' ||
    kind === 'BREAKAGE_SHARE' ||
    (lot.settlementModel === 'HYBRID' && (kind === 'ISSUANCE_REFUND' || kind === 'ISSUANCE_FUNDING'));
  const off = micros - alone;
  return isPart && off <= 2n && off >= -2n;
}

/** What the debtor of the pair owes for points spent. */
function spent(line: LineRecord, total: TotalRecord, points: bigint): bigint {
  const due = priceOf(line, total) * points;
  const { settlementModel, prefundBps } = line.lot;
  if (settlementModel === 'AT_ISSUANCE') return total.debtor === 'hub' ? due : 0n;
  if (settlementModel === 'AT_REDEMPTION') return share(line, total, due);
  const [advance = 0n, rest = 0n] = sharesOf(due, [prefundBps, WHOLE - prefundBps]);
  return total.debtor === 'hub' ? advance : rest;
}

/** The redeemer's price of the version the line names; the operator's is what was reserved. */
function priceOf({ redeemer, contractVersion, lot }: LineRecord, { prices }: TotalRecord): bigint {
  const agreed = prices.find((price) => price.partner === redeemer && price.version === contractVersion);
  return agreed?.reimbursementMicros ?? lot.reserveMicros;
}

/** The debtor's part of what a lot's funders owe together. */
function share({ lot }: LineRecord, { debtor }: TotalRecord, whole: bigint): bigint {
  const parts = sharesOf(
    whole,
    lot.funding.map(({ bps }) => bps),
  );
  const place = lot.funding.findIndex(({ party }) => party === debtor);
  return parts[place] ?? 0n;
}

function atIssuance({ lot }: LineRecord, points: bigint): bigint {
  return lot.settlementModel === 'HYBRID' ? prefund(lot, points) : lot.issuanceMicros * points;
}

function prefund({ reserveMicros, prefundBps }: LineRecord['lot'], points: bigint): bigint {
  return sharesOf(reserveMicros * points, [prefundBps, WHOLE - prefundBps])[0] ?? 0n;
}

/**
 * What comes back of what was paid in advance: all of it for points that nobody spent; for points spent where they cost less than was
 * reserved, the difference.
 */
function refund(line: LineRecord, total: TotalRecord): bigint | null {
  if (line.redeemer === null && line.event.kind !== 'ARREARS') return -atIssuance(line, line.points);
  const unused = (points: bigint) => {
    const { prefundBps } = line.lot;
    const [advance = 0n] = sharesOf(priceIn(line, total) * points, [prefundBps, WHOLE - prefundBps]);
    return prefund(line.lot, points) - advance;
  };
  if (line.spent !== null) return unused(line.spent.before) - unused(line.spent.after);
  return -unused(line.points);
}

/** The price a refund's redeemer was paid; it is no party of the pair, so the line tells it. */
function priceIn(line: LineRecord, total: TotalRecord): bigint {
  return line.perPointMicros ?? priceOf(line, total);
}
