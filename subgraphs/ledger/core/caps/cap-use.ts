import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { PartnerId } from '../../../../kernel/values/id';
import { prefundedMicros } from '../money/hub-accounts';
import { periodName } from '../movements/period-name';
import type { Step } from '../movements/carry-out';
import type { LotPart, Party } from '../points/lot';
import { contractAt, type RuleBook } from '../rule-book';
import type { BudgetPurpose, PurchaseRule } from '../rules/purchase-rule';

/**
 * What a cap limits: points issued in a period, what a partner would owe now, or what is given out of the budget of a campaign
 * or of a purpose.
 */
export type CapKind = 'ISSUANCE' | 'NET_DEBIT' | `CAMPAIGN:${string}` | `PURPOSE:${BudgetPurpose}`;

/** One counter of one partner. */
export interface Counter {
  readonly partnerId: PartnerId;
  readonly kind: CapKind;
  /**
   * The calendar period it counts, in programme time; for what a partner owes, since when its contracts have had a cap without a gap:
   * nobody counted before. '' for one that never begins anew.
   */
  readonly period: string;
  /** Points, or micro-units of money. */
  readonly limit: bigint;
}

/** What a posting adds to a counter. */
export interface CapUse {
  readonly counter: Counter;
  /** May be negative: a hold released, a claim mirrored. */
  readonly amount: bigint;
  /** Points are issued by this partner: refused when they do not fit. What others do with its points is never refused. */
  readonly isIssuing: boolean;
}

/** The counters a programme keeps now: those of partners whose contract in force has a cap. */
export function countersOf(book: RuleBook, now: Date): Counter[] {
  return book.partners.flatMap(({ id }) => {
    const contract = contractAt(book, id, now);
    const counters: Counter[] = [];
    if (contract?.issuanceCap) {
      const { points: limit, period } = contract.issuanceCap;
      counters.push({ partnerId: id, kind: 'ISSUANCE', period: periodName(now, period, book.timeZone), limit });
    }
    if (contract?.netDebitCapMicros) {
      counters.push({
        partnerId: id,
        kind: 'NET_DEBIT',
        period: cappedSince(book, id, now),
        limit: contract.netDebitCapMicros,
      });
    }
    return counters;
  });
}

/** Since when contracts of a partner that has a net-debit cap now have had one, without a gap. */
function cappedSince({ contracts }: RuleBook, partnerId: PartnerId, now: Date): string {
  const versions = contracts
    .filter((one) => one.partnerId === partnerId && one.validFrom <= now)
    .sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime());
  const gap = versions.findLastIndex(({ netDebitCapMicros }) => !netDebitCapMicros);
  return versions[gap + 1]?.validFrom.toISOString() ?? '';
}

/** What a partner will owe when holds of these points are captured. */
export function owedWhenSpent(parts: readonly OwedPart[], partnerId: PartnerId): bigint {
  return tally(parts.flatMap(dueWhenSpent)).get(partnerId) ?? 0n;
}

/** What a posting adds to each counter it touches, all its steps together. */
export function capUses(steps: readonly Step[], counters: readonly Counter[]): CapUse[] {
  if (counters.length === 0) return [];
  return [
    ...partnersUses(
      steps,
      counters.filter(({ kind }) => kind === 'ISSUANCE' || kind === 'NET_DEBIT'),
    ),
    ...budgetUses(steps),
  ];
}

/** What a posting takes of each budget. */
function budgetUses(steps: readonly Step[]): CapUse[] {
  const uses = new Map<string, CapUse>();
  for (const { plan } of steps) {
    for (const { counters, points } of plan.budgeted ?? []) {
      for (const counter of counters) {
        const amount = (uses.get(counter.kind)?.amount ?? 0n) + points;
        uses.set(counter.kind, { counter, amount, isIssuing: true });
      }
    }
  }
  return [...uses.values()];
}

