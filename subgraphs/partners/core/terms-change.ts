import { firstFault, idempotencyKeyFault, ifGiven, wholeFault, type Fault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { canonicalHash } from '../../../kernel/values/canonical';
import type { Id, ProgrammeId } from '../../../kernel/values/id';
import { dayOf, startOfDay } from '../../../kernel/values/instant';
import type { Contract } from './contract';
import type { ProposalState } from './contract-proposal';
import { ladderFault, wholeTier, type Tier } from './ladder';
import { localTextsFault, type LocalText } from './local-text';
import { DAYS_MAX, FACE_VALUE_MAX, type Programme } from './programme';
import { programmeTermsFault, type ExpiryPolicy } from './programme-terms';
import { refuse } from './refusals';
import { inForceAt, nextVersion } from './versions';

/** What of a programme's terms may change after it was founded; all of it, as it would be. */
export interface ChangeableTerms {
  readonly faceValueMicros: bigint;
  readonly pointsValidityDays: number | null;
  readonly expiry: ExpiryPolicy;
  readonly arrearsLimitPoints: bigint | null;
  readonly stepUpAbovePoints: bigint | null;
  /** The same rungs in the same order: their names, thresholds, multipliers and benefits may differ. */
  readonly tiers: readonly Tier[];
}

/** A change of a programme's terms that somebody proposed; a programme has one open proposal at most. */
export interface TermsChange {
  readonly id: Id<'tch'>;
  /** The number of the terms it makes; those of the founding are version 1. */
  readonly version: number;
  readonly terms: ChangeableTerms;
  readonly takesEffectAt: Date;
  /** Whole days of the programme's calendar between the day of its approval and the one it takes effect on, at least. */
  readonly noticeDays: number;
  /** What members are told. */
  readonly texts: readonly LocalText[];
  /** What an approval is bound to. */
  readonly contentHash: string;
  readonly state: ProposalState;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** The rule book that announced it first; null until it is approved. */
  readonly ruleBookVersion: bigint | null;
}

/** What an admin proposes; terms that may be none and are not given are none. */
export interface AskedTermsChange {
  readonly idempotencyKey: string;
  readonly terms: Pick<ChangeableTerms, 'faceValueMicros' | 'expiry' | 'tiers'> &
    Partial<Pick<ChangeableTerms, 'pointsValidityDays' | 'arrearsLimitPoints' | 'stepUpAbovePoints'>>;
  readonly takesEffectAt: Date;
  readonly noticeDays: number;
  readonly texts: readonly LocalText[];
}

const NOTICE_LENGTH_MAX = 5_000;

/** The first field of proposed terms that cannot be what it says. */
export function newTermsFault({ idempotencyKey, terms, noticeDays, texts }: AskedTermsChange): Fault {
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    wholeFault('input.noticeDays', noticeDays, { min: 1, max: 365 }),
    localTextsFault('input.texts', texts, NOTICE_LENGTH_MAX),
    wholeFault('input.terms.faceValueMicros', terms.faceValueMicros, { min: 1n, max: FACE_VALUE_MAX }),
    ifGiven(terms.pointsValidityDays, (days) =>
      wholeFault('input.terms.pointsValidityDays', days, { min: 1, max: DAYS_MAX }),
    ),
    programmeTermsFault(terms),
    ladderFault('input.terms.tiers', terms.tiers),
  );
}

/** All of the terms asked for, in a fixed shape: what is hashed. */
export function changeableTermsOf(asked: AskedTermsChange['terms']): ChangeableTerms {
  const { kind, period, warningDays } = asked.expiry;
  return {
    faceValueMicros: asked.faceValueMicros,
    pointsValidityDays: asked.pointsValidityDays ?? null,
    expiry: { kind, period, warningDays: [...warningDays] },
    arrearsLimitPoints: asked.arrearsLimitPoints ?? null,
    stepUpAbovePoints: asked.stepUpAbovePoints ?? null,
    tiers: asked.tiers.map(wholeTier),
  };
}

/** A programme as it is by the terms in force at an instant. */
export function programmeAt(programme: Programme, changes: readonly TermsChange[], at: Date): Programme {
  return { ...programme, ...changeInForce(changes, at)?.terms };
}

/** The version of the terms in force at an instant. */
export function termsVersionAt(changes: readonly TermsChange[], at: Date): number {
  return changeInForce(changes, at)?.version ?? 1;
}

const datedOf = (changes: readonly TermsChange[]) =>
  changes.map((change) => ({ ...change, validFrom: change.takesEffectAt }));
const changeInForce = (changes: readonly TermsChange[], at: Date) => inForceAt(datedOf(changes), at);

