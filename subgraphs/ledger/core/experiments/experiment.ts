import { digest } from '../../../../kernel/values/canonical';
import type { MemberId } from '../../../../kernel/values/id';
import { runsAt } from '../campaigns/campaign';

/** What members of different arms meet differently. `ALL_CAMPAIGNS` is the programme's own holdout. */
export type ExperimentKind = 'CAMPAIGN' | 'ALL_CAMPAIGNS' | 'REWARD' | 'CHANNEL' | 'PLACEMENT';

/** One arm, chosen in proportion to its weight. */
export interface Arm {
  readonly code: string;
  readonly weight: number;
  /** Members of it do without: they are what the others are compared with. */
  readonly isControl: boolean;
}

/** An experiment; who is in which arm follows from it and the member alone, and never changes. */
export interface Experiment {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: ExperimentKind;
  /** The campaign's id; the caller's own name of a reward, channel or placement; null where it is about all campaigns. */
  readonly subject: string | null;
  readonly arms: readonly Arm[];
  readonly from: Date;
  /** Null: until it is stopped. */
  readonly until: Date | null;
}

/** Hash values are below this. */
const HASHES = 2 ** 32;
const HASH_DIGITS = 8;

/** Where each arm ends, in hash values × the sum of weights: a hash h is in the first arm with h × sum below its end. */
export function armEnds(arms: readonly Arm[]): bigint[] {
  let sum = 0n;
  return arms.map(({ weight }) => (sum += BigInt(weight)) * BigInt(HASHES));
}

/**
 * The arm of a member: the first eight digits of SHA-256 over `<experiment>:<member>`, as a share of 2^32, laid along the weights.
 * Nothing else of the world has a say, so that new members move nobody.
 */
export function armOf({ id, arms }: Pick<Experiment, 'id' | 'arms'>, memberId: MemberId): Arm {
  const hash = BigInt(Number.parseInt(digest(`${id}:${memberId}`).slice(0, HASH_DIGITS), 16));
  const sum = arms.reduce((all, { weight }) => all + BigInt(weight), 0n);
  const place = armEnds(arms).findIndex((end) => hash * sum < end);
  const arm = arms[place];
  if (arm === undefined) throw new RangeError(`armOf: ${id} has no arm for ${memberId}`);
  return arm;
}

/** A member's arm in an experiment that runs. */
export interface MemberArm {
  readonly experiment: Experiment;
  readonly arm: Arm;
}

/** The arms of a member in the experiments that run at an instant. */
export function armsAt(experiments: readonly Experiment[], memberId: MemberId, at: Date): MemberArm[] {
  return experiments
    .filter((one) => runsAt(one, at))
    .map((experiment) => ({ experiment, arm: armOf(experiment, memberId) }));
}

/** Whether a member does without a campaign. */
export type HeldOut = (campaignId: string) => boolean;

const NOBODY: HeldOut = () => false;

/** Which campaigns a member does without at an instant; worked out when a campaign is looked at. An example is of nobody: null. */
export function heldOutAt(experiments: readonly Experiment[], memberId: MemberId | null, at: Date): HeldOut {
  if (experiments.length === 0 || memberId === null) return NOBODY;
  return (campaignId) =>
    experiments.some((one) => isAbout(one, campaignId) && runsAt(one, at) && armOf(one, memberId).isControl);
}

function isAbout({ kind, subject }: Experiment, campaignId: string): boolean {
  return kind === 'ALL_CAMPAIGNS' || (kind === 'CAMPAIGN' && subject === campaignId);
}
