import { isRefusal } from '../../../../kernel/errors/refusal';
import type { MemberId } from '../../../../kernel/values/id';
import { microsPerMinor } from '../../../../kernel/values/money';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import { termsOf } from '../movements/accrual';
import type { Purchase } from '../movements/purchase';
import { budgetedBy, earnedBy, type PurchaseEarning } from '../movements/purchase-earning';
import type { LotTerms, Party } from '../points/lot';
import type { Budgeted, PostingFacts } from '../points/posting';
import { contractAt, earningRuleAt, type RuleBook } from '../rule-book';
import type { Person } from '../rules/purchase-facts';

/** A purchase of the past, and of its buyer what rules may know. */
export interface PastPurchase {
  readonly memberId: MemberId;
  readonly purchase: Purchase;
  /** The tier stood on when it was recorded, the purchases before it, and the facts known of the member today. */
  readonly person: Person;
}

/** What some purchases came to under one set of rules. */
export interface Tally {
  readonly points: bigint;
  /** What it costs each partner when all of it is spent where it costs most; micro-units. */
  readonly costMicros: ReadonlyMap<Party, bigint>;
  /** Points by campaign. */
  readonly campaigns: ReadonlyMap<string, CampaignTally>;
}

/** What one campaign gave. */
export interface CampaignTally {
  readonly points: bigint;
  /** When it first gave nothing because its budget did not hold it; null: never. */
  readonly spentAt: Date | null;
}

/** A purchase decided again. */
export interface Decided {
  readonly points: bigint;
  readonly amountMinor: bigint;
}

/**
 * Purchases decided again, one after another, by the function that decides postings, under one set of rules. Budgets are
 * full when it begins. It keeps sums, never purchases.
 */
export class Replay {
  private points = 0n;
  private readonly cost = new Map<Party, bigint>();
  private readonly campaigns = new Map<string, CampaignTally>();
  /** What was taken of each budget, by counter and period. */
  private readonly taken = new Map<string, bigint>();

  constructor(private readonly book: RuleBook) {}

  /**
   * @returns what it earns, and of what amount in the programme's currency; null where no rule of the partner was in force, or its
   *          currency has no rate
   */
  add({ memberId, purchase, person }: PastPurchase): Decided | null {
    const { partnerId, occurredAt: at } = purchase;
    const rule = earningRuleAt(this.book, partnerId, at);
    const contract = contractAt(this.book, partnerId, at);
    if (rule === undefined || contract === undefined) return null;
    const wallet = { memberId, tier: { code: person.tier, since: null, until: null, countedSince: null, dueAt: null } };
    const spent = new Set<string>();
    const facts: PostingFacts = { programmeId: this.book.programmeId, book: this.book, now: at, person, spent };
    for (;;) {
      const earned = earnedBy(wallet, purchase, { rule, facts });
      if (isRefusal(earned)) return null;
      const budgeted = budgetedBy(earned, facts);
      const givesWay = this.notHeld(budgeted);
      if (givesWay === null) {
        this.take(budgeted);
        const amountMinor = earned.explained?.explanation.amountMinor ?? purchase.amountMinor;
        return { points: this.count(earned, { contract, facts, at }), amountMinor };
      }
      spent.add(givesWay);
      const before = this.campaigns.get(givesWay) ?? NOTHING_GIVEN;
      this.campaigns.set(givesWay, { ...before, spentAt: before.spentAt ?? at });
    }
  }

  tally(): Tally {
    return { points: this.points, costMicros: this.cost, campaigns: this.campaigns };
  }

  /** The campaign that gives way to a budget that does not hold what is asked of it: the last, as when it is posted. */
  private notHeld(budgeted: readonly Budgeted[]): string | null {
    const asked = new Map<string, { points: bigint; limit: bigint; last: string }>();
    for (const { campaignId, points, counters } of budgeted) {
      for (const { kind, period, limit } of counters) {
        const name = `${kind} ${period}`;
        const sum = (asked.get(name)?.points ?? this.taken.get(name) ?? 0n) + points;
        asked.set(name, { points: sum, limit, last: campaignId });
      }
    }
    for (const { points, limit, last } of asked.values()) if (points > limit) return last;
    return null;
  }

  private take(budgeted: readonly Budgeted[]): void {
    for (const { points, counters } of budgeted) {
      for (const { kind, period } of counters) {
        const name = `${kind} ${period}`;
        this.taken.set(name, (this.taken.get(name) ?? 0n) + points);
      }
    }
  }

  private count(
    { ownPoints, campaigns }: PurchaseEarning,
    { contract, facts, at }: { contract: Parameters<typeof termsOf>[0]; facts: PostingFacts; at: Date },
  ): bigint {
    this.owe(contract.partnerId, termsOf(contract, facts, at), ownPoints);
    let all = ownPoints;
    for (const { rule, points, funding } of campaigns) {
      all += points;
      this.owe(contract.partnerId, termsOf(contract, facts, at, funding), points);
      const id = rule.campaign?.id ?? '';
      const before = this.campaigns.get(id) ?? NOTHING_GIVEN;
      this.campaigns.set(id, { ...before, points: before.points + points });
    }
    this.points += all;
    return all;
  }

  private owe(issuerId: Party, terms: LotTerms, points: bigint): void {
    for (const [party, micros] of costOf(issuerId, terms, points)) {
      this.cost.set(party, (this.cost.get(party) ?? 0n) + micros);
    }
  }
}

const NOTHING_GIVEN: CampaignTally = { points: 0n, spentAt: null };

/**
 * What points cost their funders when all are spent at the dearest redeemer. Source: SETTLEMENT §3, rows release and redeem: the fee by
 * the funding shares, but none AT_ISSUANCE; the reimbursement by the shares AT_REDEMPTION, else by the issuer.
 */
function costOf(issuerId: Party, terms: LotTerms, points: bigint): [Party, bigint][] {
  if (points === 0n) return [];
  const shared = (micros: bigint): [Party, bigint][] => {
    const parts = splitByLargestRemainder(
      micros,
      terms.funding.map(({ bps }) => BigInt(bps)),
    );
    return terms.funding.map(({ partyId }, n) => [partyId, parts[n] ?? 0n]);
  };
  switch (terms.settlementModel) {
    case 'AT_ISSUANCE':
      return [[issuerId, terms.issuanceMicros * points]];
    case 'HYBRID':
      return [[issuerId, terms.reserveMicros * points], ...shared(terms.feeMicros * points)];
    case 'AT_REDEMPTION':
      return [...shared(terms.reserveMicros * points), ...shared(terms.feeMicros * points)];
  }
}

/** What points are worth of what was paid, in basis points, rounded down; null where nothing was paid. */
export function rebateBps(points: bigint, amountMinor: bigint, { faceValueMicros, currency }: RuleBook): number | null {
  if (amountMinor === 0n) return null;
  return Number((points * faceValueMicros * 10_000n) / (amountMinor * microsPerMinor(currency)));
}
