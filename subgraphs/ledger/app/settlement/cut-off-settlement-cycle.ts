import type { Principal } from '../../../../kernel/context/principal';
import { expectThat, firstFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { parseCurrency } from '../../../../kernel/values/money';
import { partnerIn, type RuleBook } from '../../core/rule-book';
import { isRate, type LockedRate } from '../../core/settlement/conversion';
import type { CutOffTerms } from '../../data/settlement/cycle-terms.store';
import { cycleFor, inStep, proposeOrPerform, type SettlementLedger, type StepAnswer } from './step';

/** A rate to lock, as it is asked for. */
export interface RateInput {
  readonly currency: string;
  /** Units of the currency for one of the programme's, as a decimal. */
  readonly rate: string;
  readonly source: string;
  readonly rateId: string;
  readonly partnerIds: readonly string[];
}

export interface CutOffSettlementCycleInput {
  readonly idempotencyKey: string;
  /** Null: the moment it is performed, by the programme's clock. */
  readonly at?: Date | null;
  readonly rates?: readonly RateInput[] | null;
  readonly payFromMinor?: bigint | null;
}

/** Closes the open cycle to new entries and opens the next; what comes later belongs to that one. */
export async function cutOffSettlementCycle(
  ledger: SettlementLedger,
  principal: Principal,
  input: CutOffSettlementCycleInput,
): Promise<Outcome<StepAnswer & { replayed: boolean }>> {
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes steps of a cycle.');
  const { idempotencyKey, at = null } = input;
  const fault = termsFault(input);
  if (fault !== null) return fault;
  const { programmeId } = principal;
  const command = {
    principal,
    programmeId,
    operation: 'cutOffSettlementCycle',
    idempotencyKey,
    body: bodyOf(input),
    stopsPostings: async () => true,
  };
  return inStep(ledger, command, async (tx, { book, now }) => {
    const terms = termsOf(input, book);
    if (isRefusal(terms)) return terms;
    const cycle = await cycleFor(tx, programmeId, null);
    if (isRefusal(cycle)) return cycle;
    return proposeOrPerform(tx, { cycle, to: 'CUT_OFF', cutOffAt: at, terms, book, now }, principal.subject);
  });
}

/** What was asked; as it always was where nothing new is asked for, so that keys of before still answer. */
function bodyOf({ at = null, rates, payFromMinor }: CutOffSettlementCycleInput): object {
  return { at, ...(rates?.length ? { rates } : {}), ...(payFromMinor ? { payFromMinor } : {}) };
}

function termsFault({ rates, payFromMinor }: CutOffSettlementCycleInput): Refusal | null {
  const named = (rates ?? []).flatMap(({ partnerIds }) => partnerIds);
  return firstFault(
    expectThat('input.payFromMinor', (payFromMinor ?? 0n) >= 0n, 'must not be negative'),
    expectThat('input.rates', new Set(named).size === named.length, 'name a partner twice'),
    expectThat('input.rates', named.length <= 1_000, 'name more than 1,000 partners'),
    ...(rates ?? []).flatMap(({ currency, rate, source, rateId, partnerIds }, n) => [
      expectThat(`input.rates[${n}].partnerIds`, partnerIds.length > 0, 'name nobody who settles by it'),
      expectThat(`input.rates[${n}].currency`, parseCurrency(currency) !== null, 'is no currency of ISO 4217'),
      expectThat(`input.rates[${n}].rate`, isRate(rate), 'is no positive decimal of at most 12 places'),
      textFault(`input.rates[${n}].source`, source, 100),
      textFault(`input.rates[${n}].rateId`, rateId, 100),
    ]),
  );
}

function termsOf({ rates, payFromMinor }: CutOffSettlementCycleInput, book: RuleBook): CutOffTerms | Refusal {
  const locked: LockedRate[] = [];
  for (const { currency, rate, source, rateId, partnerIds } of rates ?? []) {
    const ids = partnerIds.map((id) => parseId('ptr', id));
    if (ids.some((id) => id === null || partnerIn(book, id) === undefined)) return notFound('partner');
    const code = parseCurrency(currency) ?? book.currency;
    locked.push({ currency: code, rate, source, rateId, partnerIds: ids.filter((id) => id !== null) });
  }
  return { rates: locked, payFromMinor: payFromMinor ?? 0n };
}
