import { bigintColumn } from './columns';
import { assertNamed, sql } from './sql';

describe('sql', () => {
  it('gives a named statement as it is', () => {
    expect(sql`/* ledger.redeemPoints.lockWallet */ select 1`).toBe('/* ledger.redeemPoints.lockWallet */ select 1');
  });

  it('refuses a statement without a name, or with half of one', () => {
    expect(() => sql`select 1`).toThrow('opens with its name');
    expect(() => assertNamed('/* ledger.redeemPoints */ select 1')).toThrow('opens with its name');
    expect(() => assertNamed('select /* ledger.redeemPoints.lockWallet */ 1')).toThrow('opens with its name');
  });
});

describe('bigintColumn', () => {
  it('carries numbers beyond the exact range of a JavaScript number, and null', () => {
    expect(bigintColumn.to(9007199254740993n)).toBe('9007199254740993');
    expect(bigintColumn.from('9007199254740993')).toBe(9007199254740993n);
    expect(bigintColumn.to(null)).toBeNull();
    expect(bigintColumn.from(null)).toBeNull();
  });
});
