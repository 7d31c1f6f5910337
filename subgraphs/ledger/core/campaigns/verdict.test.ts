import type { CurrencyCode } from '../../../../kernel/values/money';
import type { CampaignCounts } from './figures';
import { monthsOver, nextMonth } from './month';
import { reasonsFor, verdictOf, type Finding, type Judged, type Reason, type ReasonKind } from './verdict';

const nothing = { purchases: 0n, buyers: 0n, spendMinor: 0n, pointsSpent: 0n };
const counts: CampaignCounts = {
  ...{ targeted: 100n, openers: 20n, responders: 5n, responses: 6n, otherResponses: 1n, rewarded: 5n },
  ...{ pointsGiven: 500n, pointsTakenBack: 0n },
  during: { ...nothing, spendMinor: 12_000n, pointsSpent: 97n },
  before: { ...nothing, spendMinor: 10_000n, pointsSpent: 50n },
};
const judged = (change: Partial<Judged> = {}): Judged => ({
  campaign: { budgetPoints: 10_000n, until: null },
  counts,
  faceValueMicros: 10_000n,
  currency: 'EUR' as CurrencyCode,
  through: new Date('2026-03-31T22:00:00Z'),
  uplift: null,
  ...change,
});
const findings = (change: Partial<Judged> = {}) =>
  Object.fromEntries(
    reasonsFor(judged(change)).map(({ kind, measuredPpm, finding }) => [kind, [measuredPpm, finding]]),
  );
const reasons = (said: Partial<Record<ReasonKind, Finding>>): Reason[] =>
  Object.entries(said).map(([kind, finding]) => ({
    ...{ kind: kind as ReasonKind, measuredPpm: 1n, limitPpm: 0n, finding: finding as Finding },
  }));

describe('reasons of a verdict', () => {
  it('tell 20 % open and 94 % more points spent, both', () => {
    expect(findings()).toEqual({
      UPLIFT: [null, 'UNKNOWN'],
      OPEN_RATE: [200_000n, 'FOR'],
      RESPONSE_RATE: [50_000n, 'FOR'],
      SPEND_CHANGE: [200_000n, 'FOR'],
      POINTS_SPENT_CHANGE: [940_000n, 'FOR'],
      COST_SHARE: [41_667n, 'FOR'],
      BUDGET_USED: [50_000n, 'FOR'],
    });
  });

  it('are unknown where nobody told, nothing was before, or there is no budget', () => {
    const silent = { ...counts, openers: 0n, responders: 0n, before: nothing };
    expect(findings({ counts: silent, campaign: { budgetPoints: null, until: null } })).toMatchObject({
      OPEN_RATE: [null, 'UNKNOWN'],
      RESPONSE_RATE: [null, 'UNKNOWN'],
      SPEND_CHANGE: [null, 'UNKNOWN'],
      POINTS_SPENT_CHANGE: [null, 'UNKNOWN'],
      BUDGET_USED: [null, 'UNKNOWN'],
    });
  });

  it('are shown of few members, and conclude nothing', () => {
    const few = { ...counts, targeted: 29n, openers: 6n };
    expect(findings({ counts: few })).toMatchObject({
      OPEN_RATE: [206_897n, 'UNKNOWN'],
      SPEND_CHANGE: [200_000n, 'UNKNOWN'],
      POINTS_SPENT_CHANGE: [940_000n, 'UNKNOWN'],
    });
    expect(verdictOf(reasonsFor(judged({ counts: few })))).toBe('UNDECIDED');
  });

  it('take nobody’s openings for nobody telling of them, and no cost for no reason', () => {
    const told = { ...counts, openers: 0n, pointsGiven: 0n };
    expect(findings({ counts: told })).toMatchObject({
      OPEN_RATE: [null, 'UNKNOWN'],
      RESPONSE_RATE: [50_000n, 'FOR'],
      COST_SHARE: [null, 'UNKNOWN'],
    });
  });

  it('hold a budget against a campaign only while it goes on', () => {
    const burnt = { ...counts, pointsGiven: 9_001n };
    expect(findings({ counts: burnt })['BUDGET_USED']).toEqual([900_100n, 'AGAINST']);
    const over = { budgetPoints: 10_000n, until: new Date('2026-03-31T22:00:00Z') };
    expect(findings({ counts: burnt, campaign: over })['BUDGET_USED']).toEqual([null, 'UNKNOWN']);
  });

  it('take points back off the cost', () => {
    expect(findings({ counts: { ...counts, pointsGiven: 2_000n } })['COST_SHARE']).toEqual([166_667n, 'AGAINST']);
    const returned = { ...counts, pointsGiven: 2_000n, pointsTakenBack: 1_500n };
    expect(findings({ counts: returned })['COST_SHARE']).toEqual([41_667n, 'FOR']);
  });

  it('count an uplift only when it is certain', () => {
    const uplift = (differencePpm: bigint, isCertain: boolean) =>
      findings({ uplift: { differencePpm, isCertain } })['UPLIFT'];
    expect(uplift(50_000n, true)).toEqual([50_000n, 'FOR']);
    expect(uplift(-50_000n, true)).toEqual([-50_000n, 'AGAINST']);
    expect(uplift(50_000n, false)).toEqual([50_000n, 'UNKNOWN']);
  });
});

