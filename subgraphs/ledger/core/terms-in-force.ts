import type { RuleBook, TermsChange } from './rule-book';

/** For each book the books by its later terms, so that one instant's is the same object as another's. */
const byTerms = new WeakMap<RuleBook, Map<number, RuleBook>>();
/** The announced book each of them came from. */
const announced = new WeakMap<RuleBook, RuleBook>();

/**
 * A rule book by the terms in force at an instant of programme time. Whoever posts asks once, with the instant that is recorded: so every
 * term of one posting is of one version, and which one it was follows from the posting (`termsVersionOf`).
 */
export function bookAt(book: RuleBook, at: Date): RuleBook {
  const whole = announced.get(book) ?? book;
  const change = whole.termsChanges?.findLast(({ takesEffectAt }) => takesEffectAt <= at);
  if (change === undefined) return whole;
  const made = byTerms.get(whole) ?? new Map<number, RuleBook>();
  byTerms.set(whole, made);
  const known = made.get(change.version);
  if (known !== undefined) return known;
  const changed: RuleBook = { ...whole, ...change.terms, termsVersion: change.version };
  made.set(change.version, changed);
  announced.set(changed, whole);
  return changed;
}

/**
 * The version of the terms a posting went by: the last in force when it was recorded, of those its rule book had.
 *
 * @param changes of any later book of the programme: approved terms are never taken back
 */
export function termsVersionOf(
  { recordedAt, ruleBookVersion }: { readonly recordedAt: Date; readonly ruleBookVersion: bigint },
  changes: readonly TermsChange[] = [],
): number {
  const known = changes.filter((change) => change.ruleBookVersion <= ruleBookVersion);
  return known.findLast(({ takesEffectAt }) => takesEffectAt <= recordedAt)?.version ?? 1;
}
