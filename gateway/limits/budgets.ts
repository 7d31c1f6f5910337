import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { callerOf, type Principal } from '../../kernel/context/principal';
import type { Database } from '../../kernel/db/database';
import { networkOf } from '../../kernel/values/address-range';
import { FAILED_CREDENTIAL_COST } from './cost';
import { Kept } from './kept';

/** How much each kind of caller may spend in a minute, in points of `OperationCost`, over all gateways together. */
export interface BudgetSizes {
  /** A partner, all its keys together. */
  readonly partner: number;
  /** A member. */
  readonly member: number;
  /** Staff, admins, finance and the host, each person. */
  readonly person: number;
  /** An address (of IPv6, a network of 64 bits) from which callers without a credential come. */
  readonly anonymous: number;
}

export const defaultBudgets: BudgetSizes = {
  partner: 6_000_000,
  member: 60_000,
  person: 6_000_000,
  anonymous: 60_000,
};

/** Whose budget something is charged to. */
export interface Payer {
  readonly principal: Principal;
  /** Where the connection comes from. */
  readonly address: string;
}

/** What is left of a budget, as the answer's headers tell it. */
export interface BudgetStanding {
  readonly allowed: boolean;
  readonly limit: number;
  /** What this gateway knows to be left; others may have taken of it since. */
  readonly remaining: number;
  /** Whole seconds until the budget is full again, at least 1. */
  readonly resetSeconds: number;
}

export const BUDGET_SECONDS = 60;
/** The part of a budget a gateway takes at a time. */
const LEASE_PART = 50;
const CALLERS_KEPT = 20_000;

interface Lease {
  /** Taken from the store and not spent yet. */
  left: number;
  /** Left in the store when it was last asked. */
  elsewhere: number;
  /** When the minute ends, by this machine's clock in milliseconds. */
  endsAt: number;
  taking: Promise<void> | null;
}

/**
 * Budgets that several gateways share without asking a store at every request: each takes a fiftieth at a time from the row in
 * the gateway's database and spends it by itself. Takings add up to the budget and no more, so no number of gateways lets a
 * caller spend more than it has; what a gateway took and did not spend is lost to the caller until the minute ends.
 *
 * With the database away each gateway counts alone, in memory: the hub goes on, and a budget is then as many times as large as
 * there are gateways.
 */
export class Budgets {
  /** Apart, because anybody can come from many addresses: they push out each other's and nobody else's. */
  private readonly leases = { known: new Kept<Lease>(CALLERS_KEPT), anonymous: new Kept<Lease>(CALLERS_KEPT) };
  private readonly stores = new Map<number, RateLimiterPostgres>();

  constructor(
    private readonly database: Database,
    private readonly sizes: BudgetSizes,
  ) {}

  /**
   * Spends from the caller's budget, or says that it is used up; a refused request costs nothing.
   *
   * @param address where the connection comes from; counted by for callers without a credential
   * @returns null for callers without a budget: the hub's own parts
   */
  async spend(principal: Principal, address: string, cost: number): Promise<BudgetStanding | null> {
    const size = this.sizeOf(principal);
    if (size === null) return null;
    const key = keyOf(principal, address);
    const lease = this.leaseOf(principal, key);
    const allowed = await this.spendFrom(lease, cost, { key, size });
    return standingOf(lease, { allowed, size });
  }

  /**
   * What is said to a caller whose budget is known here to be used up for a cost; null while enough may be left. Spends nothing and asks
   * nobody.
   */
  usedUp({ principal, address }: Payer, cost: number): BudgetStanding | null {
    const size = this.sizeOf(principal);
    const lease = this.keptFor(principal).get(keyOf(principal, address));
    if (size === null || lease === undefined || lease.endsAt <= Date.now()) return null;
    return lease.elsewhere > 0 || lease.left >= cost ? null : standingOf(lease, { allowed: false, size });
  }

  /** How much a caller may spend in a minute; null for callers without a budget. */
  sizeOf(principal: Principal): number | null {
    switch (principal.kind) {
      case 'partner':
      case 'member':
      case 'anonymous':
        return this.sizes[principal.kind];
      case 'service':
        return null;
      default:
        return this.sizes.person;
    }
  }

  private keptFor({ kind }: Principal): Kept<Lease> {
    return kind === 'anonymous' ? this.leases.anonymous : this.leases.known;
  }

