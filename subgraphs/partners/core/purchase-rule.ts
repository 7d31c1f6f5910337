import { isConditionFault, readCondition } from '../../../kernel/conditions/condition';
import { ruleTermsFault, type CampaignTerms, type RuleTerms } from '../../../kernel/conditions/rule-terms';
import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { refuse } from './refusals';

/** One version of a rule of a partner; terms are null from where it was stopped. */
export interface PurchaseRule {
  readonly id: Id<'rul'>;
  readonly partnerId: PartnerId;
  /** The partner's name for it; versions of one code follow each other. */
  readonly code: string;
  readonly version: number;
  readonly campaignId: Id<'cmp'> | null;
  readonly validFrom: Date;
  readonly validUntil: Date | null;
  readonly terms: (RuleTerms & { readonly campaign: CampaignTerms | null }) | null;
}

/** A rule or campaign as an admin proposes it. */
export interface AskedRule extends RuleTerms {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly code: string;
  readonly validFrom: Date;
  readonly validUntil?: Date | null;
}

/** The first field of a proposed rule that cannot be what it says. */
export function ruleFault(input: AskedRule): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    codeFault('input.code', input.code),
    ruleTermsFault(input),
    ifGiven(input.validUntil, (until) =>
      expectThat('input.validUntil', until > input.validFrom, 'must be after validFrom'),
    ),
  );
}

/** PARTNERS_CONDITION_NOT_VALID with the place of the first fault; null when it can be read. */
export function conditionRefusal(condition: string | null | undefined): Refusal | null {
  if (condition === null || condition === undefined) return null;
  const read = readCondition(condition);
  if (!isConditionFault(read)) return null;
  const { message, position } = read;
  return refuse('PARTNERS_CONDITION_NOT_VALID', `At character ${position}: ${message}.`, { position });
}

/** A version with the window in which it is in force: until the next one begins, at most until its own end. */
export interface InForce extends PurchaseRule {
  readonly until: Date | null;
}

/** The versions that are in force at some time, each with its end; what was stopped before it began is not among them. */
export function windowsOf(versions: readonly PurchaseRule[]): InForce[] {
  const chains = new Map<string, PurchaseRule[]>();
  for (const version of versions) {
    const chain = `${version.partnerId} ${version.code}`;
    chains.set(chain, [...(chains.get(chain) ?? []), version]);
  }
  return [...chains.values()].flatMap((chain) =>
    chain.flatMap((version): InForce[] => {
      if (version.terms === null) return [];
      const ends = chain.filter((one) => one.version > version.version).map(({ validFrom }) => validFrom);
      if (version.validUntil !== null) ends.push(version.validUntil);
      const until = ends.reduce<Date | null>((first, end) => (first === null || end < first ? end : first), null);
      return until !== null && until <= version.validFrom ? [] : [{ ...version, until }];
    }),
  );
}
