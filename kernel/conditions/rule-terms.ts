import { codeFault, expectThat, firstFault, ifGiven, textFault, wholeFault, type Fault } from '../errors/check-input';

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

/** What a rule book's announcement holds of any number: 18 digits. */
const AMOUNT_MAX = 999_999_999_999_999_999n;
const LIST_MAX = 200;
const BPS_MAX = 1_000_000;
const DAYS_MAX = 3_650;

/** The first field of a rule's terms that cannot be what it says; that its condition can be read is asked apart. */
export function ruleTermsFault(input: RuleTerms, path = 'input'): Fault {
  const { effect } = input;
  const rate = effect.kind === 'RATE' || effect.kind === 'EXTRA_RATE';
  return firstFault(
    textFault(`${path}.name`, input.name),
    effect.kind === 'MULTIPLIER'
      ? wholeFault(`${path}.effect.bps`, effect.bps ?? 0, { min: 10_000, max: BPS_MAX })
      : wholeFault(`${path}.effect.points`, effect.points ?? -1n, { min: 0n, max: AMOUNT_MAX }),
    rate
      ? wholeFault(`${path}.effect.perAmountMinor`, effect.perAmountMinor ?? 0n, { min: 1n, max: AMOUNT_MAX })
      : null,
    ...(['channels', 'branches', 'categories', 'skus', 'tiers', 'segments'] as const).map((field) =>
      listFault(`${path}.${field}`, input[field] ?? []),
    ),
    ifGiven(input.signUpDays, (days) => wholeFault(`${path}.signUpDays`, days, { min: 0, max: DAYS_MAX })),
    ifGiven(input.minAmountMinor, (minor) => wholeFault(`${path}.minAmountMinor`, minor, { min: 0n, max: AMOUNT_MAX })),
    ifGiven(input.capPoints, (points) => wholeFault(`${path}.capPoints`, points, { min: 0n, max: AMOUNT_MAX })),
    ifGiven(input.priority, (priority) => wholeFault(`${path}.priority`, priority, { min: -1_000, max: 1_000 })),
    ifGiven(input.group, (group) => codeFault(`${path}.group`, group)),
  );
}

/** The first field of a campaign's own terms that cannot be what it says. */
export function campaignFault(input: CampaignTerms & RuleTerms, path = 'input'): Fault {
  const { funding, effect, segments } = input;
  const parties = new Set((funding ?? []).map(({ partnerId }) => partnerId));
  const whole = (funding ?? []).reduce((sum, { bps }) => sum + bps, 0) === 10_000;
  return firstFault(
    expectThat(`${path}.effect.kind`, effect.kind !== 'RATE', 'a campaign comes on top of the rates of its partner'),
    ifGiven(input.budgetPoints, (points) => wholeFault(`${path}.budgetPoints`, points, { min: 1n, max: AMOUNT_MAX })),
    expectThat(
      `${path}.segments`,
      input.phase !== 'SOFT' || (segments ?? []).length > 0,
      'a soft launch is for the members of a segment',
    ),
    ifGiven(funding, (shares) =>
      expectThat(
        `${path}.funding`,
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
