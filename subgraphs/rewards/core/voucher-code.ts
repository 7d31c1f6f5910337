import { asciiDigits } from '../../../kernel/values/identity';

/** Crockford's base 32: no I, L, O and U, so that nothing is misread or spells a word. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 23 random symbols of 5 bits are 115 bits: a thousand guesses a second for the age of the universe find nothing. */
const RANDOM_SYMBOLS = 23;
const GROUP = 4;

/** A voucher's code as it is printed: six groups of four, such as `7ZQ4-…`; the last symbol checks the others. */
export type VoucherCode = string & { readonly __unit: 'voucherCode' };

/** How many random bytes one code is made of: one for each symbol, of which five bits are used. */
export const VOUCHER_CODE_BYTES = RANDOM_SYMBOLS;

/** Writes a code from random bytes. */
export function voucherCodeFrom(random: Uint8Array): VoucherCode {
  if (random.length !== VOUCHER_CODE_BYTES)
    throw new RangeError(`voucherCodeFrom: ${VOUCHER_CODE_BYTES} bytes are needed`);
  const symbols = [...random].map((byte) => byte & 31);
  return printed([...symbols, checkSymbol(symbols)]);
}

/**
 * Reads a code as people type it: any case, with or without dashes and blanks, digits of any script, O for 0, I and L
 * for 1.
 *
 * @returns null for what cannot be a code, every single wrong symbol and every two swapped ones among it
 */
export function parseVoucherCode(text: string): VoucherCode | null {
  if (text.length > 100) return null;
  const typed = asciiDigits(text).toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const symbols = [...typed].map((symbol) => SYMBOLS.indexOf(symbol));
  if (symbols.length !== RANDOM_SYMBOLS + 1 || symbols.includes(-1)) return null;
  return checkSymbol(symbols.slice(0, -1)) === symbols.at(-1) ? printed(symbols) : null;
}

function printed(symbols: readonly number[]): VoucherCode {
  const text = symbols.map((symbol) => SYMBOLS[symbol]).join('');
  return (text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-') as VoucherCode;
}

/**
 * The last symbol, chosen so that Σ symbol(i) · α^i = 0 over all of them, in the field of 32 elements.
 *
 * Why not Crockford's own check symbol: it is modulo 37 and needs `* ~ $ =`, which tills cannot type. The powers of α
 * up to the 31st differ, so changing one symbol or swapping any two changes the sum.
 * Source: a Reed–Solomon code with one parity symbol over GF(2^5), polynomial x^5 + x^2 + 1.
 */
function checkSymbol(symbols: readonly number[]): number {
  // Horner's rule from the first symbol on leaves the sum shifted by one power, so that the check stands at α^0.
  return symbols.reduce((sum, symbol) => timesAlpha(sum ^ symbol), 0);
}

function timesAlpha(element: number): number {
  const shifted = element << 1;
  return shifted > 31 ? shifted ^ 0b100101 : shifted;
}
