import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { takeFromAll, takeOwn, type Allowance } from './allowance';
import type { CapUse } from './cap-use';

const partnerId = newId('ptr');
const use = (amount: bigint, { limit = 100n, isIssuing = true } = {}): CapUse => ({
  counter: { partnerId, kind: 'ISSUANCE', period: '2026-03', limit },
  amount,
  isIssuing,
});
const granted = (shares: readonly Allowance[]) => shares.reduce((sum, share) => sum + share.granted, 0n);
const used = (shares: readonly Allowance[]) => shares.reduce((sum, share) => sum + share.used, 0n);
function shares(result: ReturnType<typeof takeOwn>): readonly Allowance[] {
  if (result.outcome !== 'taken') throw new Error(result.outcome);
  return result.shards;
}

describe('a share of a cap', () => {
  it('is spent from without asking the others while it suffices', () => {
    const own = { shard: 1, limit: 100n, granted: 50n, used: 20n };
    expect(shares(takeOwn([own], 1, use(30n)))).toEqual([{ ...own, used: 50n }]);
    expect(takeOwn([own], 1, use(31n)).outcome).toBe('ask-all');
  });

  it('is cut anew when the agreed limit is another than it was cut from', () => {
    const own = { shard: 1, limit: 200n, granted: 100n, used: 0n };
    expect(takeOwn([own], 1, use(1n)).outcome).toBe('ask-all');
    expect(granted(shares(takeFromAll([own], 1, use(1n))))).toBe(100n);
  });

  it('lets nobody issue once what cannot be refused has used the limit up', () => {
    const all = shares(takeFromAll([], 0, use(120n, { isIssuing: false })));
    expect(used(all)).toBe(120n);
    expect(granted(all)).toBe(100n);
    expect(takeFromAll(all, 1, use(0n)).outcome).toBe('refused');
    expect(takeOwn(all, 0, use(0n)).outcome).toBe('refused');
  });

  it('refuses what all together do not hold without asking for them, whether the lane has a share or none', () => {
    const all = shares(takeFromAll([], 0, use(97n)));
    for (const shard of [0, 1]) {
      expect(takeOwn(all, shard, use(4n))).toEqual({ outcome: 'refused', left: 3n });
      expect(takeOwn(all, shard, use(4n, { isIssuing: false })).outcome).toBe('ask-all');
    }
    expect(takeOwn(all, 1, use(3n)).outcome).toBe('ask-all');
  });

  it('tells how much is left when it refuses', () => {
    const all = shares(takeFromAll([], 0, use(97n)));
    expect(takeFromAll(all, 1, use(4n))).toEqual({ outcome: 'refused', left: 3n });
  });

  it('never grants more than the limit in all, nor lets issuing pass it, whatever lanes ask in whatever order', () => {
    const asked = fc.array(fc.record({ shard: fc.integer({ min: 0, max: 5 }), amount: fc.bigInt(0n, 40n) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(asked, (asks) => {
        let all: readonly Allowance[] = [];
        let total = 0n;
        for (const { shard, amount } of asks) {
          const own = takeOwn(all, shard, use(amount));
          const result = own.outcome === 'ask-all' ? takeFromAll(all, shard, use(amount)) : own;
          // Refused only when there is really too little left.
          if (result.outcome === 'refused') expect(total + amount > 100n || total >= 100n).toBe(true);
          if (result.outcome !== 'taken') continue;
          total += amount;
          const changed = new Set(result.shards.map((one) => one.shard));
          all = [...all.filter((one) => !changed.has(one.shard)), ...result.shards];
          expect(granted(all)).toBe(100n);
          expect(used(all)).toBe(total);
          expect(total <= 100n).toBe(true);
        }
      }),
    );
  });
});
