import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { Campaign } from './campaign';
import { changePpm, ratePpm, type CampaignCounts } from './figures';

/** `UNDECIDED`: too little is known of what it did. */
export type Verdict = 'KEEP' | 'CHANGE' | 'STOP' | 'UNDECIDED';

/** What is looked at, in the order it is told. */
export type ReasonKind =
  'UPLIFT' | 'OPEN_RATE' | 'RESPONSE_RATE' | 'SPEND_CHANGE' | 'POINTS_SPENT_CHANGE' | 'COST_SHARE' | 'BUDGET_USED';

/** Whether a figure speaks for a campaign; unknown where nothing was measured, of few members, or where chance may have made it. */
export type Finding = 'FOR' | 'AGAINST' | 'UNKNOWN';

/** One figure, what it is held against, and what it says; in millionths. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly measuredPpm: bigint | null;
  readonly limitPpm: bigint;
  readonly finding: Finding;
}

/** From where a figure speaks for a campaign: at least, or for costs and budgets at most, in millionths. */
export const LIMITS: Readonly<Record<ReasonKind, bigint>> = {
  UPLIFT: 0n,
  OPEN_RATE: 150_000n,
  RESPONSE_RATE: 20_000n,
  SPEND_CHANGE: 0n,
  POINTS_SPENT_CHANGE: 0n,
  COST_SHARE: 100_000n,
  BUDGET_USED: 900_000n,
};

/** How spend of a campaign's members differs from those an experiment held out, in millionths of what the latter spend. */
export interface MeasuredUplift {
  readonly differencePpm: bigint;
  /** Whether its interval leaves out nothing. */
  readonly isCertain: boolean;
}

/** What a verdict is reached by. */
export interface Judged {
  readonly campaign: Pick<Campaign, 'budgetPoints' | 'until'>;
  readonly counts: CampaignCounts;
  readonly faceValueMicros: bigint;
  readonly currency: CurrencyCode;
  /** How far the figures reach. */
  readonly through: Date;
  /** Null where no experiment was about it. */
  readonly uplift: MeasuredUplift | null;
}

/** Of fewer members nothing is concluded from what they did. */
export const MEMBERS_MIN = 30n;

/** What tells of a campaign's effect; cost and budget tell of its price. */
const EFFECTS: ReadonlySet<ReasonKind> = new Set([
  'UPLIFT',
  'OPEN_RATE',
  'RESPONSE_RATE',
  'SPEND_CHANGE',
  'POINTS_SPENT_CHANGE',
]);

/** Every figure and what it says, those that speak against a campaign beside those that speak for it. */
export function reasonsFor({ campaign, counts, faceValueMicros, currency, through, uplift }: Judged): Reason[] {
  const { targeted, openers, responders, during, before, pointsGiven, pointsTakenBack } = counts;
  const isTold = openers + responders > 0n;
  // Partners tell of uses at the till where nobody tells of openings.
  const opened = openers > 0n ? ratePpm(openers, targeted) : null;
  const doneBy = (reason: Reason): Reason => (targeted < MEMBERS_MIN ? { ...reason, finding: 'UNKNOWN' } : reason);
  const net = pointsGiven - pointsTakenBack;
  const costMinor = divideHalfEven(net * faceValueMicros, microsPerMinor(currency));
  const goesOn = campaign.until === null || campaign.until > through;
  const used = campaign.budgetPoints === null || !goesOn ? null : ratePpm(net, campaign.budgetPoints);
  return [
    {
      ...{ kind: 'UPLIFT', measuredPpm: uplift?.differencePpm ?? null, limitPpm: LIMITS.UPLIFT },
      finding: uplift?.isCertain !== true ? 'UNKNOWN' : uplift.differencePpm > 0n ? 'FOR' : 'AGAINST',
    },
    doneBy(atLeast('OPEN_RATE', opened)),
    doneBy(atLeast('RESPONSE_RATE', isTold ? ratePpm(responders, targeted) : null)),
    doneBy(moreThan('SPEND_CHANGE', changePpm(during.spendMinor, before.spendMinor))),
    doneBy(moreThan('POINTS_SPENT_CHANGE', changePpm(during.pointsSpent, before.pointsSpent))),
    atMost('COST_SHARE', costMinor > 0n ? ratePpm(costMinor, during.spendMinor) : null),
    atMost('BUDGET_USED', used),
  ];
}

const found = (kind: ReasonKind, measuredPpm: bigint | null, isFor: (measured: bigint) => boolean): Reason => ({
  ...{ kind, measuredPpm, limitPpm: LIMITS[kind] },
  finding: measuredPpm === null ? 'UNKNOWN' : isFor(measuredPpm) ? 'FOR' : 'AGAINST',
});
const atLeast = (kind: ReasonKind, measured: bigint | null) => found(kind, measured, (one) => one >= LIMITS[kind]);
const moreThan = (kind: ReasonKind, measured: bigint | null) => found(kind, measured, (one) => one > LIMITS[kind]);
const atMost = (kind: ReasonKind, measured: bigint | null) => found(kind, measured, (one) => one <= LIMITS[kind]);

/**
 * What to do with a campaign. An uplift that is certain decides first: a campaign that makes members spend less is stopped, one that
 * makes them spend more is kept, unless it costs or burns too much. Without one: undecided where nothing is known of its effect, stopped
 * where nothing of that speaks for it, kept where nothing at all speaks against it, changed otherwise.
 */
export function verdictOf(reasons: readonly Reason[]): Verdict {
  const finding = (kind: ReasonKind) => reasons.find((one) => one.kind === kind)?.finding;
  const uplift = finding('UPLIFT');
  if (uplift === 'AGAINST') return 'STOP';
  const isDear = finding('COST_SHARE') === 'AGAINST' || finding('BUDGET_USED') === 'AGAINST';
  if (uplift === 'FOR') return isDear ? 'CHANGE' : 'KEEP';
  const effects = reasons.filter((one) => EFFECTS.has(one.kind) && one.finding !== 'UNKNOWN');
  if (effects.length === 0) return 'UNDECIDED';
  if (!effects.some((one) => one.finding === 'FOR')) return 'STOP';
  return reasons.some((one) => one.finding === 'AGAINST') ? 'CHANGE' : 'KEEP';
}

/** What a person did about a campaign after a verdict. */
export interface CampaignDecision {
  readonly decision: 'KEPT' | 'CHANGED' | 'STOPPED';
  readonly reason: string;
  readonly decidedBy: string;
  readonly decidedAt: Date;
}
