import { divideHalfEven } from '../../kernel/values/rounding';

/**
 * Converts a net once into the currency a partner settles in.
 *
 * Rounds half to even to the minor unit of that currency.
 *
 * @param rate units of the other currency for one of the first, as a decimal string
 * @returns the amount, and what rounding left over: exact less amount, in millionths rounded towards zero
 */
export function settleNet(
  netMinor: bigint,
  { fromPerMajor, toPerMajor, rate }: { fromPerMajor: bigint; toPerMajor: bigint; rate: string },
): { amountMinor: bigint; differenceMicros: bigint } {
  const [whole = '0', fraction = ''] = rate.split('.');
  const scale = 10n ** BigInt(fraction.length);
  const numerator = netMinor * BigInt(`${whole}${fraction}`) * toPerMajor;
  const denominator = fromPerMajor * scale;
  const amountMinor = divideHalfEven(numerator, denominator);
  const rest = numerator - amountMinor * denominator;
  return { amountMinor, differenceMicros: (rest * 1_000_000n) / (denominator * toPerMajor) };
}