  /** What was taken is worth nothing once its minute is over. */
  private leaseOf(principal: Principal, key: string): Lease {
    const leases = this.keptFor(principal);
    const known = leases.get(key);
    if (known !== undefined && (known.endsAt > Date.now() || known.taking !== null)) return known;
    const fresh: Lease = { left: 0, elsewhere: Infinity, endsAt: 0, taking: null };
    leases.set(key, fresh);
    return fresh;
  }

  /**
   * Looks and spends in one turn, so that callers who waited for the same taking do not all count on it. What costs more than a
   * whole budget would take everything and still be refused.
   */
  private async spendFrom(lease: Lease, cost: number, from: { key: string; size: number }): Promise<boolean> {
    while (lease.left < cost) {
      if (lease.elsewhere === 0 || cost > from.size) return false;
      lease.taking ??= this.take(lease, cost, from).finally(() => {
        lease.taking = null;
      });
      await lease.taking;
    }
    lease.left -= cost;
    return true;
  }

  private async take(lease: Lease, cost: number, { key, size }: { key: string; size: number }): Promise<void> {
    const wanted = Math.min(size, Math.max(Math.ceil(size / LEASE_PART), cost - lease.left));
    const taken = await this.storeOf(size)
      .consume(key, wanted)
      .catch((told: unknown) => {
        if (told instanceof RateLimiterRes) return told;
        throw told;
      });
    // The store counts on beyond the budget; whoever crosses its end gets what was left before.
    const before = taken.consumedPoints - wanted;
    lease.left += Math.min(wanted, Math.max(0, size - before));
    lease.elsewhere = Math.max(0, size - taken.consumedPoints);
    lease.endsAt = Date.now() + taken.msBeforeNext;
  }

  private storeOf(size: number): RateLimiterPostgres {
    let store = this.stores.get(size);
    if (store === undefined) {
      const alone = new RateLimiterMemory({ keyPrefix: 'alone', points: size, duration: BUDGET_SECONDS });
      store = new RateLimiterPostgres({
        storeClient: this.database.pool,
        storeType: 'pool',
        tableName: 'spent_budget',
        tableCreated: true,
        keyPrefix: 'cost',
        points: size,
        duration: BUDGET_SECONDS,
        insuranceLimiter: alone,
      });
      this.stores.set(size, store);
    }
    return store;
  }
}

function keyOf(principal: Principal, address: string): string {
  return principal.kind === 'anonymous' ? `address:${networkOf(address)}` : callerOf(principal);
}

function standingOf(lease: Lease, { allowed, size }: { allowed: boolean; size: number }): BudgetStanding {
  const resetSeconds = Math.max(1, Math.ceil((lease.endsAt - Date.now()) / 1000));
  return { allowed, limit: size, remaining: Math.min(size, lease.left + lease.elsewhere), resetSeconds };
}

/**
 * Charges credentials that do not hold to their address: a budget as large as that of callers without one, and apart from it, so that
 * a new key is not held up by what others asked without.
 */
export function failedCredentials(budgets: Budgets) {
  const principal = { kind: 'anonymous' } as const;
  const purse = (address: string) => `failed at ${networkOf(address)}`;
  return {
    usedUp: (address: string) => budgets.usedUp({ principal, address: purse(address) }, FAILED_CREDENTIAL_COST),
    charge: async (address: string): Promise<BudgetStanding | null> => {
      const standing = await budgets.spend(principal, purse(address), FAILED_CREDENTIAL_COST);
      return standing?.allowed === false ? standing : null;
    },
  };
}

/** What is said of a budget that is used up: when to come again. */
export function rateWords({ limit, resetSeconds }: BudgetStanding, cost: number): string {
  return `This would cost ${cost} points; of the ${limit} a minute too few are left. Come again in ${resetSeconds} s.`;
}

/** After how many seconds to come again; undefined where enough was left. */
export function retryAfterOf(standing: BudgetStanding | null | undefined): number | undefined {
  return standing?.allowed === false ? standing.resetSeconds : undefined;
}

/** The headers of a standing, as the IETF's draft for `RateLimit` fields writes them; none without a standing. */
export function budgetHeaders(standing: BudgetStanding | null): (readonly [string, string])[] {
  if (standing === null) return [];
  const { allowed, limit, remaining, resetSeconds } = standing;
  const headers: (readonly [string, string])[] = [
    ['ratelimit-policy', `"cost";q=${limit};w=${BUDGET_SECONDS}`],
    ['ratelimit', `"cost";r=${remaining};t=${resetSeconds}`],
  ];
  return allowed ? headers : [...headers, ['retry-after', String(resetSeconds)]];
}
