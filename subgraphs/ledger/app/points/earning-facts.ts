import type { ProgrammeId } from '../../../../kernel/values/id';
import { budgetsOf, type Counter } from '../../core/caps/cap-use';
import type { PostingFacts } from '../../core/points/posting';
import type { RuleBook } from '../../core/rule-book';
import { actionAsksFacts } from '../../core/rules/action-terms';
import type { Candidates } from '../../core/rules/candidates';
import { ruleIndexOf } from '../../core/rules/rule-index';
import type { PlannedTransaction } from '../../data/points/apply.store';
import type { FactsRequest, LoadedPerson } from '../../data/points/facts.store';
import type { Earning, PostingCommand } from './posting-command';

type Person = NonNullable<PostingFacts['person']>;

/** A little more than the longest period whose purchases are counted: a year, in any time zone. */
const COUNTED_MS = 368 * 86_400_000;

/** The budgets that campaigns which may apply to a batch's purchases spend from, each once. */
export function budgetsAsked(
  commands: readonly PostingCommand[],
  { programmeId, book, now }: { programmeId: ProgrammeId; book: RuleBook; now: Date },
): Counter[] {
  if (book.purchaseRules.length === 0) return [];
  const counters = new Map<string, Counter>();
  for (const { campaigns } of candidatesOf(commands, { programmeId, book })) {
    for (const rule of campaigns) {
      for (const counter of budgetsOf(rule, book, now)) counters.set(`${counter.partnerId}:${counter.kind}`, counter);
    }
  }
  return [...counters.values()];
}

/** The rules that may apply to a batch's purchases, each set of them once. */
function candidatesOf(
  commands: readonly PostingCommand[],
  { programmeId, book }: { programmeId: ProgrammeId; book: RuleBook },
): Set<Candidates> {
  const found = new Set<Candidates>();
  for (const { earns, programmeId: of } of commands) {
    const candidates = earns === undefined || of !== programmeId ? null : candidatesFor(earns, book);
    if (candidates !== null) found.add(candidates);
  }
  return found;
}

/** The book a programme's commands are decided by, as far as it is known. */
type BookOf = (programmeId: ProgrammeId) => RuleBook | undefined;

/** What rules may know of the members of one batch: read once, kept up to date as the batch goes on. */
export class Persons {
  private readonly persons = new Map<string, { facts: Person['facts']; orders: Date[]; asksOrders: boolean }>();

  /** What the rules of these books ask about members that was not read yet; most batches ask nothing. */
  missing(commands: readonly PostingCommand[], bookOf: BookOf): FactsRequest[] {
    const asked = new Map<string, FactsRequest>();
    for (const { earns, programmeId, key, memberId } of commands) {
      const book = bookOf(programmeId);
      const asks = earns === undefined || book === undefined ? ASKS_NOTHING : asksOf(earns, book);
      if (earns === undefined || !asks.facts) continue;
      const { partnerId, occurredAt } = earns;
      const name = personText(key.wallet, partnerId);
      const known = this.persons.get(name);
      if (known !== undefined && (known.asksOrders || !asks.orders)) continue;
      const before = asked.get(name);
      const since = Math.min(occurredAt.getTime() - COUNTED_MS, before?.ordersSince.getTime() ?? Infinity);
      const asksOrders = asks.orders || before?.asksOrders === true;
      asked.set(name, { key, memberId, programmeId, partnerId, ordersSince: new Date(since), asksOrders });
    }
    return [...asked.values()];
  }

  keep(asked: readonly FactsRequest[], loaded: readonly LoadedPerson[]): void {
    for (const [n, { key, partnerId, asksOrders }] of asked.entries()) {
      const { facts, orders } = loaded[n] as LoadedPerson;
      this.persons.set(personText(key.wallet, partnerId), { facts, orders: [...orders], asksOrders });
    }
  }

  of({ earns, key }: PostingCommand): Person | undefined {
    return earns && this.persons.get(personText(key.wallet, earns.partnerId));
  }

  /** A purchase of this batch is an earlier one to the next. */
  bought({ plan: { purchase }, after }: PlannedTransaction): void {
    if (purchase === undefined) return;
    this.persons.get(personText(after.key.wallet, purchase.partnerId))?.orders.push(purchase.occurredAt);
  }
}

const personText = (wallet: string, partnerId: string): string => `${wallet} ${partnerId}`;

interface Asks {
  readonly facts: boolean;
  readonly orders: boolean;
}
const ASKS_NOTHING: Asks = { facts: false, orders: false };

/** What the rules that may apply ask about the member. */
function asksOf(earns: Earning, book: RuleBook): Asks {
  if (earns.action !== undefined) {
    const facts = actionAsksFacts(book, { ...earns, action: earns.action }, earns.occurredAt);
    return { facts, orders: facts };
  }
  const candidates = candidatesFor(earns, book);
  if (candidates === null) return ASKS_NOTHING;
  return { facts: candidates.askFacts || candidates.askOrders, orders: candidates.askOrders };
}

function candidatesFor({ partnerId, occurredAt: at, channel, action }: Earning, book: RuleBook): Candidates | null {
  if (action !== undefined) return null;
  return ruleIndexOf(book.purchaseRules).candidates({ partnerId, at, channel });
}
