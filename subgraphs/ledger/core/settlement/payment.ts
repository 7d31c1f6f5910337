import type { CurrencyCode } from '../../../../kernel/values/money';
import { convert, type LockedRate } from './conversion';
import type { NetPosition } from './netting';

/** What is paid for a net position. */
export interface Payment extends NetPosition {
  /** Left over from cycles before, because it was too little to pay. */
  readonly carryInMinor: bigint;
  /** Left for the next cycle, because it is too little to pay. */
  readonly carryOutMinor: bigint;
  /** Net and carry together, in the programme's currency; nothing when they are left. Signed like the net. */
  readonly payMinor: bigint;
  /** The currency it is paid in. */
  readonly payCurrency: CurrencyCode;
  readonly payAmountMinor: bigint;
  /** Null when it is paid in the programme's currency. */
  readonly rate: string | null;
  readonly fxDifferenceMicros: bigint;
}

/**
 * What each party pays or is paid: its net and what earlier cycles left, unless that is below the threshold; once converted by
 * the locked rate where it settles in another currency. The operator stands in the middle and pays itself nothing.
 *
 * @param carriedIn of the cycle before, by party
 */
export function paymentsOf(
  nets: readonly NetPosition[],
  terms: {
    readonly currency: CurrencyCode;
    readonly payFromMinor: bigint;
    readonly carriedIn: ReadonlyMap<NetPosition['partyId'], bigint>;
    readonly rates: readonly LockedRate[];
  },
): Payment[] {
  return nets.map(({ partyId, netMinor }): Payment => {
    const { currency, payFromMinor, rates } = terms;
    const carryInMinor = partyId === null ? 0n : (terms.carriedIn.get(partyId) ?? 0n);
    const due = netMinor + carryInMinor;
    const isLeft = (due < 0n ? -due : due) < payFromMinor;
    const payMinor = partyId === null || isLeft ? 0n : due;
    const locked = rates.find(({ partnerIds }) => partyId !== null && partnerIds.includes(partyId));
    const position = {
      partyId,
      netMinor,
      carryInMinor,
      payMinor,
      carryOutMinor: partyId === null ? 0n : due - payMinor,
    };
    if (locked === undefined) {
      return { ...position, payCurrency: currency, payAmountMinor: payMinor, rate: null, fxDifferenceMicros: 0n };
    }
    const { currency: payCurrency, rate } = locked;
    const { amountMinor, differenceMicros } = convert(payMinor, { from: currency, to: payCurrency, rate });
    return { ...position, payCurrency, payAmountMinor: amountMinor, rate, fxDifferenceMicros: differenceMicros };
  });
}
