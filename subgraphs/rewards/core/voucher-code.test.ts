import fc from 'fast-check';
import { parseVoucherCode, VOUCHER_CODE_BYTES, voucherCodeFrom } from './voucher-code';

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const random = fc.uint8Array({ minLength: VOUCHER_CODE_BYTES, maxLength: VOUCHER_CODE_BYTES });
const place = fc.nat({ max: VOUCHER_CODE_BYTES });
const bare = (code: string): string[] => [...code.replaceAll('-', '')];

describe('a voucher code', () => {
  it('holds at least 100 random bits and prints as six groups of four', () => {
    expect(VOUCHER_CODE_BYTES * 5).toBeGreaterThanOrEqual(100);
    fc.assert(
      fc.property(random, (bytes) =>
        expect(voucherCodeFrom(bytes)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/),
      ),
    );
  });

  it('differs whenever any of its random symbols differs', () => {
    fc.assert(
      fc.property(random, place, fc.integer({ min: 1, max: 31 }), (bytes, at, change) => {
        const other = bytes.map((byte, index) => (index === at % VOUCHER_CODE_BYTES ? byte ^ change : byte));
        expect(voucherCodeFrom(other)).not.toBe(voucherCodeFrom(bytes));
      }),
    );
  });

  it('is read back however it is typed', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const code = voucherCodeFrom(bytes);
        const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(parseVoucherCode(typed)).toBe(code);
        expect(parseVoucherCode(code.replace(/\d/g, (digit) => String.fromCodePoint(0x06f0 + Number(digit))))).toBe(
          code,
        );
      }),
    );
  });

  it('is refused with any one symbol wrong', () => {
    fc.assert(
      fc.property(random, place, fc.nat({ max: 31 }), (bytes, at, symbol) => {
        const symbols = bare(voucherCodeFrom(bytes));
        fc.pre(symbols[at] !== SYMBOLS[symbol]);
        symbols[at] = SYMBOLS[symbol]!;
        expect(parseVoucherCode(symbols.join(''))).toBeNull();
      }),
    );
  });

  it('is refused with any two symbols swapped, neighbours or not', () => {
    fc.assert(
      fc.property(random, place, place, (bytes, one, other) => {
        const symbols = bare(voucherCodeFrom(bytes));
        fc.pre(symbols[one] !== symbols[other]);
        [symbols[one], symbols[other]] = [symbols[other]!, symbols[one]!];
        expect(parseVoucherCode(symbols.join(''))).toBeNull();
      }),
    );
  });

  it.each(['', '-', 'U'.repeat(24), '0'.repeat(23), '0'.repeat(25), '\u{1F600}'.repeat(24), '0'.repeat(10_000)])(
    'is not %j',
    (text) => {
      expect(parseVoucherCode(text)).toBeNull();
    },
  );
});
