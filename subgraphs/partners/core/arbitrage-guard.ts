import type { Refusal } from '../../../kernel/errors/refusal';
import type { PartnerId } from '../../../kernel/values/id';
import type { Partner } from './partner';
import { refuse } from './refusals';

/** What of a contract's version the guard reads. */
export interface Priced {
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
  readonly settlementModel: 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';
  readonly reimbursementMicros: bigint;
  readonly issuanceMicros: bigint;
}

/** Who of the programme may accept points. */
export interface Redeemers {
  readonly partners: readonly Pick<Partner, 'id' | 'canRedeem' | 'status'>[];
}

/** A version with the stretch it is in force: from its own instant, until the partner's next version begins. */
interface Span {
  readonly terms: Priced;
  readonly from: number;
  readonly to: number;
}

/**
 * The arbitrage guard: nobody is paid more for accepting a point than the point is worth, was paid for, or was reserved.
 * Otherwise a partner could buy points from itself, redeem them with itself, and be paid the difference by the coalition.
 * Source: SETTLEMENT §1.
 *
 * What is outstanding is not known here. So every stretch in which points were issued against money in advance counts as
 * having some left, however long ago.
 *
 * @param proposed a partner's version that begins after all its others
 * @returns PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE (r ≤ v), PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT (I ≥ r of every open redeemer),
 *          PARTNERS_REIMBURSEMENT_ABOVE_RESERVE (r ≤ the reserve price of funded lots that may be outstanding), or null
 */
export function arbitrageIn(
  proposed: Priced,
  agreed: Redeemers & { readonly faceValueMicros: bigint; readonly contracts: readonly Priced[] },
): Refusal | null {
  const { faceValueMicros } = agreed;
  const { reimbursementMicros } = proposed;
  if (reimbursementMicros > faceValueMicros) {
    return refuse(
      'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE',
      `A point would be reimbursed with ${reimbursementMicros} micro-units and is worth ${faceValueMicros}.`,
      { reimbursementMicros, faceValueMicros },
    );
  }
  const spans = spansOf([...agreed.contracts, proposed]);
  const open = new Set(agreed.partners.filter((p) => p.canRedeem && p.status !== 'LEFT').map(({ id }) => id));
  const redeeming = spans.filter(({ terms }) => open.has(terms.partnerId));
  // A suspended redeemer may come back, so its price is held against the issuers'; but nothing is reserved for it meanwhile.
  const suspended = new Set(agreed.partners.filter(({ status }) => status === 'SUSPENDED').map(({ id }) => id));
  const reserving = redeeming.filter(({ terms }) => !suspended.has(terms.partnerId) || terms === proposed);
  return issuanceTooLow(proposed, spans, redeeming) ?? aboveReserve(proposed, spans, reserving);
}

function issuanceTooLow(proposed: Priced, spans: readonly Span[], redeeming: readonly Span[]): Refusal | null {
  const fundedAtIssuance = spans.filter(({ terms }) => terms.settlementModel === 'AT_ISSUANCE');
  for (const funded of fundedAtIssuance) {
    for (const redeemer of redeeming) {
      const isNew = funded.terms === proposed || redeemer.terms === proposed;
      if (!isNew || !meet(funded, redeemer)) continue;
      const { issuanceMicros } = funded.terms;
      const { reimbursementMicros } = redeemer.terms;
      if (issuanceMicros >= reimbursementMicros) continue;
      return refuse(
        'PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT',
        `A point would be paid for with ${issuanceMicros} micro-units and be reimbursed with ${reimbursementMicros}.`,
        { issuanceMicros, reimbursementMicros },
      );
    }
  }
  return null;
}

function aboveReserve(proposed: Priced, spans: readonly Span[], redeeming: readonly Span[]): Refusal | null {
  const own = redeeming.find(({ terms }) => terms === proposed);
  if (own === undefined) return null;
  const { reimbursementMicros } = proposed;
  const reserveMicros = lowestReserve(spans, redeeming, own.from);
  if (reserveMicros === null || reimbursementMicros <= reserveMicros) return null;
  return refuse(
    'PARTNERS_REIMBURSEMENT_ABOVE_RESERVE',
    `A point would be reimbursed with ${reimbursementMicros} micro-units; ${reserveMicros} were reserved for some that may be outstanding.`,
    { reimbursementMicros, reserveMicros },
  );
}

/** The lowest reserve price, before an instant, of points that were funded; null when none were. */
function lowestReserve(spans: readonly Span[], redeeming: readonly Span[], before: number): bigint | null {
  let lowest: bigint | null = null;
  for (const funded of spans.filter(({ terms }) => terms.settlementModel !== 'AT_REDEMPTION')) {
    const to = Math.min(funded.to, before);
    // The reserve changes only where some redeemer's version begins.
    const instants = [funded.from, ...redeeming.map(({ from }) => from)].filter((at) => funded.from <= at && at < to);
    for (const at of instants) {
      const reserve = reserveAt(redeeming, at);
      if (lowest === null || reserve < lowest) lowest = reserve;
    }
  }
  return lowest;
}

/** The highest price any redeemer is paid at an instant: what a lot issued then is reserved with. */
function reserveAt(redeeming: readonly Span[], at: number): bigint {
  return redeeming
    .filter(({ from, to }) => from <= at && at < to)
    .reduce((highest, { terms }) => (terms.reimbursementMicros > highest ? terms.reimbursementMicros : highest), 0n);
}

function spansOf(versions: readonly Priced[]): Span[] {
  return versions.map((terms) => {
    const from = terms.validFrom.getTime();
    const later = versions
      .filter(({ partnerId }) => partnerId === terms.partnerId)
      .map(({ validFrom }) => validFrom.getTime())
      .filter((begin) => begin > from);
    return { terms, from, to: Math.min(Infinity, ...later) };
  });
}

const meet = (one: Span, other: Span): boolean => one.from < other.to && other.from < one.to;
