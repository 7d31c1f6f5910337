import type { PoolClient } from 'pg';
import type { Principal } from '../../../../kernel/context/principal';
import { expectThat } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';
import { bookWith, type Draft } from '../../core/simulate-rule/draft';
import { rebateBps, Replay, type Tally } from '../../core/simulate-rule/replay';
import { ruleIndexOf } from '../../core/rules/rule-index';
import type { PurchaseRule } from '../../core/rules/purchase-rule';
import { countPurchases, pastPurchases, type Stretch } from '../../data/simulate-rule/past-purchase.store';
import type { Ledger } from '../ledger';
import { readingOnly } from '../reading-only';
import { readDraft, whoseRules } from './draft-of';

/** What is to be simulated. */
export interface AskedSimulation {
  /** The partner; its own people leave it out. */
  readonly partnerId?: string | null;
  /** The rule or campaign to try; without one the rules in force are replayed. */
  readonly draft?: Draft | null;
  /** Ids of rules and campaigns in force that are left out, such as the one the draft would replace. */
  readonly without?: readonly string[] | null;
  readonly from: Date;
  /** Before when. */
  readonly to: Date;
}

/** What purchases earned under some rules. */
export interface Earned extends Tally {
  /** What the points are worth of what was paid; null where nothing was paid. */
  readonly rebateBps: number | null;
}

/** What the purchases of a stretch would have come to. */
export interface RuleSimulation {
  readonly purchases: number;
  readonly members: number;
  /** What was bought, in the programme's currency. */
  readonly turnoverMinor: bigint;
  readonly postedPoints: bigint;
  /** By the rules in force now, and by these with what was asked. */
  readonly inForce: Earned;
  readonly simulated: Earned;
  readonly purchasesChanged: number;
  readonly membersChanged: number;
  /** The draft as it was replayed; null without one. */
  readonly draft: PurchaseRule | null;
  readonly book: RuleBook;
}

/** The most purchases one simulation replays: a few seconds of one core. */
export const PURCHASES_MAX = 50_000;
const DAYS_MAX = 400;
const WITHOUT_MAX = 1_000;

/**
 * Replays the real purchases of a stretch at one partner against a draft, in a transaction that cannot write: tier and earlier orders as
 * they were then, segments and attributes of members as they are now, budgets full at the beginning. The draft is in force throughout.
 *
 * Refuses FORBIDDEN for all but an admin and the partner's own people, INVALID_INPUT, PARTNERS_CONDITION_NOT_VALID,
 * LEDGER_SIMULATION_TOO_LARGE.
 */
export async function simulateRule(
  ledger: Ledger,
  principal: Principal,
  asked: AskedSimulation,
): Promise<RuleSimulation | Refusal> {
  const own = await whoseRules(ledger, principal, asked.partnerId ?? null);
  if (isRefusal(own)) return own;
  const { book, partnerId } = own;
  const draft = readDraft(asked.draft ?? null, { book, partnerId });
  const fault = stretchFault(asked) ?? (isRefusal(draft) ? draft : null);
  if (fault !== null || isRefusal(draft)) return fault ?? (draft as Refusal);
  const without = new Set(asked.without ?? []);
  const { from, to } = asked;
  const stretch: Stretch = { programmeId: book.programmeId, partnerId, from, to };
  return readingOnly(ledger, async (client) => {
    const count = await countPurchases(client, stretch, PURCHASES_MAX + 1);
    if (count > PURCHASES_MAX) {
      const message = `More than ${PURCHASES_MAX} purchases were made in that stretch.`;
      return refuse('LEDGER_SIMULATION_TOO_LARGE', message, { purchasesMax: PURCHASES_MAX });
    }
    const replayed = await replay(client, stretch, { book, other: bookWith(book, { without, draft }) });
    return { ...replayed, draft, book };
  });
}

function stretchFault({ from, to, without }: AskedSimulation): Refusal | null {
  return (
    expectThat('input.to', to > from, 'must be after from') ??
    expectThat(
      'input.to',
      to.getTime() - from.getTime() <= DAYS_MAX * 86_400_000,
      `must be at most ${DAYS_MAX} days after from`,
    ) ??
    expectThat('input.without', (without ?? []).length <= WITHOUT_MAX, `must have at most ${WITHOUT_MAX} entries`)
  );
}

async function replay(
  client: PoolClient,
  stretch: Stretch,
  { book, other }: { book: RuleBook; other: RuleBook },
): Promise<Omit<RuleSimulation, 'draft' | 'book'>> {
  const [inForce, simulated] = [new Replay(book), new Replay(other)];
  const asksOrders = [book, other].some(({ purchaseRules }) =>
    ruleIndexOf(purchaseRules).everOf(stretch.partnerId).uses.has('orders'),
  );
  const [buyers, changed] = [new Set<string>(), new Set<string>()];
  let [purchases, purchasesChanged] = [0, 0];
  let [turnoverMinor, postedPoints] = [0n, 0n];
  for await (const page of pastPurchases(client, stretch, asksOrders)) {
    for (const past of page) {
      purchases += 1;
      buyers.add(past.wallet);
      postedPoints += past.points;
      const [before, after] = [inForce.add(past), simulated.add(past)];
      turnoverMinor += after?.amountMinor ?? 0n;
      if (before?.points === after?.points) continue;
      purchasesChanged += 1;
      changed.add(past.wallet);
    }
  }
  const earned = (tally: Tally): Earned => ({ ...tally, rebateBps: rebateBps(tally.points, turnoverMinor, book) });
  return {
    ...{ purchases, members: buyers.size, turnoverMinor, postedPoints, purchasesChanged, membersChanged: changed.size },
    ...{ inForce: earned(inForce.tally()), simulated: earned(simulated.tally()) },
  };
}
