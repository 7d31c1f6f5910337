import type { Placed, PurchaseRow, RedemptionRow } from './rows';

/** All that happened on one calendar day, in the order it must be posted. */
export interface ReplayDay {
  readonly day: string;
  /**
   * Purchases in waves: each wave may be posted at once, after the wave before. A wave holds, for every member, the
   * member's next consecutive purchases at one partner, grouped by partner.
   */
  readonly waves: readonly ReadonlyMap<string, readonly Placed<PurchaseRow>[]>[];
  /** After the purchases: each member's redemptions in order; members are independent of each other. */
  readonly redemptions: readonly (readonly Placed<RedemptionRow>[])[];
}

/**
 * Orders a folder's events: per member and calendar day first the purchases by (time, id), then the redemptions by id.
 *
 * Why waves and not one call per purchase: points of the same second are drawn in the order they were posted, so a
 * member's purchases must not overtake each other, while different members may share a call.
 */
export function planDays(
  purchases: readonly Placed<PurchaseRow>[],
  redemptions: readonly Placed<RedemptionRow>[],
): ReplayDay[] {
  const purchasesByDay = groupBy(purchases, ({ occurredAt }) => occurredAt.slice(0, 10));
  const redemptionsByDay = groupBy(redemptions, ({ day }) => day);
  const days = [...new Set([...purchasesByDay.keys(), ...redemptionsByDay.keys()])].sort();
  return days.map((day) => ({
    day,
    waves: wavesOf(purchasesByDay.get(day) ?? []),
    redemptions: redemptionsOf(redemptionsByDay.get(day) ?? []),
  }));
}

function wavesOf(purchases: readonly Placed<PurchaseRow>[]): Map<string, Placed<PurchaseRow>[]>[] {
  const waves: Map<string, Placed<PurchaseRow>[]>[] = [];
  const ordered = purchases.toSorted(byText(({ occurredAt, purchaseId }) => `${occurredAt} ${purchaseId}`));
  for (const [, ofMember] of groupBy(ordered, ({ memberId }) => memberId)) {
    let wave = -1;
    let partner: string | undefined;
    for (const purchase of ofMember) {
      if (purchase.partner !== partner) wave += 1;
      partner = purchase.partner;
      const calls = (waves[wave] ??= new Map<string, Placed<PurchaseRow>[]>());
      const rows = calls.get(partner);
      if (rows === undefined) calls.set(partner, [purchase]);
      else rows.push(purchase);
    }
  }
  return waves;
}

function redemptionsOf(redemptions: readonly Placed<RedemptionRow>[]): Placed<RedemptionRow>[][] {
  const ordered = redemptions.toSorted(byText(({ redemptionId }) => redemptionId));
  return [...groupBy(ordered, ({ memberId }) => memberId).values()];
}

/** Splits rows into calls of at most `most` rows each. */
export function chunksOf<Row>(rows: readonly Row[], most: number): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, place) =>
    rows.slice(place * most, (place + 1) * most),
  );
}

/** Groups rows by a key, keeping their order within and the order of first appearance among groups. */
export function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Orders by code units, the same on every machine and in every locale. */
export function byText<Row>(textOf: (row: Row) => string): (a: Row, b: Row) => number {
  return (a, b) => {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}

/**
 * The days with the last day of their year at the end, whether or not anything happened on it: a replay closes the year, and
 * what expires until then has expired at the close.
 */
export function throughYearEnd(days: readonly ReplayDay[]): ReplayDay[] {
  const last = days.at(-1);
  if (last === undefined) return [];
  const yearEnd = `${last.day.slice(0, 4)}-12-31`;
  return last.day === yearEnd ? [...days] : [...days, { day: yearEnd, waves: [], redemptions: [] }];
}
