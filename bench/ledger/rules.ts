import { newId, type PartnerId } from '../../kernel/values/id';
import { evaluatePurchase } from '../../subgraphs/ledger/core/rules/evaluate';
import { NO_MEMBER_FACTS } from '../../subgraphs/ledger/core/rules/member-facts';
import type { PurchaseRule } from '../../subgraphs/ledger/core/rules/purchase-rule';
import { RuleIndex } from '../../subgraphs/ledger/core/rules/rule-index';
import type { RuleBook } from '../../subgraphs/ledger/core/rule-book';
import { aCampaign, aPurchaseRule } from '../../subgraphs/ledger/testkit/rules';
import type { Bench } from '../benches';
import { median, rounded } from '../coalition';
import { makeBook, openBook, type BenchBook } from './book';
import { alternate, figuresOf, ratiosOf, wanted, type Case, type Ratios } from './measure';
import { clusterOf } from '../private-folder';
import { serverVersion } from '../server-facts';

const MEMBERS = 2_000;
const [RULES, CAMPAIGNS] = [1_000, 200];
const CALLERS = 64;
const ROUNDS = 5;
const CASE_MS = 1_500;
const EVALUATIONS = 3_000;

/**
 * What a thousand rules and two hundred running campaigns cost an earn, against a book of one base rate a partner. In `manyRules` one
 * rule with a condition fires beside the base rate and campaigns are for segments the buyers are not in; in `oneCampaign` a campaign
 * gives a lot of its own besides. The cost of the evaluation alone is told for ten, a thousand and ten thousand rules that cannot apply.
 */
export const benchRules: Bench = async (run) => {
  const hub = await run.openHub();
  const serverUrl = hub.databases.embeddedUrl!;
  const open = async (name: string, change: (rules: RuleBook) => RuleBook): Promise<BenchBook> =>
    openBook(await makeBook(serverUrl, `bench_rules_${name}`, { members: MEMBERS, change }));
  const books = [
    await open('one', (rules) => rules),
    await open('many', (rules) => withRules(rules, 'nobody')),
    await open('campaign', (rules) => withRules(rules, 'everybody')),
  ] as const;
  try {
    const [oneRule, manyRules, oneCampaign] = books.map(earning) as [Case, Case, Case];
    const cases = wanted({ oneRule, manyRules, oneCampaign }, run.cases);
    const outcomes = await alternate(
      cases,
      { url: serverUrl, folder: clusterOf(run.folder) },
      { rounds: run.rounds ?? ROUNDS, caseMs: run.caseMs ?? CASE_MS, tell: run.tell },
    );
    const evaluation = evaluationCosts();
    return {
      postgres: await serverVersion(serverUrl),
      figures: { ...figuresOf(outcomes), ...evaluation.figures },
      ratios: { ...ratiosOf(outcomes, RATIOS), ...evaluation.ratios },
    };
  } finally {
    for (const book of books) await book.close();
  }
};

const RATIOS: Ratios = {
  earn_manyRules_over_oneRule: ['manyRules', ['oneRule']],
  earn_oneCampaign_over_oneRule: ['oneCampaign', ['oneRule']],
};

function earning({ members, partners, earn }: BenchBook): Case {
  let turn = 0;
  return {
    callers: CALLERS,
    once: () => earn(members[(turn += 1) % members.length]!, partners[turn % partners.length]!),
  };
}

/** Rules spread over the partners, and campaigns that run; `everybody`: each partner has one campaign for all buyers. */
function withRules(rules: RuleBook, campaignsFor: 'nobody' | 'everybody'): RuleBook {
  const partners = rules.partners.map(({ id }) => id);
  const at = (n: number) => partners[n % partners.length]!;
  const firing = partners.map((id) =>
    aPurchaseRule(id, { effect: { kind: 'BONUS', points: 3n }, condition: 'purchase.amount > 100 && time.hour >= 0' }),
  );
  const idle = Array.from({ length: RULES - firing.length }, (_, n) => aPurchaseRule(at(n), idleBy(n)));
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, n) => {
    const isForAll = campaignsFor === 'everybody' && n < partners.length;
    const segments = isForAll ? [] : [`targets-${n}`];
    return aPurchaseRule(at(n), { segments, campaign: aCampaign(at(n)), effect: { kind: 'BONUS', points: 5n } });
  });
  return { ...rules, purchaseRules: [...firing, ...idle, ...campaigns] };
}

/** One of five reasons for which a rule does not apply to a purchase of the bench. */
function idleBy(n: number): Partial<PurchaseRule> {
  const reasons: readonly Partial<PurchaseRule>[] = [
    { until: new Date('2021-01-01T00:00:00Z') },
    { channels: ['ONLINE'] },
    { branches: ['another'] },
    { tiers: ['NO_SUCH_TIER'] },
    { condition: `purchase.amount > ${1_000_000 + n}` },
  ];
  return reasons[n % reasons.length]!;
}

/** Microseconds one evaluation takes among so many rules that cannot apply; medians of five turns each. */
function evaluationCosts(): { figures: Record<string, number>; ratios: Record<string, number> } {
  const sizes = [10, 1_000, 10_000] as const;
  const runs = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < 5; round += 1) for (const size of sizes) runs.get(size)!.push(evaluationMicros(size));
  const micros = Object.fromEntries(sizes.map((size) => [size, rounded(median(runs.get(size)!))]));
  return {
    figures: Object.fromEntries(sizes.map((size) => [`evaluation_${size}_us`, micros[size]!])),
    ratios: { evaluation_10000_over_10: rounded(micros[10_000]! / micros[10]!) },
  };
}

function evaluationMicros(others: number): number {
  const [partnerId, another] = [newId('ptr'), newId('ptr')] as [PartnerId, PartnerId];
  const at = new Date();
  const own = aPurchaseRule(partnerId, { condition: 'time.hour >= 0 && purchase.amount > 100' });
  const reasons: readonly Partial<PurchaseRule>[] = [
    { partnerId: another },
    { channels: ['APP'] },
    { from: new Date(at.getTime() + 1e10) },
  ];
  const rest = Array.from({ length: others }, (_, n) => aPurchaseRule(partnerId, reasons[n % reasons.length]));
  const index = new RuleIndex([own, ...rest]);
  const base = { id: 'base', partnerId, validFrom: at, points: 1n, perAmountMinor: 100n, pendingDays: 0 };
  const happened = { at, amountMinor: 4_999n, currency: 'EUR', channel: 'TILL', branch: null, lines: [] };
  const once = () =>
    evaluatePurchase({
      happened,
      person: { facts: NO_MEMBER_FACTS, tier: 'BASE', orders: [] },
      candidates: index.candidates({ partnerId, at, channel: 'TILL' }),
      base,
      tiers: [],
      timeZone: 'Europe/Warsaw',
      conversion: null,
      spent: new Set(),
      isHeldOut: () => false,
      mayFund: () => true,
    });
  for (let n = 0; n < EVALUATIONS; n += 1) once();
  const startedAt = performance.now();
  for (let n = 0; n < EVALUATIONS; n += 1) once();
  return ((performance.now() - startedAt) * 1_000) / EVALUATIONS;
}