describe('a verdict', () => {
  it.each<[string, Partial<Record<ReasonKind, Finding>>]>([
    ['KEEP', { OPEN_RATE: 'FOR', SPEND_CHANGE: 'UNKNOWN' }],
    ['CHANGE', { OPEN_RATE: 'FOR', SPEND_CHANGE: 'AGAINST' }],
    ['STOP', { OPEN_RATE: 'UNKNOWN', SPEND_CHANGE: 'AGAINST' }],
    ['UNDECIDED', { OPEN_RATE: 'UNKNOWN' }],
    ['UNDECIDED', { OPEN_RATE: 'UNKNOWN', COST_SHARE: 'FOR' }],
    ['STOP', { SPEND_CHANGE: 'AGAINST', COST_SHARE: 'FOR' }],
    ['KEEP', { UPLIFT: 'FOR', SPEND_CHANGE: 'AGAINST' }],
    ['CHANGE', { UPLIFT: 'FOR', COST_SHARE: 'AGAINST' }],
    ['CHANGE', { UPLIFT: 'FOR', BUDGET_USED: 'AGAINST' }],
    ['STOP', { UPLIFT: 'AGAINST', OPEN_RATE: 'FOR', SPEND_CHANGE: 'FOR' }],
    ['CHANGE', { UPLIFT: 'UNKNOWN', OPEN_RATE: 'FOR', COST_SHARE: 'AGAINST' }],
  ])('is %s for %j', (verdict, said) => expect(verdictOf(reasons(said))).toBe(verdict));
});

describe('the months of a campaign', () => {
  const from = new Date('2026-01-20T00:00:00Z');
  const names = (until: string | null, now: string, more: { after?: string; timeZone?: string } = {}) =>
    monthsOver(
      { from, until: until === null ? null : new Date(until) },
      { after: more.after ?? null, now: new Date(now), timeZone: more.timeZone ?? 'Europe/Warsaw' },
    ).map(({ name }) => name);

  it('are those it ran in and that are over, in programme time', () => {
    expect(names(null, '2026-01-31T22:59:59.999Z')).toEqual([]);
    expect(names(null, '2026-01-31T23:00:00Z')).toEqual(['2026-01']);
    // Warsaw’s March ends an hour earlier: the clocks went forward meanwhile.
    expect(names(null, '2026-03-31T21:59:59.999Z')).toEqual(['2026-01', '2026-02']);
    expect(names(null, '2026-03-31T22:00:00Z')).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(names(null, '2026-01-31T20:29:59.999Z', { timeZone: 'Asia/Tehran' })).toEqual([]);
    expect(names(null, '2026-01-31T20:30:00Z', { timeZone: 'Asia/Tehran' })).toEqual(['2026-01']);
  });

  it('end with the one it ended in, and go on after the last one judged', () => {
    expect(names('2026-02-28T23:00:00Z', '2026-06-01T00:00:00Z')).toEqual(['2026-01', '2026-02']);
    expect(names('2026-02-28T23:00:00.001Z', '2026-06-01T00:00:00Z')).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(names(null, '2026-04-15T00:00:00Z', { after: '2026-02' })).toEqual(['2026-03']);
  });

  it('fall due where the next one ends, and never where the campaign ended before it', () => {
    const next = (until: string | null, after: string | null) =>
      nextMonth({ from, until: until === null ? null : new Date(until) }, { after, timeZone: 'Europe/Warsaw' })?.end ??
      null;
    expect(next(null, null)).toEqual(new Date('2026-01-31T23:00:00Z'));
    expect(next(null, '2026-02')).toEqual(new Date('2026-03-31T22:00:00Z'));
    expect(next('2026-02-28T23:00:00Z', '2026-02')).toBeNull();
  });
});
