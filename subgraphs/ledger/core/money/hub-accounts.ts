import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { LotTerms, Party } from '../points/lot';
import type { HubAccount } from './claim';

export const fundOf = (issuer: Party): HubAccount => ({ kind: 'POINT_FUND', owner: issuer });
export const prefundOf = (issuer: Party): HubAccount => ({ kind: 'PREFUND', owner: issuer });
export const marginOf = (issuer: Party): HubAccount => ({ kind: 'DEFERRED_MARGIN', owner: issuer });
export const MARGIN_INCOME: HubAccount = { kind: 'MARGIN_INCOME', owner: null };
export const BREAKAGE_INCOME: HubAccount = { kind: 'BREAKAGE_INCOME', owner: null };
export const PROGRAMME_FEES: HubAccount = { kind: 'PROGRAMME_FEES', owner: null };
export const SETTLEMENT_BANK: HubAccount = { kind: 'SETTLEMENT_BANK', owner: null };
export const GOODWILL: HubAccount = { kind: 'GOODWILL_EXPENSE', owner: null };

/** What was paid per point above its reserve price: margin, earned when the point is spent or expires. */
export function marginPerPoint({ issuanceMicros, reserveMicros }: LotTerms): bigint {
  return issuanceMicros > reserveMicros ? issuanceMicros - reserveMicros : 0n;
}

/** What the operator contributed to the reserve price of a point bought out for less. */
export function contributedPerPoint({ issuanceMicros, reserveMicros }: LotTerms): bigint {
  return reserveMicros > issuanceMicros ? reserveMicros - issuanceMicros : 0n;
}

/**
 * What the prefund of a lot gains when so many of its points are outstanding, spendable or on hold, instead of so many before; it gives
 * where it gains less than nothing. Always the whole for what is outstanding now less the whole for what was, so that in whatever parts
 * points go and come back, nothing is left in it when none is outstanding.
 */
export function prefundGained(terms: LotTerms, { before, after }: { before: bigint; after: bigint }): bigint {
  return prefundedMicros(terms, after) - prefundedMicros(terms, before);
}

/**
 * What a HYBRID issuer pays in advance for points: its part of the reserve price.
 *
 * Rounds by largest remainder in whole micro-units, ties to the prefund.
 */
export function prefundedMicros({ reserveMicros, prefundBps }: LotTerms, quantity: bigint): bigint {
  const weights = [BigInt(prefundBps), BigInt(10_000 - prefundBps)];
  return splitByLargestRemainder(reserveMicros * quantity, weights)[0] ?? 0n;
}