/** The programme by the terms in force now and by each later version. */
export function programmesFrom(programme: Programme, changes: readonly TermsChange[], now: Date): Programme[] {
  const later = changes.filter(({ takesEffectAt }) => takesEffectAt > now);
  return [programmeAt(programme, changes, now), ...later.map(({ terms }) => ({ ...programme, ...terms }))];
}

/** The least a point is worth to a member from now on: nobody may be paid more for one. */
export function lowestFaceValue(programmes: readonly Programme[]): bigint {
  return programmes.reduce((least, { faceValueMicros: value }) => (value < least ? value : least), FACE_VALUE_MAX);
}

/** A programme whose points are worth, and whose tiers give, the most they do from now on: by this, loops are looked for. */
export function mostGenerous(programmes: readonly Programme[]): Programme {
  const [first, ...others] = programmes as readonly [Programme, ...Programme[]];
  return others.reduce(
    (most, { faceValueMicros, tiers }) => ({
      ...most,
      faceValueMicros: faceValueMicros > most.faceValueMicros ? faceValueMicros : most.faceValueMicros,
      tiers: most.tiers.map((tier, rank) => ({
        ...tier,
        multiplierBps: Math.max(tier.multiplierBps ?? 10_000, tiers[rank]?.multiplierBps ?? 10_000),
      })),
    }),
    first,
  );
}

/** What proposed terms are held against. */
export interface TermsSoFar {
  readonly programme: Programme;
  /** Those approved, oldest first. */
  readonly changes: readonly TermsChange[];
  readonly contracts: readonly Contract[];
  readonly now: Date;
}

/**
 * Decides whether terms may become the next version of a programme's.
 *
 * @returns its number; or PARTNERS_TERMS_NOT_CHANGEABLE, PARTNERS_NOT_AFTER_LATEST_VERSION, PARTNERS_TERMS_NOTICE_TOO_SHORT with the
 *          earliest instant, or PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE where some contract pays more for a point than it would be worth
 */
export function nextTerms(
  asked: Pick<TermsChange, 'terms' | 'takesEffectAt' | 'noticeDays'>,
  { programme, changes, contracts, now }: TermsSoFar,
): Outcome<{ version: number }> {
  const { terms, takesEffectAt, noticeDays } = asked;
  const kept = whyNotChangeable(terms, programme);
  if (kept !== null) return kept;
  const version = changes.length === 0 ? 2 : nextVersion(datedOf(changes), takesEffectAt);
  if (isRefusal(version)) return version;
  const earliestAt = startOfDay(dayOf(now, programme.timeZone), programme.timeZone, noticeDays + 1);
  if (takesEffectAt < earliestAt) {
    const message = `With ${noticeDays} days of notice they take effect from ${earliestAt.toISOString()} on.`;
    return refuse('PARTNERS_TERMS_NOTICE_TOO_SHORT', message, { earliestAt });
  }
  return aboveFaceValue(terms, contracts, takesEffectAt) ?? { version };
}

function whyNotChangeable({ tiers, expiry }: ChangeableTerms, programme: Programme): Refusal | null {
  const codesOf = (ladder: readonly Tier[]) => ladder.map(({ code }) => code).join();
  if (codesOf(tiers) !== codesOf(programme.tiers)) {
    return refuse('PARTNERS_TERMS_NOT_CHANGEABLE', 'The ladder keeps its rungs: members stand on them.');
  }
  if ((expiry.kind === 'ROLLING') !== (programme.expiry.kind === 'ROLLING')) {
    return refuse('PARTNERS_TERMS_NOT_CHANGEABLE', 'Whether activity extends points was promised with every lot.');
  }
  return null;
}

/** A contract in force then or later that would pay a redeemer more for a point than the point is worth. */
function aboveFaceValue({ faceValueMicros }: ChangeableTerms, contracts: readonly Contract[], from: Date) {
  const partners = new Set(contracts.map(({ partnerId }) => partnerId));
  for (const partnerId of partners) {
    const own = contracts.filter((contract) => contract.partnerId === partnerId);
    const then = inForceAt(own, from);
    for (const { reimbursementMicros, validFrom, version } of own) {
      const isInForce = validFrom > from || version === then?.version;
      if (!isInForce || reimbursementMicros <= faceValueMicros) continue;
      const message = `A contract reimburses a point with ${reimbursementMicros} micro-units; it would be worth ${faceValueMicros}.`;
      return refuse('PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE', message, { reimbursementMicros, faceValueMicros });
    }
  }
  return null;
}

/** SHA-256 of all an approver looks at, in hexadecimal digits. */
export function termsHashOf(
  programmeId: ProgrammeId,
  { version, terms, takesEffectAt, noticeDays, texts }: Omit<TermsChange, 'contentHash'>,
): string {
  return canonicalHash({ programmeId, version, terms, takesEffectAt, noticeDays, texts }).toString('hex');
}
