import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome } from '../../../kernel/errors/refusal';
import { appendEvents } from '../../../kernel/events/outbox';
import type { ProgrammeId } from '../../../kernel/values/id';
import { advanceRuleBook, lockRuleBook } from '../data/rule-book.store';
import { ruleBookPublished } from '../events/published';
import type { PartnersSetting } from './setting';

/** One change of one programme's rule book. */
export interface RuleBookChange<Value extends object> {
  readonly principal: Principal;
  /** The mutation's name. */
  readonly operation: string;
  readonly input: { readonly idempotencyKey: string };
  readonly programmeId: ProgrammeId;
  /** Loads, decides and writes, with the rule book locked; a refusal must come before the first write. */
  readonly work: (tx: Tx, now: Date) => Promise<Outcome<Value>>;
}

/** The rule book's version that a change made: a reader whose own copy is at least this new has seen the change. */
export interface InRuleBook {
  readonly ruleBookVersion: bigint;
}

/**
 * Changes the rule book once per idempotency key and publishes the whole of it in the same transaction. Steps two to
 * seven of every use case here: transaction, key, lock, the work itself, outbox, commit.
 */
export async function changeRuleBook<Value extends object>(
  setting: PartnersSetting,
  change: RuleBookChange<Value>,
): Promise<Replayable<Value & InRuleBook>> {
  const { programmeId, work } = change;
  return underRuleBook<Value & InRuleBook>(setting, {
    ...change,
    work: async (tx, now) => {
      const worked = await work(tx, now);
      return isRefusal(worked) ? worked : { ...worked, ruleBookVersion: await publish(tx, programmeId, now) };
    },
  });
}

/** As `changeRuleBook`, for work that prepares a change and makes none: nothing is published. */
export async function underRuleBook<Value extends object>(
  setting: PartnersSetting,
  { principal, operation, input, programmeId, work }: RuleBookChange<Value>,
): Promise<Replayable<Value>> {
  const { idempotencyKey: key, ...body } = input;
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation, key, body }, async (): Promise<Outcome<Value>> => {
      await lockRuleBook(tx, programmeId);
      return work(tx, setting.clock.now());
    }),
  );
  setting.announced();
  return outcome;
}

async function publish(tx: Tx, programmeId: ProgrammeId, now: Date): Promise<bigint> {
  const book = await advanceRuleBook(tx, programmeId);
  await appendEvents(tx, 'partners', [ruleBookPublished(book)], now);
  return book.version;
}
