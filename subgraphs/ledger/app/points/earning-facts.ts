import type { Client } from 'pg';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { budgetsOf, type Counter } from '../../core/caps/cap-use';
import type { PostingFacts } from '../../core/points/posting';
import type { RuleBook } from '../../core/rule-book';
import { actionAsksFacts } from '../../core/rules/action-terms';
import { ruleIndexOf, type Candidates } from '../../core/rules/rule-index';
import type { PlannedTransaction } from '../../data/points/apply.store';
import { loadPersons, type FactsRequest } from '../../data/points/facts.store';
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
  for (const { earns, programmeId: of } of commands) {
    if (earns === undefined || of !== programmeId) continue;
    for (const { rule } of candidatesFor(earns, book)?.rules ?? []) {
      for (const counter of budgetsOf(rule, book, now)) counters.set(`${counter.partnerId}:${counter.kind}`, counter);
    }
  }
  return [...counters.values()];
}

/** What rules may know of the members of one batch: read once, kept up to date as the batch goes on. */
export class Persons {
  private readonly persons = new Map<string, { facts: Person['facts']; orders: Date[] }>();

  /** Reads what the rules in force ask about the members; most batches ask nothing, which costs nothing. */
  async load(client: Client, commands: readonly PostingCommand[], books: ReadonlyMap<string, RuleBook>): Promise<void> {
    const asked = new Map<string, FactsRequest>();
    for (const { earns, programmeId, key, memberId } of commands) {
      const book = books.get(programmeId);
      if (earns === undefined || book === undefined || !asksFacts(earns, book)) continue;
      const { partnerId, occurredAt } = earns;
      const since = occurredAt.getTime() - COUNTED_MS;
      const name = personText(key.wallet, partnerId);
      const before = asked.get(name)?.ordersSince.getTime() ?? since;
      const ordersSince = new Date(Math.min(since, before));
      asked.set(name, { key, memberId, programmeId, partnerId, ordersSince });
    }
    if (asked.size === 0) return;
    const loaded = await loadPersons(client, [...asked.values()]);
    for (const [n, name] of [...asked.keys()].entries()) {
      const { facts, orders } = loaded[n] as Person;
      this.persons.set(name, { facts, orders: [...orders] });
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

function asksFacts(earns: Earning, book: RuleBook): boolean {
  if (earns.action !== undefined) {
    return actionAsksFacts(book, { ...earns, action: earns.action }, earns.occurredAt);
  }
  const candidates = candidatesFor(earns, book);
  return candidates !== null && (candidates.askFacts || candidates.askOrders);
}

function candidatesFor({ partnerId, occurredAt: at, channel, action }: Earning, book: RuleBook): Candidates | null {
  if (action !== undefined) return null;
  return ruleIndexOf(book.purchaseRules).candidates({ partnerId, at, channel });
}
