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
import type { Id } from '../../../kernel/values/id';

/** What members of different arms meet differently. `ALL_CAMPAIGNS` is the programme's own holdout. */
export type ExperimentKind = 'CAMPAIGN' | 'ALL_CAMPAIGNS' | 'REWARD' | 'CHANNEL' | 'PLACEMENT';

/** One arm, chosen in proportion to its weight. */
export interface ExperimentArm {
  readonly code: string;
  readonly weight: number;
  /** Members of it do without: the holdout, which the other arms are compared with. */
  readonly isControl: boolean;
}

/** A comparison of arms in [from, until); but for its end it stays as it was made, so that no member changes arms. */
export interface Experiment {
  readonly id: Id<'exp'>;
  readonly code: string;
  readonly name: string;
  readonly kind: ExperimentKind;
  /** The campaign's id; the caller's own name of a reward, channel or placement; null where it is about all campaigns. */
  readonly subject: string | null;
  readonly arms: readonly ExperimentArm[];
  readonly from: Date;
  /** Null: until it is stopped. */
  readonly until: Date | null;
  readonly createdAt: Date;
}

/** An experiment as an admin asks for it. */
export interface AskedExperiment {
  readonly idempotencyKey: string;
  readonly code: string;
  readonly name: string;
  readonly kind: ExperimentKind;
  readonly subject?: string | null;
  readonly arms: readonly ExperimentArm[];
  readonly from: Date;
  readonly until?: Date | null;
}

const ARMS = { min: 2, max: 10 };
const WEIGHT_MAX = 1_000_000;

/** The first field of an experiment that cannot be what it says. */
export function experimentFault({
  idempotencyKey,
  code,
  name,
  kind,
  subject,
  arms,
  from,
  until,
}: AskedExperiment): Fault {
  const codes = new Set(arms.map((arm) => arm.code));
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    codeFault('input.code', code),
    textFault('input.name', name),
    expectThat(
      'input.subject',
      (kind === 'ALL_CAMPAIGNS') === (subject === null || subject === undefined),
      'must be given, except for a holdout from all campaigns',
    ),
    ifGiven(subject, (text) => textFault('input.subject', text)),
    expectThat(
      'input.arms',
      arms.length >= ARMS.min && arms.length <= ARMS.max && codes.size === arms.length,
      `must be ${ARMS.min} to ${ARMS.max} arms of different codes`,
    ),
    expectThat(
      'input.arms',
      arms.filter(({ isControl }) => isControl).length === 1,
      'must have one control, which the others are compared with',
    ),
    ...arms
      .slice(0, ARMS.max)
      .flatMap((arm, n) => [
        codeFault(`input.arms[${n}].code`, arm.code),
        wholeFault(`input.arms[${n}].weight`, arm.weight, { min: 1, max: WEIGHT_MAX }),
      ]),
    ifGiven(until, (end) => expectThat('input.until', end > from, 'must be after `from`')),
  );
}

/** Whether two experiments are about the same thing at the same time: what came of one could not be told from the other. */
export function overlaps(one: Experiment, other: Experiment): boolean {
  const isSame = one.kind === other.kind && one.subject === other.subject;
  const endsBefore = (a: Experiment, b: Experiment) => a.until !== null && a.until <= b.from;
  return isSame && !endsBefore(one, other) && !endsBefore(other, one);
}
