import { isConditionFault, readCondition } from '../../../kernel/conditions/condition';
import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { ANNOUNCED_MAX } from './announced';
import { refuse } from './refusals';

export type EffectKind = 'RATE' | 'EXTRA_RATE' | 'BONUS' | 'MULTIPLIER';
export type RoundingKind = 'DOWN' | 'HALF_EVEN' | 'UP';
export type BudgetPurpose = 'ENROLMENT' | 'EARNING' | 'PERSONAL_OFFERS' | 'LIFECYCLE';
export type CampaignPhase = 'TEASER' | 'SOFT' | 'IN_STORE' | 'FULL';

/** What a rule gives: `points` for each `perAmountMinor` (rates), `points` (bonus), or `bps` basis points (multiplier). */
export interface RuleEffect {
  readonly kind: EffectKind;
  readonly points?: bigint | null;
  readonly perAmountMinor?: bigint | null;
  readonly bps?: number | null;
}

/** What a rule asks for and gives; absent and empty ask for nothing. */
export interface RuleTerms {
  readonly name: string;
  readonly effect: RuleEffect;
  readonly channels?: readonly string[] | null;
  readonly branches?: readonly string[] | null;
  readonly categories?: readonly string[] | null;
  readonly skus?: readonly string[] | null;
  readonly tiers?: readonly string[] | null;
  readonly segments?: readonly string[] | null;
  readonly signUpDays?: number | null;
  readonly minAmountMinor?: bigint | null;
  readonly capPoints?: bigint | null;
  readonly rounding?: RoundingKind | null;
  readonly priority?: number | null;
  readonly group?: string | null;
  /** In CEL. */
  readonly condition?: string | null;
}

/** What makes a rule a campaign. */
export interface CampaignTerms {
  readonly phase: CampaignPhase;
  readonly purpose: BudgetPurpose;
  readonly budgetPoints?: bigint | null;
  /** Who pays; the partner alone when not given. */
  readonly funding?: readonly { readonly partnerId: string; readonly bps: number }[] | null;
}

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

const LIST_MAX = 200;
const BPS_MAX = 1_000_000;
const DAYS_MAX = 3_650;

/** The first field of a proposed rule that cannot be what it says. */
export function ruleFault(input: AskedRule): Fault {
  const { effect } = input;
  const rate = effect.kind === 'RATE' || effect.kind === 'EXTRA_RATE';
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    codeFault('input.code', input.code),
    textFault('input.name', input.name),
    effect.kind === 'MULTIPLIER'
      ? wholeFault('input.effect.bps', effect.bps ?? 0, { min: 10_000, max: BPS_MAX })
      : wholeFault('input.effect.points', effect.points ?? -1n, { min: 0n, max: ANNOUNCED_MAX }),
    rate
      ? wholeFault('input.effect.perAmountMinor', effect.perAmountMinor ?? 0n, { min: 1n, max: ANNOUNCED_MAX })
      : null,
    ...(['channels', 'branches', 'categories', 'skus', 'tiers', 'segments'] as const).map((field) =>
      listFault(`input.${field}`, input[field] ?? []),
    ),
    ifGiven(input.signUpDays, (days) => wholeFault('input.signUpDays', days, { min: 0, max: DAYS_MAX })),
    ifGiven(input.minAmountMinor, (minor) =>
      wholeFault('input.minAmountMinor', minor, { min: 0n, max: ANNOUNCED_MAX }),
    ),
    ifGiven(input.capPoints, (points) => wholeFault('input.capPoints', points, { min: 0n, max: ANNOUNCED_MAX })),
    ifGiven(input.priority, (priority) => wholeFault('input.priority', priority, { min: -1_000, max: 1_000 })),
    ifGiven(input.group, (group) => codeFault('input.group', group)),
    ifGiven(input.validUntil, (until) =>
      expectThat('input.validUntil', until > input.validFrom, 'must be after validFrom'),
    ),
  );
}

/** The first field of a campaign's own terms that cannot be what it says. */
export function campaignFault(input: CampaignTerms & RuleTerms): Fault {
  const { funding, effect, segments } = input;
  const parties = new Set((funding ?? []).map(({ partnerId }) => partnerId));
  const whole = (funding ?? []).reduce((sum, { bps }) => sum + bps, 0) === 10_000;
  return firstFault(
    expectThat('input.effect.kind', effect.kind !== 'RATE', 'a campaign comes on top of the rates of its partner'),
    ifGiven(input.budgetPoints, (points) => wholeFault('input.budgetPoints', points, { min: 1n, max: ANNOUNCED_MAX })),
    expectThat(
      'input.segments',
      input.phase !== 'SOFT' || (segments ?? []).length > 0,
      'a soft launch is for the members of a segment',
    ),
    ifGiven(funding, (shares) =>
      expectThat(
        'input.funding',
        whole && parties.size === shares.length && shares.every(({ bps }) => bps > 0),
        'must name each partner once, with shares above 0 that sum to 10,000 basis points',
      ),
    ),
  );
}

function listFault(field: string, list: readonly string[]): Fault {
  return firstFault(
    expectThat(field, list.length <= LIST_MAX, `must have at most ${LIST_MAX} entries`),
    ...list.slice(0, LIST_MAX).map((entry, n) => textFault(`${field}[${n}]`, entry)),
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
