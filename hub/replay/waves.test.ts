import fc from 'fast-check';
import type { Placed, PurchaseRow } from './rows';
import { planDays, throughYearEnd } from './waves';

const purchase = (purchaseId: string, memberId: string, partner: string, occurredAt: string): Placed<PurchaseRow> => ({
  line: 2,
  purchaseId,
  memberId,
  partner,
  branch: 'b',
  occurredAt,
  amountMinor: 100n,
});

describe('planning a replay', () => {
  it('puts a member’s run of purchases at one partner into one call and the next partner into the next wave', () => {
    const [day] = planDays(
      [
        purchase('c', 'm1', 'P2', '2017-01-01T10:02:00'),
        purchase('a', 'm1', 'P1', '2017-01-01T10:00:00'),
        purchase('b', 'm1', 'P1', '2017-01-01T10:01:00'),
        purchase('d', 'm2', 'P2', '2017-01-01T09:00:00'),
      ],
      [],
    );
    const waves = day!.waves.map((calls) =>
      [...calls].map(([partner, rows]) => [partner, rows.map((row) => row.purchaseId)]),
    );
    expect(waves).toEqual([
      [
        ['P2', ['d']],
        ['P1', ['a', 'b']],
      ],
      [['P2', ['c']]],
    ]);
  });

  it('orders each member’s redemptions of a day by id, after the purchases', () => {
    const redemption = (redemptionId: string, memberId: string) => ({
      line: 2,
      redemptionId,
      memberId,
      partner: 'P1',
      day: '2017-01-02',
    });
    const [day] = planDays([], [redemption('r3', 'm1'), redemption('r1', 'm1'), redemption('r2', 'm2')]);
    expect(day!.redemptions.map((rows) => rows.map(({ redemptionId }) => redemptionId))).toEqual([
      ['r1', 'r3'],
      ['r2'],
    ]);
  });

  it('posts every purchase once and never lets a member’s purchases overtake each other', () => {
    const rows = fc.array(
      fc.record({
        member: fc.constantFrom('m1', 'm2', 'm3'),
        partner: fc.constantFrom('P1', 'P2'),
        minute: fc.integer({ min: 10, max: 14 }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(rows, (made) => {
        const purchases = made.map(({ member, partner, minute }, place) =>
          purchase(`p${String(place).padStart(2, '0')}`, member, partner, `2017-01-01T10:${minute}:00`),
        );
        const posted = planDays(purchases, []).flatMap(({ waves }) =>
          waves.flatMap((calls) => [...calls.values()].flat()),
        );
        expect(posted.map(({ purchaseId }) => purchaseId).sort()).toEqual(
          purchases.map(({ purchaseId }) => purchaseId),
        );
        for (const member of ['m1', 'm2', 'm3']) {
          const order = posted
            .filter(({ memberId }) => memberId === member)
            .map((row) => `${row.occurredAt} ${row.purchaseId}`);
          expect(order).toEqual(order.toSorted());
        }
      }),
    );
  });
});

describe('the days of a replay', () => {
  it('end with the last day of the year, so that what expires until then has expired at the close', () => {
    const day = (name: string) => ({ day: name, waves: [], redemptions: [] });
    expect(throughYearEnd([day('2017-11-30')]).map((one) => one.day)).toEqual(['2017-11-30', '2017-12-31']);
    expect(throughYearEnd([day('2017-12-31')]).map((one) => one.day)).toEqual(['2017-12-31']);
    expect(throughYearEnd([])).toEqual([]);
  });
});
