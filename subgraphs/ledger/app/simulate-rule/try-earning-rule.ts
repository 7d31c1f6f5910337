import type { Principal } from '../../../../kernel/context/principal';
import { expectThat, firstFault, ifGiven, wholeFault, type Fault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { newId } from '../../../../kernel/values/id';
import type { Purchase } from '../../core/movements/purchase';
import { earnedBy } from '../../core/movements/purchase-earning';
import { daysLater } from '../../core/movements/validity';
import type { PostingFacts } from '../../core/points/posting';
import { refuse } from '../../core/refusals';
import { earningRuleAt, type RuleBook } from '../../core/rule-book';
import { reckon, type Explanation, type PassedReason } from '../../core/rules/explanation';
import type { Person } from '../../core/rules/purchase-facts';
import type { PurchaseRule } from '../../core/rules/purchase-rule';
import { bookWith, type Draft } from '../../core/simulate-rule/draft';
import type { Ledger } from '../ledger';
import { purchaseFault, type RecordPurchaseInput } from '../movements/record-purchase';
import { readDraft, whoseRules, type RulesOf } from './draft-of';

/** A purchase made up to try a rule on, and its buyer; what is absent is empty. */
export interface ExamplePurchase extends Omit<
  RecordPurchaseInput,
  'idempotencyKey' | 'externalRef' | 'member' | 'occurredAt'
> {
  /** Now when not given. */
  readonly occurredAt?: Date | null;
  readonly tier?: string | null;
  readonly segments?: readonly string[] | null;
  readonly enrolledDays?: number | null;
  /** Which purchase of the day, month, quarter and year it is. */
  readonly orders?: number | null;
}

/** What is to be tried. */
export interface AskedTrial {
  readonly partnerId?: string | null;
  readonly draft?: Draft | null;
  readonly without?: readonly string[] | null;
  readonly purchases: readonly ExamplePurchase[];
}

/** What an example earns, and why. */
export interface EarningTrial {
  readonly points: bigint;
  /** What of them the draft gives; 0 without one. */
  readonly draftPoints: bigint;
  /** Why the draft gives nothing; null where it does, and where it stands behind the hundred that are told. */
  readonly draftReason: PassedReason | null;
  readonly ruleId: string;
  readonly amountMinor: bigint;
  /** Null where nothing but the base rate was looked at. */
  readonly explanation: Explanation | null;
}

const EXAMPLES_MAX = 50;
const DAYS_MAX = 36_500;
const ORDERS_MAX = 5_000;

/**
 * What example purchases would earn by the rules in force with a draft among them, by the function that decides postings; nothing is
 * written. The draft is in force at every instant.
 *
 * Refuses FORBIDDEN for all but an admin and the partner's own people, INVALID_INPUT, PARTNERS_CONDITION_NOT_VALID,
 * LEDGER_PROGRAMME_NOT_READY where the partner has no earning rule at an example's instant, LEDGER_CURRENCY_NOT_ACCEPTED.
 */
export async function tryEarningRule(
  ledger: Ledger,
  principal: Principal,
  asked: AskedTrial,
): Promise<{ trials: readonly EarningTrial[]; currency: string } | Refusal> {
  const own = await whoseRules(ledger, principal, asked.partnerId ?? null);
  if (isRefusal(own)) return own;
  const fault = expectThat(
    'input.purchases',
    asked.purchases.length <= EXAMPLES_MAX,
    `must have at most ${EXAMPLES_MAX}`,
  );
  if (fault !== null) return fault;
  const draft = readDraft(asked.draft ?? null, own);
  if (isRefusal(draft)) return draft;
  const book = bookWith(own.book, { without: new Set(asked.without ?? []), draft });
  const trials: EarningTrial[] = [];
  for (const [n, example] of asked.purchases.entries()) {
    const occurredAt = example.occurredAt ?? ledger.clock.now();
    const trial =
      exampleFault({ ...example, occurredAt }, `input.purchases[${n}]`) ??
      tried({ ...example, occurredAt }, { ...own, book, draft });
    if (isRefusal(trial)) return trial;
    trials.push(trial);
  }
  return { trials, currency: book.currency };
}

type Example = ExamplePurchase & { readonly occurredAt: Date };

function exampleFault(example: Example, path: string): Fault {
  return firstFault(
    purchaseFault({ ...example, idempotencyKey: 'example', externalRef: 'example' }, path) as Fault,
    ifGiven(example.enrolledDays, (days) => wholeFault(`${path}.enrolledDays`, days, { min: 0, max: DAYS_MAX })),
    ifGiven(example.orders, (orders) => wholeFault(`${path}.orders`, orders, { min: 1, max: ORDERS_MAX })),
  );
}

function tried(
  example: Example,
  { partnerId, book, draft }: RulesOf & { draft: PurchaseRule | null },
): EarningTrial | Refusal {
  const { occurredAt: at } = example;
  const rule = earningRuleAt(book, partnerId, at);
  if (rule === undefined) {
    return refuse('LEDGER_PROGRAMME_NOT_READY', 'No earning rule of this partner is in force at that instant.');
  }
  const person = personOf(example, book);
  const facts: PostingFacts = { programmeId: book.programmeId, book, now: at, person };
  const wallet = {
    memberId: null,
    tier: { code: person.tier, since: null, until: null, countedSince: null, dueAt: null },
  };
  const earned = earnedBy(wallet, purchaseOf(example, partnerId), { rule, facts });
  if (isRefusal(earned)) return earned;
  const explanation = earned.explained?.explanation ?? null;
  const amountMinor = explanation?.amountMinor ?? example.amount.amountMinor;
  const added = explanation === null ? [] : reckon(explanation, amountMinor);
  const place = explanation?.fired.findIndex(({ ruleId }) => ruleId === draft?.id) ?? -1;
  return {
    ...{ points: earned.campaigns.reduce((sum, { points: given }) => sum + given, earned.ownPoints), ruleId: rule.id },
    ...{ draftPoints: added[place] ?? 0n, amountMinor, explanation },
    draftReason: explanation?.passed.find(({ ruleId }) => ruleId === draft?.id)?.reason ?? null,
  };
}

function personOf(
  { occurredAt: at, tier, segments, enrolledDays, orders }: Example,
  { timeZone, tiers }: RuleBook,
): Person {
  const enrolledAt = enrolledDays == null ? null : daysLater(at, -enrolledDays, timeZone);
  return {
    tier: tier ?? tiers[0]?.code ?? null,
    facts: { segments: new Set(segments ?? []), enrolledAt, consented: false, attributes: {} },
    orders: Array.from({ length: (orders ?? 1) - 1 }, () => at),
  };
}

function purchaseOf(example: Example, partnerId: Purchase['partnerId']): Purchase {
  const { amount, occurredAt, branch, channel, lines, distanceMetres, temperatureCelsius, attributes } = example;
  return {
    ...{ partnerId, externalRef: newId('req'), amountMinor: amount.amountMinor, currency: amount.currency, occurredAt },
    ...{ branch: branch ?? null, channel: channel ?? null, lines: lines ?? null },
    surroundings: {
      ...(distanceMetres == null ? {} : { distanceMetres }),
      ...(temperatureCelsius == null ? {} : { temperatureCelsius }),
      ...(attributes == null ? {} : { attributes }),
    },
  };
}
