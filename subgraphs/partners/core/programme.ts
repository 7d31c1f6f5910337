import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  slugFault,
  textFault,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../kernel/values/id';
import { isTimeZone } from '../../../kernel/values/instant';
import { isLanguageTag } from '../../../kernel/values/language-tag';
import { parseCurrency } from '../../../kernel/values/money';
import { programmeTermsFault, type AskedTerms, type ProgrammeTerms } from './programme-terms';
import { ladderFault, type Tier } from './ladder';
import { refuse } from './refusals';

/** The rules and currency of one coalition: the tenant of this hub. */
export interface Programme extends ProgrammeTerms {
  readonly id: ProgrammeId;
  /** The name machines use: lower case, never changed, never given again. */
  readonly key: string;
  readonly name: string;
  /** What members call the points, such as `Sunny points`. */
  readonly currencyName: string;
  /** ISO 4217; what the books of money are kept in. */
  readonly currency: string;
  /** Value of one point shown to members, in millionths of the currency's major unit: 10,000 is 0.01. */
  readonly faceValueMicros: bigint;
  readonly timeZone: string;
  /** BCP 47, such as `en` or `pl-PL`. */
  readonly defaultLanguage: string;
  /** Plays with toy money: may have a test clock and keys that begin `hub_test_`. */
  readonly isSandbox: boolean;
  /** Whether the proposer of a settlement step may also approve it; only in a sandbox. */
  readonly singleApprover: boolean;
  /** How long after a statement's issue its lines can be disputed. */
  readonly disputeWindowDays: number;
  /** How long points live after they are earned; null: for ever. */
  readonly pointsValidityDays: number | null;
  /** The beginning of its first settlement cycle. */
  readonly opensAt: Date;
  /** Ascending; the first begins at 0 points. */
  readonly tiers: readonly Tier[];
}

/** What the host asks for when founding a programme. */
export interface NewProgramme
  extends Omit<Programme, 'id' | 'pointsValidityDays' | 'opensAt' | keyof ProgrammeTerms>, AskedTerms {
  readonly idempotencyKey: string;
  readonly pointsValidityDays?: number | null;
  readonly opensAt?: Date | null;
}

/** A million major units a point: no loyalty point is worth more, and products of it with 64-bit points stay printable. */
export const FACE_VALUE_MAX = 1_000_000_000_000n;
export const DAYS_MAX = 36_500;

/** The first field of a new programme that cannot be what it says. */
export function newProgrammeFault(input: NewProgramme): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    slugFault('input.key', input.key),
    textFault('input.name', input.name),
    textFault('input.currencyName', input.currencyName, 60),
    expectThat(
      'input.currency',
      parseCurrency(input.currency) !== null,
      'must be an ISO 4217 code in capitals, such as EUR',
    ),
    wholeFault('input.faceValueMicros', input.faceValueMicros, { min: 1n, max: FACE_VALUE_MAX }),
    expectThat('input.timeZone', isTimeZone(input.timeZone), 'must be an IANA time zone, such as Europe/Warsaw'),
    expectThat(
      'input.defaultLanguage',
      isLanguageTag(input.defaultLanguage),
      'must be a language tag, such as en or pl-PL',
    ),
    wholeFault('input.disputeWindowDays', input.disputeWindowDays, { min: 0, max: 365 }),
    ifGiven(input.pointsValidityDays, (days) =>
      wholeFault('input.pointsValidityDays', days, { min: 1, max: DAYS_MAX }),
    ),
    programmeTermsFault(input),
    ladderFault('input.tiers', input.tiers),
  );
}

/**
 * Whether a programme may be founded as asked.
 *
 * @returns PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX: with real money, nobody approves an own proposal
 */
export function whyNotFounded(input: NewProgramme): Refusal | null {
  if (!input.singleApprover || input.isSandbox) return null;
  return refuse('PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX', 'Only a sandbox programme may let a proposer approve.');
}
