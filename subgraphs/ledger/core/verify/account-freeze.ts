import type { Id, MemberId } from '../../../../kernel/values/id';

/** A stop of all posting on one account. */
export interface AccountFreeze {
  readonly id: Id<'frz'>;
  readonly memberId: MemberId;
  /** The invariant that is broken, or `chain`. */
  readonly found: string;
  /** The version whose rows were changed, where the chain names one. */
  readonly seq: bigint | null;
  readonly frozenAt: Date;
  readonly releasedAt: Date | null;
  readonly releasedBy: string | null;
  readonly reason: string | null;
}

/** The stops of a programme that stand. */
export interface StandingFreezes {
  readonly standing: number;
  /** The newest of them, newest first. */
  readonly newest: readonly AccountFreeze[];
}
