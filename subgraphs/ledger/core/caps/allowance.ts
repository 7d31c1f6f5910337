import type { CapUse, Counter } from './cap-use';

/**
 * A counter's share that one lane spends from without asking anybody: no row is locked by two tills, and what all lanes
 * together spend never passes the limit, because what they may spend sums to it.
 */
export interface Allowance {
  readonly shard: number;
  /** The limit the shares were cut from; another one in the rule book means they must be cut anew. */
  readonly limit: bigint;
  readonly granted: bigint;
  readonly used: bigint;
}

/** What became of a use. */
export type Taken =
  | { readonly outcome: 'taken'; readonly shards: readonly Allowance[] }
  /** More than this share holds: ask again with all shares at hand. */
  | { readonly outcome: 'ask-all' }
  /** More than there is. */
  | { readonly outcome: 'refused'; readonly left: bigint };

/**
 * Takes a use from one lane's own share. What all shares together do not hold is refused at once: to read them at one instant tells that as
 * well as to lock them, and a partner whose cap is spent does not hold up others.
 *
 * @param shards every share of the counter, as they were at one instant and as the lane left its own since
 */
export function takeOwn(shards: readonly Allowance[], shard: number, use: CapUse): Taken {
  const own = shards.find((one) => one.shard === shard);
  const room = own === undefined || own.limit !== use.counter.limit ? 0n : own.granted - own.used;
  const suffices = own !== undefined && use.amount <= room && !(use.isIssuing && room <= 0n);
  if (suffices) return { outcome: 'taken', shards: [{ ...own, used: own.used + use.amount }] };
  return refusedOfAll(shards, use) ?? { outcome: 'ask-all' };
}

const usedOf = (shards: readonly Allowance[]) => shards.reduce((sum, { used }) => sum + used, 0n);

/** The refusal of a use that is more than all shares hold; null when they hold it, or when it must not be refused. */
function refusedOfAll(shards: readonly Allowance[], { counter, amount, isIssuing }: CapUse): Taken | null {
  const left = counter.limit - usedOf(shards);
  if (!isIssuing || (left > 0n && amount <= left)) return null;
  return { outcome: 'refused', left: left > 0n ? left : 0n };
}

/**
 * Takes a use with all shares at hand and cuts what is left anew, so that each lane has an equal part of it. A use that
 * must not be refused takes more than there is, and then nobody has anything left to issue with.
 *
 * @param shards every share of the counter, in the order of their shards
 * @param shard  the lane that asks; it gets a share if it has none
 */
export function takeFromAll(shards: readonly Allowance[], shard: number, use: CapUse): Taken {
  const refused = refusedOfAll(shards, use);
  if (refused !== null) return refused;
  const { limit } = use.counter;
  const mine = shards.some((one) => one.shard === shard) ? [] : [{ shard, limit, granted: 0n, used: 0n }];
  const all = [...shards, ...mine].sort((a, b) => a.shard - b.shard);
  const after = all.map((one) => (one.shard === shard ? { ...one, used: one.used + use.amount } : one));
  return { outcome: 'taken', shards: cutAnew(after, limit, limit - usedOf(shards) - use.amount) };
}

/** Every share is granted what it used and an equal part of what is left; the first shares get what does not divide. */
function cutAnew(shards: readonly Allowance[], limit: bigint, left: bigint): Allowance[] {
  const count = BigInt(shards.length);
  const part = left > 0n ? left / count : 0n;
  let rest = left > 0n ? left % count : 0n;
  // Overdrawn by what could not be refused: the first share bears it, so that the grants still sum to the limit.
  let overdrawn = left < 0n ? left : 0n;
  return shards.map((one) => {
    const extra = rest > 0n ? 1n : 0n;
    rest -= extra;
    const granted = one.used + part + extra + overdrawn;
    overdrawn = 0n;
    return { ...one, limit, granted };
  });
}

/** The name of a counter, for maps. */
export function counterText({ partnerId, kind, period }: Counter): string {
  return `${partnerId}:${kind}:${period}`;
}
