import { expectThat, firstFault, ifGiven, wholeFault, type Fault } from '../../../kernel/errors/check-input';
import { ANNOUNCED_MAX } from './announced';

/** When points cease. */
export interface ExpiryPolicy {
  /**
   * `FIXED`: `pointsValidityDays` after they were earned. `ROLLING`: so many after the member's last activity. `END_OF_PERIOD`: so
   * many after they were earned, then to the end of that period.
   */
  readonly kind: 'FIXED' | 'ROLLING' | 'END_OF_PERIOD';
  /** Read for `END_OF_PERIOD` only. */
  readonly period: 'MONTH' | 'QUARTER' | 'YEAR';
  /** Days before the expiry at which members are warned, most first. */
  readonly warningDays: readonly number[];
}

/** How qualifying points are counted, and how long a rung is kept. */
export interface TierPolicy {
  /** `LIFETIME` never reviews. */
  readonly period: 'LIFETIME' | 'CALENDAR_YEAR' | 'ROLLING_YEAR';
  /** Days after the end of a period in which points still count to keep the rung. */
  readonly graceDays: number;
  /** Days before a review at which a member who would drop is told. */
  readonly noticeDays: number;
}

/** What a programme promises its members about the points they hold. */
export interface ProgrammeTerms {
  readonly expiry: ExpiryPolicy;
  /** Which lots pay first: by expiry, or in proportion to what is left of each issuer's. */
  readonly drawOrder: 'FIRST_TO_EXPIRE' | 'PRO_RATA_BY_ISSUER';
  /** Days a lot that expired meanwhile stays spendable after a reversal gave it back. */
  readonly reversalGraceDays: number;
  /** The most points a member may be in arrears with; null: no limit. */
  readonly arrearsLimitPoints: bigint | null;
  /** Redemptions of more points need a step-up of the member; null: none does. */
  readonly stepUpAbovePoints: bigint | null;
  /** Days a receipt of an unknown buyer can be claimed. */
  readonly receiptClaimDays: number;
  /** Days a partner has to answer a claim of missing points before it pays them as goodwill. */
  readonly missingPointsAnswerDays: number;
  readonly tierPolicy: TierPolicy;
  /** What a purchase may bring back as points, in basis points of its price, by one person's decision; null: any part of it. */
  readonly rebateLimitBps: number | null;
}

/** The terms a host asks for; those left out are as in `PLAIN_TERMS`. */
export type AskedTerms = { readonly [Name in keyof ProgrammeTerms]?: ProgrammeTerms[Name] | null };

/** What programmes have that ask for nothing else; the database and the ledger suppose the same of those founded earlier. */
export const PLAIN_TERMS: ProgrammeTerms = {
  expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [30, 7, 1] },
  drawOrder: 'FIRST_TO_EXPIRE',
  reversalGraceDays: 0,
  arrearsLimitPoints: null,
  stepUpAbovePoints: null,
  receiptClaimDays: 30,
  missingPointsAnswerDays: 14,
  tierPolicy: { period: 'LIFETIME', graceDays: 0, noticeDays: 0 },
  rebateLimitBps: null,
};

const WARNINGS_MAX = 10;
const YEAR = { min: 0, max: 365 };

/** All terms, with those not asked for as in `PLAIN_TERMS`. */
export function programmeTermsOf(asked: AskedTerms): ProgrammeTerms {
  const expiry = asked.expiry ?? PLAIN_TERMS.expiry;
  const tierPolicy = asked.tierPolicy ?? PLAIN_TERMS.tierPolicy;
  const { kind, period, warningDays } = expiry;
  const { graceDays, noticeDays } = tierPolicy;
  return {
    expiry: { kind, period, warningDays: [...warningDays] },
    drawOrder: asked.drawOrder ?? PLAIN_TERMS.drawOrder,
    reversalGraceDays: asked.reversalGraceDays ?? PLAIN_TERMS.reversalGraceDays,
    arrearsLimitPoints: asked.arrearsLimitPoints ?? null,
    stepUpAbovePoints: asked.stepUpAbovePoints ?? null,
    receiptClaimDays: asked.receiptClaimDays ?? PLAIN_TERMS.receiptClaimDays,
    missingPointsAnswerDays: asked.missingPointsAnswerDays ?? PLAIN_TERMS.missingPointsAnswerDays,
    tierPolicy: { period: tierPolicy.period, graceDays, noticeDays },
    rebateLimitBps: asked.rebateLimitBps ?? null,
  };
}

/** The first of the terms that cannot be what it says. */
export function programmeTermsFault(asked: AskedTerms & { readonly pointsValidityDays?: number | null }): Fault {
  const limit = (field: string) => (points: bigint) => wholeFault(field, points, { min: 0n, max: ANNOUNCED_MAX });
  const days = (field: string) => (value: number) => wholeFault(field, value, YEAR);
  return firstFault(
    ifGiven(asked.expiry, (expiry) => expiryFault(expiry, asked.pointsValidityDays ?? null)),
    ifGiven(asked.reversalGraceDays, days('input.reversalGraceDays')),
    ifGiven(asked.arrearsLimitPoints, limit('input.arrearsLimitPoints')),
    ifGiven(asked.stepUpAbovePoints, limit('input.stepUpAbovePoints')),
    ifGiven(asked.receiptClaimDays, days('input.receiptClaimDays')),
    ifGiven(asked.missingPointsAnswerDays, days('input.missingPointsAnswerDays')),
    ifGiven(asked.rebateLimitBps, (bps) => wholeFault('input.rebateLimitBps', bps, { min: 0, max: 9_999 })),
    ifGiven(asked.tierPolicy, ({ graceDays, noticeDays }) =>
      firstFault(days('input.tierPolicy.graceDays')(graceDays), days('input.tierPolicy.noticeDays')(noticeDays)),
    ),
  );
}

function expiryFault({ kind, warningDays }: ExpiryPolicy, validityDays: number | null): Fault {
  const field = 'input.expiry.warningDays';
  return firstFault(
    expectThat('input.pointsValidityDays', kind === 'FIXED' || validityDays !== null, `must be given for ${kind}`),
    expectThat(field, warningDays.length <= WARNINGS_MAX, `must hold at most ${WARNINGS_MAX} warnings`),
    ...warningDays.map((day) => wholeFault(field, day, YEAR)),
    expectThat(
      field,
      warningDays.every((day, place) => place === 0 || day < warningDays[place - 1]!),
      'must fall from warning to warning',
    ),
  );
}
