/** Integer division that rounds towards minus infinity. */
export function divideFloor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

/**
 * Integer division that rounds to nearest, ties to the even neighbour.
 *
 * Source: IEEE 754 roundTiesToEven, on integers. Used once per directional total (SETTLEMENT: never per event).
 */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const floor = divideFloor(dividend, divisor);
  const twice = (dividend - floor * divisor) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  const distance = twice < 0n ? -twice : twice;
  if (distance < size) return floor;
  if (distance > size) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/**
 * Splits a whole by weights so that the parts add up to it exactly: each part gets its floor, then the largest
 * remainders get one more unit; ties go to the earlier weight.
 *
 * @param whole   what to split; may be negative, then the parts mirror those of its absolute value
 * @param weights non-negative, not all zero
 * @returns parts in the order of the weights, summing to `whole`
 */
export function splitByLargestRemainder(whole: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n))
    throw new RangeError('weights must be ≥ 0 and not all zero');
  const sign = whole < 0n ? -1n : 1n;
  const size = whole * sign;
  const parts = weights.map((weight) => (size * weight) / total);
  const order = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const left = size - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of order.slice(0, Number(left))) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts.map((part) => part * sign);
}
