import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Id, MemberId, ProgrammeId } from '../../../kernel/values/id';

/** A list of members that rules may ask about: whoever is on it was put on it. */
export interface Segment {
  readonly id: Id<'seg'>;
  readonly programmeId: ProgrammeId;
  /** What rules call it, such as `staff-families`; unique in the programme, never changed. */
  readonly code: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** A segment with how many members are on it. */
export interface CountedSegment extends Segment {
  readonly members: number;
}

/** What an admin asks for. */
export interface NewSegment {
  readonly idempotencyKey: string;
  readonly code: string;
  readonly name: string;
}

/** Members to put on a list or to take off it. */
export interface SegmentRows {
  readonly idempotencyKey: string;
  /** The segment's code. */
  readonly segment: string;
  readonly memberIds: readonly string[];
}

/** What became of one row; `UNCHANGED` when the member was on the list, or off it, before. */
export type RowOutcome = 'CHANGED' | 'UNCHANGED' | 'NOT_FOUND';

/** One row with what became of it, in the order given. */
export interface RowResult {
  readonly memberId: string;
  readonly outcome: RowOutcome;
}

/** The most rows of one call. */
export const ROWS_MAX = 1_000;

/** The first field of a new segment that cannot be what it says. */
export function newSegmentFault(input: NewSegment): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    codeFault('input.code', input.code),
    textFault('input.name', input.name),
  );
}

/** Whether so many rows may come at once. */
export function segmentRowsFault({ idempotencyKey, memberIds }: SegmentRows): Fault {
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    expectThat(
      'input.memberIds',
      memberIds.length > 0 && memberIds.length <= ROWS_MAX,
      `must hold 1 to ${ROWS_MAX} members`,
    ),
  );
}

/**
 * What became of each row.
 *
 * @param known members of the programme among those named
 * @param changed those whose place on the list changed; a row that names a member again is UNCHANGED
 */
export function rowResults(
  memberIds: readonly string[],
  { known, changed }: { known: ReadonlySet<MemberId>; changed: ReadonlySet<MemberId> },
): RowResult[] {
  const seen = new Set<string>();
  return memberIds.map((memberId) => {
    const isFirst = !seen.has(memberId);
    seen.add(memberId);
    if (!known.has(memberId as MemberId)) return { memberId, outcome: 'NOT_FOUND' };
    return { memberId, outcome: isFirst && changed.has(memberId as MemberId) ? 'CHANGED' : 'UNCHANGED' };
  });
}
