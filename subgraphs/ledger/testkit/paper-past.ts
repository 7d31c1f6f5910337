import { points, type Points } from '../../../kernel/values/points';
import type { Step } from '../core/movements/carry-out';
import { continuedBy, type Lot, type LotPart, type PastLot } from '../core/points/lot';
import type { Past } from '../core/points/wallet';

type Draft<T> = { -readonly [K in keyof T]: T[K] };

interface Growing {
  readonly lots: Map<bigint, Draft<PastLot>>;
  readonly holds: Map<bigint, Draft<Past['holds'] extends ReadonlyMap<bigint, infer H> ? H : never>>;
  readonly redemptions: Map<bigint, Draft<Past['redemptions'] extends ReadonlyMap<bigint, infer R> ? R : never>>;
  readonly purchases: Map<bigint, Draft<Past['purchases'] extends ReadonlyMap<bigint, infer P> ? P : never>>;
  readonly awards: Past['awards'][number][];
  readonly qualifyingBefore: null;
}

/** All of a wallet's past, read from its journal: what the stores would load, had every rule asked for everything. */
export function pastFrom(page: readonly Step[]): Past {
  const past: Growing = {
    lots: new Map(),
    holds: new Map(),
    redemptions: new Map(),
    purchases: new Map(),
    awards: [],
    qualifyingBefore: null,
  };
  for (const step of page) {
    readLots(past, step);
    readEvents(past, step);
  }
  // Holds and redemptions know their lots as these stand now.
  const parts = (list: readonly LotPart[]) =>
    list.map((part) => ({ ...part, lot: past.lots.get(part.lot.lotSeq) as Lot }));
  for (const hold of past.holds.values()) hold.lots = parts(hold.lots);
  for (const redemption of past.redemptions.values()) redemption.draws = parts(redemption.draws);
  return past;
}

const more = (before: Points, by: bigint): Points => points(before + by);

function readLots({ lots }: Growing, { plan, after }: Step): void {
  const fresh = {
    seq: after.seq,
    clawedBack: points(0n),
    expired: points(0n),
    countedAt: plan.qualifying > 0n ? plan.occurredAt : null,
  };
  for (const lot of plan.issued) {
    lots.set(lot.lotSeq, { ...lot, ...fresh, continues: continuedBy(lot, after.key.wallet) });
  }
  for (const { lotSeq, expiresAt } of plan.restated) {
    const lot = lots.get(lotSeq);
    if (lot !== undefined && lot.expiresAt !== null && expiresAt !== null && expiresAt > lot.expiresAt) {
      lot.expiresAt = expiresAt;
    }
  }
  for (const { debit, credit, amount, lotSeq } of plan.entries) {
    const lot = lots.get(lotSeq);
    if (lot === undefined) continue;
    if (credit.kind === 'CLAWED_BACK') lot.clawedBack = more(lot.clawedBack, amount);
    if (credit.kind === 'EXPIRED') lot.expired = more(lot.expired, amount);
    if (debit.kind === 'EXPIRED') lot.expired = more(lot.expired, -amount);
  }
}

function readEvents(past: Growing, { plan, after: { seq } }: Step): void {
  const { hold, purchase, returned, reversed, award } = plan;
  if (hold !== undefined) past.holds.set(hold.seq, { ...hold });
  if (award !== undefined) past.awards.push(award);
  if (purchase !== undefined) {
    const none = { returnedMinor: 0n, clawedBack: points(0n), explanation: plan.explained?.explanation ?? null };
    past.purchases.set(seq, { ...purchase, ...none, seq, earned: points(purchase.points) });
  }
  const whole = returned && past.purchases.get(returned.purchaseSeq);
  if (returned !== undefined && whole !== undefined) {
    whole.returnedMinor += returned.amountMinor;
    whole.clawedBack = more(whole.clawedBack, returned.clawedBack);
  }
  const undone = reversed && past.redemptions.get(reversed.redemptionSeq);
  if (reversed !== undefined && undone !== undefined) undone.reversed = more(undone.reversed, reversed.points);
  readRedemption(past, { plan, seq });
}

function readRedemption(past: Growing, { plan, seq }: { plan: Step['plan']; seq: bigint }): void {
  const spent = plan.entries.filter(({ credit }) => credit.kind === 'REDEEMED');
  if (spent.length === 0 || plan.partnerId === null) return;
  const draws = spent.map(({ lotSeq, amount }) => ({ lot: past.lots.get(lotSeq) as Lot, points: amount }));
  past.redemptions.set(seq, {
    seq,
    partnerId: plan.partnerId,
    points: points(draws.reduce((sum, draw) => sum + draw.points, 0n)),
    draws,
    occurredAt: plan.occurredAt,
    contractVersion: plan.claims.find(({ kind }) => kind === 'REDEMPTION')?.contractVersion ?? null,
    reversed: points(0n),
  });
}