function partnersUses(steps: readonly Step[], counters: readonly Counter[]): CapUse[] {
  if (!counters.some(({ partnerId }) => steps.some(({ plan }) => concerns(plan, partnerId)))) return [];
  const issued = tally(steps.flatMap(issuedIn));
  const exposed = tally(steps.flatMap(exposedIn));
  return counters.flatMap((counter): CapUse[] => {
    const issuing = issued.get(counter.partnerId) ?? 0n;
    const amount = counter.kind === 'ISSUANCE' ? issuing : (exposed.get(counter.partnerId) ?? 0n);
    return amount === 0n && issuing === 0n ? [] : [{ counter, amount, isIssuing: issuing > 0n }];
  });
}

/** Whether a posting may change what a partner has issued or owes: most are of partners without a cap. */
function concerns({ entries, claims, hold }: Step['plan'], partnerId: PartnerId): boolean {
  return (
    hold !== undefined ||
    entries.some(({ debit }) => debit.owner === partnerId) ||
    claims.some(({ debtorId, creditorId }) => debtorId === partnerId || creditorId === partnerId)
  );
}

type Amount = readonly [Party, bigint];

function tally(amounts: readonly Amount[]): Map<Party, bigint> {
  const sums = new Map<Party, bigint>();
  for (const [party, amount] of amounts) sums.set(party, (sums.get(party) ?? 0n) + amount);
  return sums;
}

function issuedIn({ plan }: Step): Amount[] {
  return plan.entries.flatMap(({ debit, amount }): Amount[] =>
    debit.kind === 'ISSUED' ? [[debit.owner as Party, amount]] : [],
  );
}

/**
 * What a partner would owe now changes by what it owes less what it is owed, and by what it will owe when holds of its
 * points are captured. Points that nobody set aside are not in it, whatever of them was paid in advance (docs/adr/0012).
 */
function exposedIn({ plan }: Step): Amount[] {
  const claims = plan.claims.flatMap(({ debtorId, creditorId, micros }): Amount[] => [
    [debtorId, micros],
    [creditorId, -micros],
  ]);
  if (plan.hold === undefined) return claims;
  const sign = plan.hold.state === 'OPEN' ? 1n : -1n;
  return [...claims, ...plan.hold.lots.flatMap(dueWhenSpent).map(([party, due]): Amount => [party, sign * due])];
}

/** Points of a lot, as far as what is owed for them depends on it. */
export interface OwedPart extends Pick<LotPart, 'points'> {
  readonly lot: Pick<LotPart['lot'], 'terms' | 'issuerId'>;
}

/** What would be owed for points of a lot at the highest price any redeemer is paid. */
function dueWhenSpent({ lot: { terms, issuerId }, points: k }: OwedPart): Amount[] {
  const due = terms.reserveMicros * k;
  switch (terms.settlementModel) {
    case 'AT_ISSUANCE':
      return [];
    case 'HYBRID':
      return [[issuerId, due - prefundedMicros(terms, k)]];
    case 'AT_REDEMPTION': {
      const parts = splitByLargestRemainder(
        due,
        terms.funding.map(({ bps }) => BigInt(bps)),
      );
      return terms.funding.map(({ partyId }, n): Amount => [partyId, parts[n] ?? 0n]);
    }
  }
}

/** The budgets that what a campaign gives is taken from: its own, and its partner's for the purpose. */
export function budgetsOf({ partnerId, campaign }: PurchaseRule, book: RuleBook, now: Date): Counter[] {
  if (campaign === null) return [];
  const { id, budgetPoints, purpose } = campaign;
  const own: Counter[] =
    budgetPoints === null ? [] : [{ partnerId, kind: `CAMPAIGN:${id}`, period: '', limit: budgetPoints }];
  const shared = book.purposeBudgets
    .filter((budget) => budget.partnerId === partnerId && budget.purpose === purpose)
    .map(({ points: limit, period }): Counter => {
      return { partnerId, kind: `PURPOSE:${purpose}`, period: periodName(now, period, book.timeZone), limit };
    });
  return [...own, ...shared];
}

/** Whether a counter is a budget: what does not fit is given up, and the rest of the posting stands. */
export function isBudget({ kind }: Counter): boolean {
  return kind.startsWith('CAMPAIGN:') || kind.startsWith('PURPOSE:');
}
