import { fill, TemplateFault } from './template';

const message = {
  userId: 7,
  event: 'Product  Reviewed!',
  properties: { total: 27.5, price: '9.99', currency: 'usd', empty: '', products: [{ sku: 'a', n: 2 }, { sku: 'b' }] },
};
const filled = (template: unknown) => fill({ it: template }, message)['it'];

describe('a template', () => {
  it('takes values from their places, and leaves out what is not there', () => {
    expect(fill({ a: '$.properties.total', b: { c: '$.userId' }, d: '$.nothing.here', e: 'plain' }, message)).toEqual({
      a: 27.5,
      b: { c: 7 },
      e: 'plain',
    });
  });

  it('never takes what every object inherits', () => {
    expect(fill({ a: '$.constructor.name', b: '$.__proto__.x', c: '$.properties.products.map' }, message)).toEqual({});
  });

  it('takes the first of several that is there and says something', () => {
    expect(filled({ $first: ['$.nothing', '$.properties.empty', '$.properties.total'] })).toBe(27.5);
    expect(filled({ $first: ['$.nothing', { $constant: false }] })).toBe(false);
    expect(filled({ $first: ['$.nothing'] })).toBeUndefined();
  });

  it('makes texts and names', () => {
    expect(filled({ $text: '$.userId' })).toBe('7');
    expect(filled({ $name: '$.event' })).toBe('product.reviewed');
    expect(() => filled({ $text: '$.properties' })).toThrow(TemplateFault);
  });

  it('goes over a list', () => {
    expect(
      filled({ $each: '$.properties.products', $as: { sku: '@.sku', n: { $first: ['@.n', { $constant: 1 }] } } }),
    ).toEqual([
      { sku: 'a', n: 2 },
      { sku: 'b', n: 1 },
    ]);
    expect(() => filled({ $each: '$.event', $as: {} })).toThrow('must be a list');
  });

  it.each([
    [27.5, 'EUR', '2750'],
    ['9.99', 'eur', '999'],
    [0.1, 'EUR', '10'],
    ['12.500', 'EUR', '1250'],
    [1_500, 'JPY', '1500'],
    [1.234, 'KWD', '1234'],
    [-3, 'EUR', '-300'],
    [999_999_999_999.99, 'EUR', '99999999999999'],
  ])('makes whole minor units of %p %s, exactly', (amount, currency, amountMinor) => {
    const { it } = fill({ it: { $money: { amount: '$.a', currency: '$.c' } } }, { a: amount, c: currency });
    expect(it).toEqual({ amountMinor, currency: currency.toUpperCase() });
  });

  it.each([
    [9.999, 'EUR'],
    ['1,000', 'EUR'],
    [1.5, 'JPY'],
    [1e21, 'EUR'],
    ['١٢', 'EUR'],
    [{}, 'EUR'],
    [1, 'XXXX'],
  ])('refuses %p %s and rounds nothing', (amount, currency) => {
    expect(() => fill({ it: { $money: { amount: '$.a', currency: '$.c' } } }, { a: amount, c: currency })).toThrow(
      TemplateFault,
    );
  });

  it('multiplies an amount by a whole number only', () => {
    const of = (q: unknown) =>
      fill({ it: { $money: { amount: '$.a', currency: 'EUR', times: '$.q' } } }, { a: 1.25, q })['it'];
    expect(of(3)).toEqual({ amountMinor: '375', currency: 'EUR' });
    expect(of(undefined)).toEqual({ amountMinor: '125', currency: 'EUR' });
    expect(() => of(1.5)).toThrow(TemplateFault);
  });
});
