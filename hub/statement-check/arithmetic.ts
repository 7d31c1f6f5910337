// The partner's own arithmetic: written from the settlement model and from nothing of the hub's, so that it can find the hub wrong.

/** Rounds to nearest, ties to even. */
export function roundHalfEven(dividend: bigint, divisor: bigint): bigint {
  const low = floorOf(dividend, divisor);
  const twice = 2n * (dividend - low * divisor);
  if (twice < divisor) return low;
  if (twice > divisor) return low + 1n;
  return low % 2n === 0n ? low : low + 1n;
}

/** Rounds towards minus infinity; the divisor is positive. */
export function floorOf(dividend: bigint, divisor: bigint): bigint {
  const rest = dividend % divisor;
  return (dividend - rest) / divisor - (rest < 0n ? 1n : 0n);
}

/** Parts of a whole by weights: floors of absolute parts, then one more to the largest rests, the earlier first. */
export function sharesOf(whole: bigint, weights: readonly bigint[]): bigint[] {
  const size = whole < 0n ? -whole : whole;
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  const parts = weights.map((weight, place) => ({
    place,
    share: (size * weight) / all,
    rest: (size * weight) % all,
  }));
  const left = Number(size - parts.reduce((sum, { share }) => sum + share, 0n));
  const byRest = [...parts].sort((a, b) => (b.rest > a.rest ? 1 : b.rest < a.rest ? -1 : a.place - b.place));
  for (const part of byRest.slice(0, left)) part.share += 1n;
  return parts.map(({ share }) => (whole < 0n ? -share : share));
}

/** What each line bills of a total: its floor, and one more for the largest remainders, the earlier line first. */
export function spreadOver(lines: readonly bigint[], billedMinor: bigint, perMinor: bigint): bigint[] {
  const rows = lines.map((micros, place) => {
    const minor = floorOf(micros, perMinor);
    return { place, minor, rest: micros - minor * perMinor };
  });
  const missing = billedMinor - rows.reduce((sum, { minor }) => sum + minor, 0n);
  const byRest = [...rows].sort((a, b) => (b.rest > a.rest ? 1 : b.rest < a.rest ? -1 : a.place - b.place));
  const moved = missing < 0n ? byRest.reverse().slice(0, Number(-missing)) : byRest.slice(0, Number(missing));
  for (const row of moved) row.minor += missing < 0n ? -1n : 1n;
  return rows.map(({ minor }) => minor);
}

/** Converts minor units by a decimal rate, once. */
export function convertMinor(
  amountMinor: bigint,
  { rate, fromPerMinor, toPerMinor }: { rate: string; fromPerMinor: bigint; toPerMinor: bigint },
): bigint {
  const [whole = '0', fraction = ''] = rate.split('.');
  const scaled = amountMinor * fromPerMinor * BigInt(`${whole}${fraction}`);
  return roundHalfEven(scaled, 10n ** BigInt(fraction.length) * toPerMinor);
}
