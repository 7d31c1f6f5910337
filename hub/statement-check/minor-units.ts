/** Currencies of other than two decimals. Source: ISO 4217 list one. */
const THREE = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);
const NONE = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));

/** How many millionths make one minor unit of a currency. */
export function microsPerMinorOf(currency: string): bigint {
  if (THREE.has(currency)) return 1_000n;
  return NONE.has(currency) ? 1_000_000n : 10_000n;
}
